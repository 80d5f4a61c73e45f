import { setTimeout as delay } from 'node:timers/promises';
import type { NewEvent } from '../events.ts';
import type { ClusterNetwork } from '../network.ts';
import type { Pod } from '../pod-objects.ts';
import { type ObjectKey, type Store, timestamp } from '../store.ts';
import type { Pace, World } from '../world.ts';
import type { ContainerProcess } from './container-process.ts';
import { type ContainerRecord, newRecord } from './container-record.ts';
import type { ImageStore } from './image-store.ts';
import { renderPodStatus } from './pod-status.ts';
import { runContainer } from './run-container.ts';
import { waitForVolumes } from './wait-for-volumes.ts';

/** What running a container needs to know about its pod. */
export interface PodContext {
  readonly store: Store;
  readonly images: ImageStore;
  readonly pace: Pace;
  readonly podIp: string;
  readonly hostIp: string;
  readonly hostname: string;
  /** Aborts when the pod is to stop. */
  readonly signal: AbortSignal;
  readonly processes: Set<ContainerProcess>;
  readonly now: () => number;
  /** The pod as it is now; undefined when it is gone. */
  read(): Pod | undefined;
  /** Writes the status of the pod. */
  sync(): void;
  tell(record: ContainerRecord, event: Pick<NewEvent, 'reason' | 'message' | 'type'>): void;
  /** Tells about the pod as a whole. */
  tellPod(event: Pick<NewEvent, 'reason' | 'message' | 'type'>): void;
}

/** A pod that the kubelet runs. */
export interface PodWorker {
  readonly records: readonly ContainerRecord[];
  /** Ends the pod: SIGTERM, SIGKILL after the grace period, then it is removed from the API. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a pod; it runs until it is stopped. */
export function startPod(world: World, node: { images: ImageStore; network: ClusterNetwork }, pod: Pod): PodWorker {
  const { store, clock, pace, record: tell } = world;
  const key: ObjectKey = { namespace: pod.metadata.namespace, name: pod.metadata.name };
  const podIp = node.network.takePodAddress();
  const startTime = timestamp(clock.now());
  const inits = pod.spec.initContainers ?? [];
  const waiting = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const records = [
    ...inits.map((each) => newRecord(each, true, 'PodInitializing')),
    ...pod.spec.containers.map((each) => newRecord(each, false, waiting)),
  ];
  const stopping = new AbortController();
  let stopped = false;
  const report = (event: Pick<NewEvent, 'reason' | 'message' | 'type' | 'fieldPath'>): void => {
    const about = store.get('pods', key);
    const silent = world.silentNodes.has(pod.spec.nodeName ?? '');
    if (about !== undefined && !silent) tell({ ...event, about, component: 'kubelet', host: pod.spec.nodeName ?? '' });
  };
  const context: PodContext = {
    ...{ store, pace, images: node.images, podIp, hostIp: node.network.nodeAddress, hostname: key.name },
    ...{ signal: stopping.signal, processes: new Set(), now: () => clock.now() },
    read: () => store.get('pods', key),
    sync: () => {
      if (world.silentNodes.has(pod.spec.nodeName ?? '')) return;
      store.change('pods', key, (draft) => {
        const facts = { records, podIp, hostIp: node.network.nodeAddress, startTime, stopped, now: clock.now() };
        draft.status = renderPodStatus(draft, facts);
      });
    },
    tell: (record, event) => {
      const fieldPath = `spec.${record.init ? 'initContainers' : 'containers'}{${record.spec.name}}`;
      report({ ...event, fieldPath });
    },
    tellPod: (event) => report(event),
  };
  context.sync();
  const running = runAll(context, records);
  return {
    records,
    async stop(graceMs) {
      for (const record of records) {
        if (record.state.running !== undefined && !world.signal.aborted) {
          context.tell(record, { reason: 'Killing', message: `Stopping container ${record.spec.name}` });
        }
      }
      stopping.abort();
      await endBefore(running, graceMs, context.processes);
      node.network.givePodAddress(podIp);
      stopped = true;
      if (world.signal.aborted) return;
      context.sync();
      store.remove('pods', key);
    },
  };
}

async function runAll(context: PodContext, records: readonly ContainerRecord[]): Promise<void> {
  await waitForVolumes(context);
  if (context.signal.aborted) return;
  for (const record of records.filter(({ init }) => init)) {
    const exit = await runContainer(context, record);
    if (exit?.exitCode !== 0 || context.signal.aborted) return;
  }
  await Promise.all(records.filter(({ init }) => !init).map((record) => runContainer(context, record)));
}

async function endBefore(running: Promise<void>, graceMs: number, processes: Set<ContainerProcess>): Promise<void> {
  const timer = new AbortController();
  const late = delay(graceMs, true, { signal: timer.signal }).catch(() => false);
  const isLate = await Promise.race([running.then(() => false), late]);
  timer.abort();
  if (isLate) for (const process of processes) process.kill('SIGKILL');
  await running;
}
