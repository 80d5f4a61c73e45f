import { type KubeEvent, type KubeObject, nameOf, type Workload } from '../cluster/kube-objects.ts';
import { type ObservedState, terminatingKey } from '../cluster/observed-state.ts';
import { type Finding, NEVER, NOW } from './finding.ts';
import { parseRefusal } from './parse-refusal.ts';

const budgetMs = 120_000;
const raceMs = 1000;
const soft = new Set(['WebhookUnavailable', 'PodNotCreated']);

/**
 * Why no pods come: FailedCreate events of the object that makes them (ReplicaSet, StatefulSet, DaemonSet, Job).
 * Two of a kind decide; a quota only while no pod of the workload is terminating, because such a pod frees it.
 */
export function findRefusal(
  maker: { readonly kind: string; readonly object: KubeObject; readonly owners: readonly (string | undefined)[] },
  observed: ObservedState,
): Finding | undefined {
  const events = observed.events.about(maker.object).filter(({ reason }) => reason === 'FailedCreate');
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const message = (last.message ?? '')
    .replace(/^\(combined from similar events\): /, '')
    .replace(/^Error creating: /, '');
  const kind = parseRefusal(message);
  const lastTerminating = Math.max(...maker.owners.map((uid) => observed.since(terminatingKey(uid)) ?? NOW));
  // A message may come after the end of the pod it was about: the watches race.
  const since = kind === 'QuotaExceeded' ? lastTerminating + raceMs : NOW;
  const repeats = observed.events.repeatsAfter(last, since);
  const isBlocked = kind !== 'QuotaExceeded' || !hasTerminating(maker.owners, observed);
  const decides = repeats >= 2 && isBlocked;
  const object = nameOf(maker.kind, maker.object);
  return {
    class: kind,
    object,
    reason: 'FailedCreate',
    evidence: message,
    dueAt: decides ? dueAt(kind, events, observed) : NEVER,
  };
}

function dueAt(kind: string, events: readonly KubeEvent[], observed: ObservedState): number {
  if (!soft.has(kind)) return NOW;
  const first = events[0] === undefined ? undefined : observed.events.firstSeen(events[0]);
  return first === undefined ? NEVER : first + budgetMs;
}

// ReplicaSets count their terminating pods since Kubernetes 1.35, which tells even while the watch of pods is down.
function hasTerminating(owners: readonly (string | undefined)[], observed: ObservedState): boolean {
  const sets = observed.all<Workload>('replicasets').filter(({ object }) => owners.includes(object.metadata.uid));
  if (sets.some(({ object }) => (object.status?.terminatingReplicas ?? 0) > 0)) return true;
  return owners.some((uid) => observed.podsOf(uid).some(({ metadata }) => metadata.deletionTimestamp !== undefined));
}
