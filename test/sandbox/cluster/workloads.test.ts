import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from './apply.ts';
import { type Shop, startShop } from './start-shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startShop();
});

afterAll(() => shop.close());

const namespace = 'shop';

function workload(kind: string, tag: string, spec: object = {}): Manifest {
  const template = (shop.deployment(tag).spec as { template: object }).template;
  const selector = { matchLabels: { app: 'web' } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: kind.toLowerCase(), namespace },
    spec: { selector, template, ...spec },
  };
}

function job(tag: string): Manifest {
  const container = { name: 'migrate', image: `${shop.registry.host}/shop/web:${tag}` };
  const template = { spec: { containers: [container], restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `job-${tag}`, namespace },
    spec: { backoffLimit: 0, template },
  };
}

describe('a StatefulSet', () => {
  test('starts in order, updates from the last pod down to its partition, and tells both revisions', async () => {
    const { cluster } = shop;
    const name = 'statefulset';
    const status = () => cluster.get('statefulsets', { namespace, name })?.status ?? {};
    cluster.apply([workload('StatefulSet', '1.0', { replicas: 3 })]);
    await cluster.until('ready', () => status()['readyReplicas'] === 3);
    const created = cluster
      .list('events', namespace)
      .filter(({ reason, involvedObject }) => reason === 'SuccessfulCreate' && involvedObject['name'] === name);
    expect(created).toHaveLength(3);
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
    cluster.apply([workload('StatefulSet', '1.1', { replicas: 3, updateStrategy })]);
    await cluster.until('updated', () => status()['updatedReplicas'] === 1 && status()['readyReplicas'] === 3);
    expect(status()['currentRevision']).not.toBe(status()['updateRevision']);
    const images = [0, 1, 2].map(
      (ordinal) => cluster.get('pods', { namespace, name: `${name}-${ordinal}` })?.spec.containers[0]?.image,
    );
    expect(images.map((image) => image?.split(':').at(-1))).toEqual(['1.0', '1.0', '1.1']);
    cluster.delete('statefulsets', { namespace, name });
  });
});

describe('a DaemonSet', () => {
  test('has one pod on each node and replaces them one after the other', async () => {
    const { cluster } = shop;
    const status = () => cluster.get('daemonsets', { namespace, name: 'daemonset' })?.status ?? {};
    cluster.apply([workload('DaemonSet', '1.0')]);
    await cluster.until('ready', () => status()['numberReady'] === 2);
    cluster.apply([workload('DaemonSet', '1.1')]);
    let fewest = 2;
    await cluster.until('updated', () => {
      fewest = Math.min(fewest, Number(status()['numberAvailable'] ?? 0));
      return (
        status()['updatedNumberScheduled'] === 2 &&
        status()['numberAvailable'] === 2 &&
        status()['observedGeneration'] === 2
      );
    });
    expect(fewest).toBe(1);
    cluster.delete('daemonsets', { namespace, name: 'daemonset' });
  });
});

describe('a Job', () => {
  test('completes', async () => {
    shop.cluster.apply([job('once')]);
    const status = () => shop.cluster.get('jobs', { namespace, name: 'job-once' })?.status;
    await shop.cluster.until('complete', () => status()?.conditions?.some(({ type }) => type === 'Complete') === true);
    expect(status()).toMatchObject({ succeeded: 1, ready: 0 });
  });

  test('fails when its backoffLimit is over', async () => {
    shop.cluster.apply([job('crash')]);
    const status = () => shop.cluster.get('jobs', { namespace, name: 'job-crash' })?.status;
    await shop.cluster.until('failed', () => status()?.conditions?.some(({ type }) => type === 'Failed') === true);
    expect(status()?.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
      ['FailureTarget', 'BackoffLimitExceeded'],
      ['Failed', 'BackoffLimitExceeded'],
    ]);
  });
});

test('what belongs to a deleted workload goes with it', async () => {
  const { cluster } = shop;
  cluster.apply([shop.deployment('1.0')]);
  await shop.rolledOut('1.0');
  cluster.delete('deployments', { namespace, name: 'web' });
  const left = () => [...cluster.list('replicasets', namespace), ...cluster.list('pods', namespace)];
  await cluster.until('gone', () => left().every(({ metadata }) => !metadata.name.startsWith('web-')));
});
