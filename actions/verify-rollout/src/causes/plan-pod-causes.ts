import { conditionOf, endOfSecond, hasEnded, type KubeEvent, nameOf, type Pod } from '../cluster/kube-objects.ts';
import { type ObservedState, type Seen, statusesOf } from '../cluster/observed-state.ts';
import type { CauseClass } from './cause-table.ts';
import { type Finding, NEVER } from './finding.ts';
import { type ContainerView, findContainerCause } from './plan-container-causes.ts';

const minute = 60_000;
/** Pods leave a lost node after five minutes by themselves, and start elsewhere. */
const lostNodeBudgetMs = 7 * minute;
/** Cluster Autoscaler, and Karpenter, say so when a node is on its way. */
const scalingUp = new Set(['TriggeredScaleUp', 'Nominated']);
/** What a kubelet only does once volumes and network are there. */
const pastSandbox = new Set(['Pulling', 'Pulled', 'Created', 'Started']);
const eventCauses: ReadonlyMap<string, CauseClass> = new Map([
  ['FailedMount', 'VolumeNotMounted'],
  ['FailedMapVolume', 'VolumeNotMounted'],
  ['FailedAttachVolume', 'VolumeNotMounted'],
  ['NetworkNotReady', 'SandboxFailed'],
  ['FailedCreatePodSandBox', 'SandboxFailed'],
  ['FailedCreatePodContainer', 'SandboxFailed'],
]);

/** All that speaks against a live pod of the new revision, the most telling first. Pods that end or ended (evicted ones) say nothing. */
export function findPodCauses(pod: Pod, observed: ObservedState): Finding[] {
  if (pod.metadata.deletionTimestamp !== undefined || hasEnded(pod) || isReady(pod)) return [];
  const events = observed.events.about(pod);
  const inContainers = viewsOf(pod, events).flatMap((view) => findContainerCause(view, observed) ?? []);
  const pending = [findUnschedulable(pod, events), findNodeTrouble(pod, observed), ...findPending(pod, events)];
  return [...inContainers, ...pending.filter((cause) => cause !== undefined)];
}

/** Whether the pod's Ready condition is True. */
export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

function viewsOf(pod: Pod, events: readonly KubeEvent[]): ContainerView[] {
  const views: ContainerView[] = [];
  for (const isInit of [true, false]) {
    const statuses = (isInit ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
    const specs = (isInit ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
    for (const status of statuses) {
      const own = events.filter(({ involvedObject }) => involvedObject?.fieldPath?.includes(`{${status.name}}`));
      const probeFailure = probeFailureOf(own);
      const pullFailure = own.findLast(({ message }) => message?.startsWith('Failed to pull image'))?.message ?? '';
      const spec = specs.find(({ name }) => name === status.name);
      views.push({ pod, status, spec, isInit, pullFailure, ...(probeFailure === undefined ? {} : { probeFailure }) });
    }
  }
  return views;
}

function probeFailureOf(own: readonly KubeEvent[]): ContainerView['probeFailure'] {
  const hook = own.find(({ reason }) => reason === 'FailedPostStartHook');
  if (hook !== undefined) return { kind: 'PostStartHookFailed', message: hook.message ?? '', killed: true };
  const unhealthy = own.filter(({ reason }) => reason === 'Unhealthy');
  for (const [start, kind] of [
    ['Liveness', 'LivenessFailed'],
    ['Startup', 'StartupProbeFailed'],
  ] as const) {
    const event = unhealthy.find(({ message }) => message?.startsWith(`${start} probe`));
    const killed = own.some(({ message }) => message?.includes(`failed ${start.toLowerCase()} probe`));
    if (event !== undefined) return { kind, message: event.message ?? '', killed };
  }
  return undefined;
}

function findUnschedulable(pod: Pod, events: readonly KubeEvent[]): Finding | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  const since = endOfSecond(scheduled.lastTransitionTime);
  const isScalingUp = events.some(({ reason = '' }) => scalingUp.has(reason));
  return {
    class: 'Unschedulable',
    object: nameOf('pod', pod),
    reason: scheduled.reason ?? 'Unschedulable',
    evidence: scheduled.message ?? '',
    dueAt: since === undefined ? NEVER : since + (isScalingUp ? 15 : 5) * minute,
  };
}

// Nodes need rights of their own; what the node controller says about another pod of the same node tells as much.
function findNodeTrouble(pod: Pod, observed: ObservedState): Finding | undefined {
  const node = pod.spec?.nodeName;
  if (node === undefined || node === '') return undefined;
  const condition = conditionOf(observed.find<Pod>('nodes', node)?.object ?? {}, 'Ready');
  const lost = condition !== undefined && condition.status !== 'True';
  const told = observed.events.hasReason('NodeNotReady') ? findNeighbour(node, observed) : undefined;
  if (!lost && told === undefined) return undefined;
  const since = (lost ? endOfSecond(condition.lastTransitionTime) : undefined) ?? told?.seenAt;
  const evidence = lost ? `${condition.reason ?? 'NotReady'}: ${condition.message ?? ''}` : 'Node is not ready';
  return {
    class: 'NodeNotReady',
    object: nameOf('pod', pod),
    node,
    reason: condition?.reason ?? 'NodeNotReady',
    evidence: `node ${node}: ${evidence}`,
    dueAt: since === undefined ? NEVER : since + lostNodeBudgetMs,
  };
}

function findNeighbour(node: string, observed: ObservedState): Seen<Pod> | undefined {
  return observed
    .all<Pod>('pods')
    .find(
      ({ object }) =>
        object.spec?.nodeName === node &&
        !isReady(object) &&
        observed.events.about(object).some(({ reason }) => reason === 'NodeNotReady'),
    );
}

function findPending(pod: Pod, events: readonly KubeEvent[]): Finding[] {
  if (hasSandbox(pod, events)) return [];
  return events.flatMap((event) => {
    const kind = eventCauses.get(event.reason ?? '');
    if (kind === undefined) return [];
    const since = endOfSecond(event.firstTimestamp ?? event.eventTime);
    const evidence = event.message ?? '';
    return {
      class: kind,
      object: nameOf('pod', pod),
      reason: event.reason ?? '',
      evidence,
      dueAt: since === undefined ? NEVER : since + 2 * minute,
    };
  });
}

// The condition came with Kubernetes 1.29. What failed before it, or before a container was there, has healed.
function hasSandbox(pod: Pod, events: readonly KubeEvent[]): boolean {
  const condition = conditionOf(pod, 'PodReadyToStartContainers');
  if (condition !== undefined) return condition.status === 'True';
  const hasStarted = statusesOf(pod).some(
    ({ state, lastState }) => (lastState?.terminated ?? state?.running ?? state?.terminated) !== undefined,
  );
  return hasStarted || events.some(({ reason = '' }) => pastSandbox.has(reason));
}
