import { type Finding, NOW, settleMs } from '../causes/finding.ts';
import { isReady } from '../causes/plan-pod-causes.ts';
import { findRefusal } from '../causes/plan-refused-pods.ts';
import { conditionOf, isOwnedBy, nameOf, type Workload } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';
import { livePods, type RolloutStatus, zeroReplicas } from './rollout-status.ts';

const revision = 'deployment.kubernetes.io/revision';

/** Judges a Deployment as `kubectl rollout status` does, and by the pods of its newest ReplicaSet. */
export function planDeployment(deployment: Workload, observed: ObservedState, expectation: Expectation): RolloutStatus {
  const desired = deployment.spec?.replicas ?? 1;
  const sets = observed.all<Workload>('replicasets').map(({ object }) => object);
  const owned = sets.filter((set) => isOwnedBy(set, deployment.metadata.uid));
  const newest = owned.find((set) => isOfRevision(set, deployment));
  const pods = livePods(newest?.metadata.uid, observed);
  const refusal =
    newest === undefined
      ? undefined
      : findRefusal(
          { kind: 'replicaset', object: newest, owners: owned.map(({ metadata }) => metadata.uid) },
          observed,
        );
  const zero = zeroReplicas(nameOf('deployment', deployment), desired, expectation);
  const findings = [refusal, deadlinePassed(deployment, observed), zero].filter((cause) => cause !== undefined);
  const {
    updatedReplicas: updated = 0,
    replicas = 0,
    availableReplicas: available = 0,
    readyReplicas: ready = 0,
  } = deployment.status ?? {};
  const counted = updated >= desired && replicas <= updated && available >= desired && ready >= desired;
  // The pods are watched apart from the Deployment: both must say so.
  const seen = pods.filter(isReady).length >= desired && newest !== undefined;
  const isComplete = counted && seen && conditionOf(deployment, 'Available')?.status !== 'False' && zero === undefined;
  const progress = `${updated} of ${desired} pods updated, ${available} available, ${replicas - updated} old`;
  return { isComplete, progress, pods, findings, ...pausedOf(deployment, isComplete, expectation) };
}

// While a Deployment is paused its revision is still the old one: the images tell.
function isOfRevision(set: Workload, deployment: Workload): boolean {
  if (set.metadata.annotations?.[revision] !== deployment.metadata.annotations?.[revision]) return false;
  const images = (workload: Workload) =>
    (workload.spec?.template?.spec?.containers ?? []).map(({ image }) => image).join(' ');
  return images(set) === images(deployment);
}

function pausedOf(deployment: Workload, isComplete: boolean, { onPaused }: Expectation): { suspended?: Finding } {
  if (deployment.spec?.paused !== true || isComplete || onPaused === 'wait') return {};
  const object = nameOf('deployment', deployment);
  return {
    suspended: { class: 'Paused', object, reason: 'DeploymentPaused', evidence: 'spec.paused is true', dueAt: NOW },
  };
}

// Where an older ReplicaSet is taken again, the condition is that of the version before until its first pods are there.
function deadlinePassed(deployment: Workload, observed: ObservedState): Finding | undefined {
  const progressing = conditionOf(deployment, 'Progressing');
  if (progressing?.status !== 'False' || progressing.reason !== 'ProgressDeadlineExceeded') return undefined;
  const object = nameOf('deployment', deployment);
  return {
    class: 'ProgressDeadlineExceeded',
    object,
    reason: 'ProgressDeadlineExceeded',
    evidence: progressing.message ?? '',
    dueAt: (observed.find('deployments', deployment.metadata.name)?.seenAt ?? NOW) + settleMs,
  };
}
