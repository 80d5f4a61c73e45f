import { isReady } from '../causes/plan-pod-causes.ts';
import { findRefusal } from '../causes/plan-refused-pods.ts';
import type { Pod, Workload } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';
import { livePods, onDeleteOf, type RolloutStatus } from './rollout-status.ts';

/** Judges a DaemonSet by what is scheduled, updated and available; `maxUnavailable` pods may be missing. */
export function planDaemonSet(set: Workload, observed: ObservedState, expectation: Expectation): RolloutStatus {
  const all = livePods(set.metadata.uid, observed);
  const pods = all.filter((pod) => isOfTemplate(pod, set));
  const old = all.filter((pod) => !isOfTemplate(pod, set));
  const {
    desiredNumberScheduled: desired = 0,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = set.status ?? {};
  const needed = Math.max(0, desired - expectation.maxUnavailable);
  const refusal = findRefusal({ kind: 'daemonset', object: set, owners: [set.metadata.uid] }, observed);
  const findings = refusal === undefined ? [] : [refusal];
  const isUpdated = updated >= needed && !old.some(isReady);
  const isComplete = isUpdated && available >= needed && pods.filter(isReady).length >= needed;
  const progress = `${updated} of ${desired} pods updated, ${available} available`;
  return {
    isComplete,
    progress,
    pods,
    findings,
    ...onDeleteOf({ kind: 'daemonset', workload: set, old, isComplete, expectation }),
  };
}

// The generation of the template that made a pod; its images where the labels are missing.
function isOfTemplate(pod: Pod, set: Workload): boolean {
  const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation'];
  const label = pod.metadata.labels?.['pod-template-generation'];
  if (generation !== undefined && label !== undefined) return generation === label;
  const images = new Map((set.spec?.template?.spec?.containers ?? []).map(({ name, image }) => [name, image]));
  return (pod.spec?.containers ?? []).every(({ name, image }) => !images.has(name) || images.get(name) === image);
}
