import { type Finding, NOW } from '../causes/finding.ts';
import { nameOf, type Pod, type Workload } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';

/** What the status of one workload says about a rollout, whatever its image. */
export interface RolloutStatus {
  readonly isComplete: boolean;
  /** Progress in words: "2 of 3 pods updated". */
  readonly progress: string;
  /** The live pods of the newest revision. */
  readonly pods: readonly Pod[];
  readonly findings: readonly Finding[];
  /** Set when nothing moves until somebody acts. */
  readonly suspended?: Finding;
}

/** The pods of an owner that are not terminating. */
export function livePods(ownerUid: string | undefined, observed: ObservedState): Pod[] {
  return observed.podsOf(ownerUid).filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

/** A finding when there is nothing to verify because nothing runs. */
export function zeroReplicas(object: string, desired: number, expectation: Expectation): Finding | undefined {
  if (desired > 0 || expectation.allowZero) return undefined;
  return { class: 'ZeroReplicas', object, reason: 'ZeroReplicas', evidence: 'spec.replicas is 0', dueAt: NOW };
}

/** The finding of a workload that replaces pods only after somebody deleted them (updateStrategy OnDelete). */
export function onDeleteOf(input: {
  kind: string;
  workload: Workload;
  old: readonly Pod[];
  isComplete: boolean;
  expectation: Expectation;
}): { suspended?: Finding } {
  const { kind, workload, old, isComplete, expectation } = input;
  const isOnDelete = workload.spec?.updateStrategy?.type === 'OnDelete';
  if (!isOnDelete || isComplete || old.length === 0 || expectation.onSuspended === 'wait') return {};
  const names = old.map((pod) => pod.metadata.name).join(' ');
  const object = nameOf(kind, workload);
  return {
    suspended: { class: 'OnDelete', object, reason: 'OnDelete', evidence: `kubectl delete pod ${names}`, dueAt: NOW },
  };
}
