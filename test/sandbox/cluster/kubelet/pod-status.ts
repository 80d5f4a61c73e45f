import type { Condition } from '../kube-objects.ts';
import type { Pod, PodStatus } from '../pod-objects.ts';
import { timestamp } from '../store.ts';
import { type ContainerRecord, statusOf } from './container-record.ts';

/** What the status of a pod is made from. */
export interface PodFacts {
  readonly records: readonly ContainerRecord[];
  readonly podIp: string;
  readonly hostIp: string;
  readonly startTime: string;
  /** Whether the pod has been stopped for good. */
  readonly stopped: boolean;
  readonly now: number;
}

/** The status that the kubelet reports; conditions that did not change keep their times. */
export function renderPodStatus(pod: Pod, facts: PodFacts): PodStatus {
  const { records, podIp, hostIp, startTime } = facts;
  const statuses = (init: boolean) => records.filter((record) => record.init === init).map(statusOf);
  const inits = statuses(true);
  return {
    observedGeneration: pod.metadata.generation ?? 1,
    phase: phaseOf(pod, facts),
    conditions: conditionsOf(pod, facts),
    ...{ hostIP: hostIp, hostIPs: [{ ip: hostIp }], podIP: podIp, podIPs: [{ ip: podIp }], startTime },
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
    ...{ containerStatuses: statuses(false), qosClass: qosOf(pod) },
  };
}

function phaseOf({ spec }: Pod, { records, stopped }: PodFacts): PodStatus['phase'] {
  const policy = spec.restartPolicy ?? 'Always';
  const failed = ({ state }: ContainerRecord) => state.terminated !== undefined && state.terminated.exitCode !== 0;
  const inits = records.filter(({ init }) => init);
  const mains = records.filter(({ init }) => !init);
  if (inits.some(failed) && policy === 'Never') return 'Failed';
  const ended = mains.every(({ state }) => state.terminated !== undefined);
  if (ended && (stopped || policy === 'Never' || (policy === 'OnFailure' && !mains.some(failed)))) {
    return mains.some(failed) ? 'Failed' : 'Succeeded';
  }
  const fresh = ({ state, lastState }: ContainerRecord) =>
    state.waiting !== undefined && lastState.terminated === undefined;
  return inits.some(({ state }) => state.terminated?.exitCode !== 0) || mains.some(fresh) ? 'Pending' : 'Running';
}

function conditionsOf(pod: Pod, facts: PodFacts): Condition[] {
  const { records, now } = facts;
  const before = pod.status.conditions ?? [];
  const observedGeneration = pod.metadata.generation ?? 1;
  const condition = (type: string, value: boolean, told: { reason?: string; message?: string } = {}): Condition => {
    const status = value ? 'True' : 'False';
    const known = before.find((each) => each.type === type);
    const since = known?.status === status ? known.lastTransitionTime : timestamp(now);
    return { type, observedGeneration, status, lastProbeTime: null, lastTransitionTime: since, ...(value ? {} : told) };
  };
  const mains = records.filter(({ init }) => !init);
  const unready = mains.filter((record) => !statusOf(record).ready).map(({ spec }) => spec.name);
  const waitingInits = records.filter(({ init, state }) => init && state.terminated?.exitCode !== 0);
  const complete = phaseOf(pod, facts) === 'Succeeded';
  const notReady = complete
    ? { reason: 'PodCompleted' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const notInitialized = `containers with incomplete status: [${waitingInits.map(({ spec }) => spec.name).join(' ')}]`;
  const sandbox = records.some(
    ({ state, lastState }) => state.running !== undefined || lastState.terminated !== undefined,
  );
  return [
    condition('PodReadyToStartContainers', sandbox && !facts.stopped),
    condition('Initialized', waitingInits.length === 0, {
      reason: 'ContainersNotInitialized',
      message: notInitialized,
    }),
    condition('Ready', unready.length === 0, notReady),
    condition('ContainersReady', unready.length === 0, notReady),
    ...before.filter(({ type }) => type === 'PodScheduled'),
  ];
}

function qosOf({ spec }: Pod): string {
  const resources = spec.containers.map(({ resources: each }) => each ?? {});
  const some = resources.some(({ requests, limits }) => requests !== undefined || limits !== undefined);
  return some ? 'Burstable' : 'BestEffort';
}
