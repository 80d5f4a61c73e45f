import { type Finding, NEVER } from '../causes/finding.ts';
import { findPodCauses, isReady } from '../causes/plan-pod-causes.ts';
import { findRefusal } from '../causes/plan-refused-pods.ts';
import { nameOf, type Pod, type Workload } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';
import { livePods, onDeleteOf, type RolloutStatus, zeroReplicas } from './rollout-status.ts';

const revisionLabel = 'controller-revision-hash';

/** Judges a StatefulSet: its partition, its update strategy, and the trap of kubernetes#67250 (a broken pod blocks its own repair). */
export function planStatefulSet(set: Workload, observed: ObservedState, expectation: Expectation): RolloutStatus {
  const desired = set.spec?.replicas ?? 1;
  const all = livePods(set.metadata.uid, observed);
  const update = set.status?.updateRevision;
  const pods = all.filter((pod) => pod.metadata.labels?.[revisionLabel] === update);
  const old = all.filter((pod) => pod.metadata.labels?.[revisionLabel] !== update);
  const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const needed = Math.max(0, desired - partition);
  const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0, replicas = 0 } = set.status ?? {};
  const available = (set.spec?.minReadySeconds ?? 0) > 0 ? availableReplicas : readyReplicas;
  const refusal = findRefusal({ kind: 'statefulset', object: set, owners: [set.metadata.uid] }, observed);
  const zero = zeroReplicas(nameOf('statefulset', set), desired, expectation);
  const findings = [refusal, findStuck(set, old, observed), zero].filter((cause) => cause !== undefined);
  const counted = updatedReplicas >= needed && available >= desired && replicas === desired;
  const isComplete = counted && pods.filter(isReady).length >= needed && zero === undefined;
  const partial = partition > 0 ? `, partition ${partition}` : '';
  const progress = `${updatedReplicas} of ${needed} pods updated${partial}, ${readyReplicas} ready`;
  return {
    isComplete,
    progress,
    pods,
    findings,
    ...onDeleteOf({ kind: 'statefulset', workload: set, old, isComplete, expectation }),
  };
}

// With OrderedReady the controller waits for an unhealthy pod before it replaces any, so a broken one stays for good.
function findStuck(set: Workload, old: readonly Pod[], observed: ObservedState): Finding | undefined {
  if ((set.spec?.podManagementPolicy ?? 'OrderedReady') !== 'OrderedReady') return undefined;
  if (set.spec?.updateStrategy?.type === 'OnDelete') return undefined;
  for (const pod of old) {
    if (isReady(pod)) continue;
    const cause = findPodCauses(pod, observed).find(({ dueAt }) => dueAt !== NEVER);
    if (cause === undefined) continue;
    return {
      ...cause,
      class: 'StuckRevision',
      evidence: `${cause.class}: ${cause.evidence}; kubectl delete pod ${pod.metadata.name}`,
    };
  }
  return undefined;
}
