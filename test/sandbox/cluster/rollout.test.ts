import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from './pod-objects.ts';
import { type Shop, startShop } from './start-shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await startShop();
  shop.cluster.apply([shop.deployment('1.0')]);
  await shop.rolledOut('1.0');
});

afterEach(() => shop.close());

const namespace = 'shop';
const pods = () => shop.cluster.list('pods', namespace);
const statusOf = (pod: Pod | undefined): ContainerStatus | undefined => pod?.status.containerStatuses?.[0];
const imageOf = (tag: string) => `${shop.registry.host}/shop/web:${tag}`;
const newPod = (tag: string) => pods().find(({ spec }) => spec.containers[0]?.image === imageOf(tag));
const waitingFor = (tag: string, reason: string) =>
  shop.cluster.until(reason, () => {
    const pod = newPod(tag);
    return pod !== undefined && statusOf(pod)?.state.waiting?.reason === reason;
  });
const events = (reason: string) => shop.cluster.list('events', namespace).filter((event) => event.reason === reason);
const deployment = () => shop.cluster.get('deployments', { namespace, name: 'web' });
const conditionOf = (type: string) => deployment()?.status.conditions?.find((condition) => condition.type === type);

describe('a new version', () => {
  test('replaces the old one pod by pod, and every pod runs the digest that the registry has', async () => {
    let fewest = 3;
    let most = 0;
    const count = () => {
      fewest = Math.min(fewest, deployment()?.status.availableReplicas ?? 0);
      most = Math.max(most, deployment()?.status.replicas ?? 0);
      return false;
    };
    shop.cluster.until('counted', count, 5000).catch(() => {});
    shop.cluster.apply([shop.deployment('1.1')]);
    await shop.rolledOut('1.1');
    expect([fewest, most]).toEqual([3, 4]);
    const head = await fetch(`${shop.registry.url}/v2/shop/web/manifests/1.1`, { method: 'HEAD' });
    const digest = head.headers.get('docker-content-digest');
    const live = pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(live.map((pod) => statusOf(pod)?.imageID)).toEqual(
      Array(3).fill(`${shop.registry.host}/shop/web@${digest}`),
    );
    expect(conditionOf('Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect(deployment()?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
  });

  test('answers at a node port from its own processes', async () => {
    const ports = [{ port: 80, targetPort: 'http', nodePort: 30123 }];
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace } };
    shop.cluster.apply([{ ...service, spec: { type: 'NodePort', selector: { app: 'web' }, ports } }]);
    const url = `http://${shop.cluster.nodeAddress}:30123/`;
    await shop.cluster.until('endpoints', () => shop.cluster.list('endpoints', namespace).length > 0);
    expect(await (await fetch(url)).text()).toBe('1.0');
    shop.cluster.apply([shop.deployment('1.1')]);
    await shop.rolledOut('1.1');
    expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('1.1');
  });

  test('goes back to the ReplicaSet of before when the template is that of before', async () => {
    shop.cluster.apply([shop.deployment('1.1')]);
    await shop.rolledOut('1.1');
    shop.cluster.apply([shop.deployment('1.0')]);
    await shop.rolledOut('1.0');
    expect(shop.cluster.list('replicasets', namespace)).toHaveLength(2);
    expect(deployment()?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  test('that is paused changes nothing', async () => {
    shop.cluster.apply([shop.deployment('1.1', { spec: { paused: true } })]);
    await shop.cluster.until('seen', () => deployment()?.status.observedGeneration === 2);
    expect(conditionOf('Progressing')).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    expect(newPod('1.1')).toBeUndefined();
  });
});

describe('a broken version', () => {
  test('that crashes is restarted with back-off, and keeps the logs of both runs', async () => {
    shop.cluster.apply([shop.deployment('crash')]);
    await shop.cluster.until('two restarts', () => (statusOf(newPod('crash'))?.restartCount ?? 0) >= 2);
    await waitingFor('crash', 'CrashLoopBackOff');
    const pod = newPod('crash') as Pod;
    const status = statusOf(pod);
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(status?.state.waiting?.message).toMatch(
      /^back-off \d+s restarting failed container=web pod=web-\w+-\w+_shop\([0-9a-f-]+\)$/,
    );
    const log = `${shop.cluster.url}/api/v1/namespaces/shop/pods/${pod.metadata.name}/log?previous=true&tailLines=1`;
    const answer = await fetch(log, { headers: { authorization: `Bearer ${shop.cluster.tokens.verify}` } });
    expect(await answer.text()).toBe('no database\n');
    expect(deployment()?.status.availableReplicas).toBe(3);
  });

  test.each([
    [
      '9.9',
      'ImagePullBackOff',
      /^Back-off pulling image ".*:9\.9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image .*: not found$/,
    ],
    ['UPPER tag', 'InvalidImageName', /couldn't parse image name/],
  ])('whose image is %s is told as %s', async (tag, reason, message) => {
    shop.cluster.apply([shop.deployment(tag)]);
    await waitingFor(tag, reason);
    expect(statusOf(newPod(tag))?.state.waiting?.message).toMatch(message);
    expect(newPod(tag)?.status.phase).toBe('Pending');
  });

  test('whose ConfigMap is missing starts as soon as it is there', async () => {
    const envFrom = [{ configMapRef: { name: 'web-config' } }];
    shop.cluster.apply([shop.deployment('1.1', { container: { envFrom } })]);
    await waitingFor('1.1', 'CreateContainerConfigError');
    expect(statusOf(newPod('1.1'))?.state.waiting?.message).toBe('configmap "web-config" not found');
    const metadata = { name: 'web-config', namespace };
    shop.cluster.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} } as never]);
    await shop.rolledOut('1.1');
  });

  test('that is never ready runs into its progress deadline', async () => {
    shop.cluster.apply([shop.deployment('deaf', { spec: { progressDeadlineSeconds: 2 } })]);
    await shop.cluster.until('late', () => conditionOf('Progressing')?.reason === 'ProgressDeadlineExceeded');
    expect(conditionOf('Progressing')?.message).toMatch(/^ReplicaSet "web-\w+" has timed out progressing\.$/);
    expect(events('Unhealthy')[0]?.message).toMatch(/^Readiness probe failed: Get "http:.*connection refused$/);
  });

  test('that fails its liveness probe is killed and started again', async () => {
    const livenessProbe = { httpGet: { path: '/live', port: 'http' }, periodSeconds: 1, failureThreshold: 2 };
    shop.cluster.apply([shop.deployment('sick', { container: { livenessProbe } })]);
    await shop.cluster.until('restarted', () => (statusOf(newPod('sick'))?.restartCount ?? 0) > 0);
    expect(
      events('Killing').some(({ message }) => message === 'Container web failed liveness probe, will be restarted'),
    ).toBe(true);
  });

  test('that takes more memory than its limit is killed for that', async () => {
    shop.cluster.apply([shop.deployment('greedy', { container: { resources: { limits: { memory: '150Mi' } } } })]);
    const killed = ({ state, lastState }: Partial<ContainerStatus> = {}) => state?.terminated ?? lastState?.terminated;
    await shop.cluster.until('killed', () => killed(statusOf(newPod('greedy'))) !== undefined);
    expect(killed(statusOf(newPod('greedy')))).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  test('for which the quota leaves no room is refused again and again', async () => {
    const metadata = { name: 'pods', namespace };
    shop.cluster.apply([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '3' } } }]);
    shop.cluster.apply([shop.deployment('1.1')]);
    await shop.cluster.until('refused twice', () => events('FailedCreate').length >= 2);
    expect(events('FailedCreate')[0]?.message).toMatch(
      /^Error creating: pods "web-\w+-\w+" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3$/,
    );
    await shop.cluster.until('told', () => conditionOf('ReplicaFailure')?.reason === 'FailedCreate');
  });

  test('that breaks the Pod Security Standard of its namespace is refused with every rule that it breaks', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    shop.cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }]);
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    shop.cluster.apply([shop.deployment('1.1', { container: { securityContext } })]);
    await shop.cluster.until('refused', () => events('FailedCreate').length > 0);
    expect(events('FailedCreate')[0]?.message).toMatch(
      /^Error creating: pods "web-.*" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true \(pod or container "web" must set securityContext\.runAsNonRoot=true\), seccompProfile \(/,
    );
  });

  test('whose service account does not exist is refused', async () => {
    shop.cluster.apply([shop.deployment('1.1', { pod: { serviceAccountName: 'web' } })]);
    await shop.cluster.until('refused', () => events('FailedCreate').length > 0);
    expect(events('FailedCreate')[0]?.message).toMatch(
      /error looking up service account shop\/web: serviceaccount "web" not found$/,
    );
  });

  test('whose volume cannot be mounted waits for what is missing', async () => {
    const volumes = [{ name: 'config', configMap: { name: 'web-config' } }];
    shop.cluster.apply([shop.deployment('1.1', { pod: { volumes } })]);
    await shop.cluster.until('told', () => events('FailedMount').length > 0);
    expect(events('FailedMount')[0]?.message).toBe(
      'MountVolume.SetUp failed for volume "config" : configmap "web-config" not found',
    );
    expect(statusOf(newPod('1.1'))?.state.waiting?.reason).toBe('ContainerCreating');
    const metadata = { name: 'web-config', namespace };
    shop.cluster.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} } as never]);
    await shop.rolledOut('1.1');
  });

  test('whose program does not exist is told as the runtime tells it', async () => {
    shop.cluster.apply([shop.deployment('1.1', { container: { command: ['serve'] } })]);
    await waitingFor('1.1', 'CrashLoopBackOff');
    expect(statusOf(newPod('1.1'))?.lastState.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('exec: "serve": executable file not found in $PATH'),
    });
  });

  test('whose init container fails does not start its own', async () => {
    const image = imageOf('crash');
    shop.cluster.apply([shop.deployment('1.1', { pod: { initContainers: [{ name: 'migrate', image }] } })]);
    const init = () => newPod('1.1')?.status.initContainerStatuses?.[0];
    await shop.cluster.until('crash loop', () => init()?.state.waiting?.reason === 'CrashLoopBackOff');
    expect(statusOf(newPod('1.1'))?.state.waiting?.reason).toBe('PodInitializing');
    expect(newPod('1.1')?.status.phase).toBe('Pending');
  });

  test('on a node that falls silent goes no further, and its pods stop to be ready', async () => {
    shop.cluster.stopNode('node-0');
    shop.cluster.stopNode('node-1');
    await shop.cluster.until('unavailable', () => deployment()?.status.availableReplicas === undefined);
    expect(conditionOf('Available')).toMatchObject({ status: 'False', reason: 'MinimumReplicasUnavailable' });
    expect(events('NodeNotReady')).toHaveLength(3);
    shop.cluster.apply([shop.deployment('1.1')]);
    await shop.cluster.until('refused', () => newPod('1.1')?.status.conditions?.[0]?.reason === 'Unschedulable');
  });

  test('that no node has room for stays unscheduled', async () => {
    const resources = { requests: { cpu: '1000' } };
    shop.cluster.apply([shop.deployment('1.1', { container: { resources } })]);
    await shop.cluster.until('refused', () => newPod('1.1')?.status.conditions?.[0]?.reason === 'Unschedulable');
    expect(newPod('1.1')?.status.conditions?.[0]?.message).toMatch(/^0\/2 nodes are available: 2 Insufficient cpu\. /);
  });
});
