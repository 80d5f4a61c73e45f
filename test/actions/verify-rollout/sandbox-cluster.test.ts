import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { connectPorts } from '../../../actions/verify-rollout/src/index.ts';
import { inputSpec } from '../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../actions/verify-rollout/src/run.ts';
import { type Cluster, startCluster } from '../../sandbox/cluster/server.ts';
import { pushImage } from '../../sandbox/registry/push-image.ts';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';

/** Real processes: the sandbox's kubelet pulls from the sandbox's registry and starts what is in the image. */
let registry: RegistrySandbox;
let cluster: Cluster;
let image: string;
const digests = new Map<string, string>();

const serve = "require('node:http').createServer((q, s) => s.end('ok')).listen(8080);";
const crash = "console.log('connecting'); console.error('panic: DATABASE_URL is not set'); process.exit(3);";

beforeAll(async () => {
  registry = await startRegistry();
  image = `${new URL(registry.url).host}/shop/web`;
  for (const [tag, code] of Object.entries({ '1.0': serve, '1.1': serve, '1.2': crash })) {
    const config = { Entrypoint: ['node', '/app/server.cjs'] };
    digests.set(
      tag,
      await pushImage(registry, { repository: 'shop/web', tag, files: { 'app/server.cjs': code }, config }),
    );
  }
  cluster = await startCluster({ registry: { host: new URL(registry.url).host, credentials: registry.credentials } });
});

afterAll(async () => {
  await cluster.close();
  await registry.close();
});

async function deployOld(namespace: string): Promise<void> {
  cluster.apply([manifest(namespace, '1.0')]);
  const isReady = () => cluster.get('deployments', { name: 'web', namespace })?.status?.availableReplicas === 2;
  await cluster.until('1.0 runs', isReady);
}

function manifest(namespace: string, tag: string, change: object = {}): never {
  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
  const container = {
    name: 'web',
    image: `${image}:${tag}`,
    ports: [{ containerPort: 8080 }],
    readinessProbe: probe,
    ...change,
  };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace }, spec } as never;
}

async function verify(namespace: string, tag: string, given: Record<string, string> = {}) {
  const inputs = readInputs(inputSpec, {
    'INPUT_KUBERNETES-API-URL': cluster.url,
    'INPUT_KUBERNETES-TOKEN': cluster.tokens.verify,
    INPUT_NAMESPACE: namespace,
    INPUT_IMAGE: image,
    INPUT_TAG: tag,
    INPUT_TIMEOUT: '25s',
    ...given,
  });
  const meter = new RequestMeter();
  const report = await run(inputs, connectPorts(inputs, { runner: recordingRunner(), meter }));
  return { ...report, requests: meter.count };
}

describe('verify-rollout on the sandbox cluster, with the rights that the README names', () => {
  test('follows a rolling update to its end and knows the digest that runs', async () => {
    await deployOld('good');
    const verifying = verify('good', '1.1', { INPUT_DIGEST: digests.get('1.1') ?? '' });
    cluster.apply([manifest('good', '1.1')]);
    const { outputs, requests } = await verifying;
    expect(outputs.result).toBe('verified');
    expect(outputs.imageIds).toEqual([digests.get('1.1')]);
    expect(requests).toBeLessThanOrEqual(10);
  });

  test('fails fast on a crash loop, with the last lines of the crashed run', async () => {
    await deployOld('crash');
    const verifying = verify('crash', '1.2');
    cluster.apply([manifest('crash', '1.2')]);
    const { outputs, failure } = await verifying;
    expect(outputs.causes).toMatchObject([
      { class: 'CrashLoopBackOff', container: 'web', log: ['connecting', 'panic: DATABASE_URL is not set'] },
    ]);
    expect(failure).toContain('exit code 3');
  });

  test('fails fast on an image that is not there', async () => {
    await deployOld('missing');
    const verifying = verify('missing', '9.9');
    cluster.apply([manifest('missing', '9.9')]);
    expect((await verifying).outputs.causes).toMatchObject([
      { class: 'ImageNotFound', object: expect.stringMatching(/^pod\/web-/) },
    ]);
  });

  test('fails fast on a configuration that is not there', async () => {
    await deployOld('config');
    const verifying = verify('config', '1.1');
    cluster.apply([manifest('config', '1.1', { envFrom: [{ configMapRef: { name: 'web-config' } }] })]);
    expect((await verifying).outputs.causes).toMatchObject([
      { class: 'CreateContainerConfigError', evidence: 'configmap "web-config" not found' },
    ]);
  });
});
