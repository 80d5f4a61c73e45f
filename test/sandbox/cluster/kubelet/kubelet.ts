import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiError, notFound } from '../api-error.ts';
import type { ClusterNetwork } from '../network.ts';
import type { Pod } from '../pod-objects.ts';
import { keyOf } from '../store.ts';
import type { World } from '../world.ts';
import type { ContainerLog } from './container-log.ts';
import { createImageStore } from './image-store.ts';
import { type PodWorker, startPod } from './pod-worker.ts';
import type { Credentials } from './registry-reader.ts';

/** The node agent that runs pods as processes of this machine. */
export interface Kubelet {
  /** The log of a container; throws an ApiError in the kubelet's words where there is none. */
  readLog(pod: Pod, options: { container: string; previous: boolean }): ContainerLog;
  close(): Promise<void>;
}

/** Starts running every pod that has a node. */
export async function startKubelet(
  world: World,
  { network, credentials }: { network: ClusterNetwork; credentials: Credentials },
): Promise<Kubelet> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-node-'));
  const node = { images: createImageStore(folder, credentials), network };
  const workers = new Map<string, PodWorker>();
  const ending = new Set<Promise<void>>();
  const end = (id: string, worker: PodWorker, graceMs: number): void => {
    workers.delete(id);
    const done = worker.stop(graceMs).finally(() => ending.delete(done));
    ending.add(done);
  };
  const stop = world.store.onChange(({ resource, object, type }) => {
    if (resource !== 'pods' || !world.running.controllers) return;
    const pod = object as Pod;
    if (type !== 'DELETED' && world.silentNodes.has(pod.spec.nodeName ?? '')) return;
    const id = `${keyOf(pod.metadata)} ${pod.metadata.uid}`;
    const worker = workers.get(id);
    const { deletionGracePeriodSeconds = 0, deletionTimestamp } = pod.metadata;
    const leaving = type === 'DELETED' || deletionTimestamp !== undefined;
    if (leaving && worker !== undefined) end(id, worker, deletionGracePeriodSeconds * world.pace.secondMs);
    else if (!leaving && worker === undefined && isStartable(pod)) {
      // A pod that is seen twice within one turn must not start twice.
      workers.set(id, startPod(world, node, pod));
    }
  });
  return {
    readLog: (pod, options) => readLog(workers.get(`${keyOf(pod.metadata)} ${pod.metadata.uid}`), pod, options),
    async close() {
      stop();
      for (const [id, worker] of [...workers]) end(id, worker, 500);
      await Promise.all(ending);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isStartable({ spec, status }: Pod): boolean {
  const scheduled = status.conditions?.some(({ type, status: value }) => type === 'PodScheduled' && value === 'True');
  return (
    spec.nodeName !== undefined && scheduled === true && status.phase === 'Pending' && status.startTime === undefined
  );
}

function readLog(
  worker: PodWorker | undefined,
  { metadata }: Pod,
  { container, previous }: { container: string; previous: boolean },
): ContainerLog {
  const records = worker?.records ?? [];
  const named =
    container === '' ? records.filter(({ init }) => !init) : records.filter(({ spec }) => spec.name === container);
  if (container === '' && named.length > 1) {
    const choices = `[${named.map(({ spec }) => spec.name).join(' ')}]`;
    throw apiError(
      400,
      'BadRequest',
      `a container name must be specified for pod ${metadata.name}, choose one of: ${choices}`,
    );
  }
  const record = named[0];
  if (record === undefined) {
    if (worker === undefined) throw notFound('pods', metadata.name);
    throw apiError(400, 'BadRequest', `container ${container} is not valid for pod ${metadata.name}`);
  }
  // While a container waits for its restart, the run that ended is the current one for the kubelet, and the previous one too.
  const waits = record.state.waiting !== undefined && record.lastState.terminated !== undefined;
  const log = previous ? (waits ? record.log : record.previousLog) : record.log;
  if (log !== undefined) return log;
  const { name } = record.spec;
  if (previous) {
    throw apiError(400, 'BadRequest', `previous terminated container "${name}" in pod "${metadata.name}" not found`);
  }
  const reason = record.state.waiting?.reason ?? 'ContainerCreating';
  const why = /Pull|Image/.test(reason) ? 'trying and failing to pull image' : reason;
  throw apiError(400, 'BadRequest', `container "${name}" in pod "${metadata.name}" is waiting to start: ${why}`);
}
