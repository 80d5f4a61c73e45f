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
  const { network, images } = node;
  const podIp = network.takePodAddress();
  const records = recordsOf(pod);
  const stopping = new AbortController();
  const life = { stopped: false };
  const addresses = { podIp, hostIp: network.nodeAddress };
  const context = createContext({ world, pod, records, images, ...addresses, signal: stopping.signal, life });
  context.sync();
  const running = runAll(context, records);
  return {
    records,
    async stop(graceMs) {
      for (const record of records) {
        if (record.state.running === undefined || world.signal.aborted) continue;
        context.tell(record, { reason: 'Killing', message: `Stopping container ${record.spec.name}` });
      }
      stopping.abort();
      await endBefore(running, graceMs, context.processes);
      network.givePodAddress(podIp);
      life.stopped = true;
      if (world.signal.aborted) return;
      context.sync();
      world.store.remove('pods', keyOfPod(pod));
    },
  };
}

function keyOfPod({ metadata }: Pod): ObjectKey {
  return { namespace: metadata.namespace, name: metadata.name };
}

function recordsOf({ spec }: Pod): ContainerRecord[] {
  const inits = spec.initContainers ?? [];
  const waiting = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  return [
    ...inits.map((each) => newRecord(each, true, 'PodInitializing')),
    ...spec.containers.map((each) => newRecord(each, false, waiting)),
  ];
}

function createContext(parts: {
  world: World;
  pod: Pod;
  records: readonly ContainerRecord[];
  images: ImageStore;
  podIp: string;
  hostIp: string;
  signal: AbortSignal;
  life: { stopped: boolean };
}): PodContext {
  const { world, pod, records, images, podIp, hostIp, signal, life } = parts;
  const { store, clock, pace } = world;
  const key = keyOfPod(pod);
  const host = pod.spec.nodeName ?? '';
  const startTime = timestamp(clock.now());
  const report = (event: Pick<NewEvent, 'reason' | 'message' | 'type' | 'fieldPath'>): void => {
    const about = store.get('pods', key);
    if (about === undefined || world.silentNodes.has(host)) return;
    world.record({ ...event, about, component: 'kubelet', host });
  };
  return {
    ...{ store, pace, images, podIp, hostIp, signal, hostname: key.name, processes: new Set(), now: () => clock.now() },
    read: () => store.get('pods', key),
    sync: () => {
      if (world.silentNodes.has(host)) return;
      store.change('pods', key, (draft) => {
        const facts = { records, podIp, hostIp, startTime, stopped: life.stopped, now: clock.now() };
        draft.status = renderPodStatus(draft, facts);
      });
    },
    tell: (record, event) => {
      const fieldPath = `spec.${record.init ? 'initContainers' : 'containers'}{${record.spec.name}}`;
      report({ ...event, fieldPath });
    },
    tellPod: (event) => report(event),
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
