import { hasEnded, nameOf, type Workload } from '../cluster/kube-objects.ts';
import { type ObservedState, terminatingKey } from '../cluster/observed-state.ts';
import { type Finding, NEVER, NOW, settleMs } from './finding.ts';
import { parseRefusal } from './parse-refusal.ts';

const budgetMs = 120_000;
const soft = new Set(['WebhookUnavailable', 'PodNotCreated']);

/**
 * Why no pods come: FailedCreate events of the object that makes them (ReplicaSet, StatefulSet, DaemonSet, Job).
 * Two of a kind decide while pods are lacking: events stay for an hour, also after the next try went well. A quota
 * decides only while no pod of the workload is terminating, because such a pod frees it.
 */
export function findRefusal(
  maker: { readonly kind: string; readonly object: Workload; readonly owners: readonly (string | undefined)[] },
  observed: ObservedState,
): Finding | undefined {
  const events = observed.events.about(maker.object).filter(({ reason }) => reason === 'FailedCreate');
  const last = events.at(-1);
  if (last === undefined || !lacksPods(maker.object, observed)) return undefined;
  const message = (last.message ?? '')
    .replace(/^\(combined from similar events\): /, '')
    .replace(/^Error creating: /, '');
  const kind = parseRefusal(message);
  const lastTerminating = Math.max(...maker.owners.map((uid) => observed.since(terminatingKey(uid)) ?? NOW));
  // A message may come after the end of the pod it was about: the watches race.
  const since = kind === 'QuotaExceeded' ? lastTerminating + settleMs : NOW;
  const repeats = observed.events.repeatsAfter(last, since);
  const isBlocked = kind !== 'QuotaExceeded' || !hasTerminating(maker.owners, observed);
  const decides = repeats >= 2 && isBlocked;
  const due = soft.has(kind) ? observed.events.firstSeen(last) : undefined;
  const changedAt = observed.find(`${maker.kind}s`, maker.object.metadata.name)?.seenAt ?? NOW;
  return {
    class: kind,
    object: nameOf(maker.kind, maker.object),
    reason: 'FailedCreate',
    evidence: message,
    dueAt: decides ? (due === undefined ? changedAt + settleMs : due + budgetMs) : NEVER,
  };
}

function lacksPods({ metadata, spec, status }: Workload, observed: ObservedState): boolean {
  const wanted = spec?.replicas ?? status?.desiredNumberScheduled ?? spec?.parallelism ?? 1;
  return observed.podsOf(metadata.uid).filter((pod) => !hasEnded(pod)).length < wanted;
}

// ReplicaSets count their terminating pods since Kubernetes 1.35, which tells even while the watch of pods is down.
function hasTerminating(owners: readonly (string | undefined)[], observed: ObservedState): boolean {
  const sets = observed.all<Workload>('replicasets').filter(({ object }) => owners.includes(object.metadata.uid));
  if (sets.some(({ object }) => (object.status?.terminatingReplicas ?? 0) > 0)) return true;
  return owners.some((uid) => observed.podsOf(uid).some(({ metadata }) => metadata.deletionTimestamp !== undefined));
}
