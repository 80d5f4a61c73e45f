import type { Condition, Deployment, ReplicaSet } from '../kube-objects.ts';
import type { ObjectKey } from '../store.ts';
import type { World } from '../world.ts';
import { rollingLimits } from './plan-rollout.ts';
import { setCondition } from './pods-of.ts';

interface Sets {
  readonly current: ReplicaSet | undefined;
  readonly sets: readonly ReplicaSet[];
}

/** Writes the status of a Deployment from its ReplicaSets; gives the milliseconds until its progress deadline. */
export function writeDeploymentStatus(world: World, key: ObjectKey, { current, sets }: Sets): number | undefined {
  const now = world.clock.now();
  const changed = world.store.change('deployments', key, (draft) => {
    const before = draft.status;
    const newest = sets.find(({ metadata }) => metadata.uid === current?.metadata.uid);
    const status = countsOf(draft, { current: newest, sets });
    const conditions = structuredClone(before.conditions ?? []);
    setAvailable(conditions, draft, { available: status.availableReplicas ?? 0, now });
    setProgressing(conditions, draft, { status, newest, now });
    copyFailure(conditions, newest, now);
    draft.status = { ...status, conditions };
  });
  return untilDeadline(changed, now);
}

type Status = Deployment['status'];

function countsOf(deployment: Deployment, { current, sets }: Sets): Status {
  const total = (pick: (status: ReplicaSet['status']) => number | undefined) =>
    sets.reduce((sum, { status }) => sum + (pick(status) ?? 0), 0);
  const some = (name: keyof Status, value: number) => (value > 0 ? { [name]: value } : {});
  const available = total((status) => status.availableReplicas);
  const spread = sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...some(
      'replicas',
      total((status) => status.replicas),
    ),
    ...some('updatedReplicas', current?.status.replicas ?? 0),
    ...some(
      'readyReplicas',
      total((status) => status.readyReplicas),
    ),
    ...some('availableReplicas', available),
    ...some('unavailableReplicas', spread - available),
    terminatingReplicas: total((status) => status.terminatingReplicas),
  };
}

function setAvailable(
  conditions: Condition[],
  deployment: Deployment,
  { available, now }: { available: number; now: number },
): void {
  const enough = available >= deployment.spec.replicas - rollingLimits(deployment).unavailable;
  const told = enough
    ? { reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  setCondition(conditions, { type: 'Available', status: enough ? 'True' : 'False', ...told }, now);
}

function setProgressing(
  conditions: Condition[],
  deployment: Deployment,
  { status, newest, now }: { status: Status; newest: ReplicaSet | undefined; now: number },
): void {
  const { spec, status: before } = deployment;
  const set = (value: Condition['status'], reason: string, message: string) =>
    setCondition(conditions, { type: 'Progressing', status: value, reason, message }, now);
  const known = conditions.find(({ type }) => type === 'Progressing');
  if (spec.paused === true) return void set('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (known?.reason === 'DeploymentPaused') return void set('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  if (newest === undefined) return;
  const name = JSON.stringify(newest.metadata.name);
  if (isComplete(spec.replicas, status)) {
    return void set('True', 'NewReplicaSetAvailable', `ReplicaSet ${name} has successfully progressed.`);
  }
  const isNew = before.updatedReplicas === undefined && (status.updatedReplicas ?? 0) === 0;
  if (isNew && known?.message?.includes(name) !== true) {
    return void set('True', 'NewReplicaSetCreated', `Created new replica set ${name}`);
  }
  if (hasProgressed(before, status)) {
    set('True', 'ReplicaSetUpdated', `ReplicaSet ${name} is progressing.`);
    const condition = conditions.find(({ type }) => type === 'Progressing');
    if (condition !== undefined) condition.lastUpdateTime = new Date(now).toISOString().replace(/\.\d+Z/, 'Z');
    return;
  }
  if (isLate(known, deployment, now)) {
    set('False', 'ProgressDeadlineExceeded', `ReplicaSet ${name} has timed out progressing.`);
  }
}

function isComplete(replicas: number, status: Status): boolean {
  const { updatedReplicas = 0, replicas: all = 0, availableReplicas = 0 } = status;
  return updatedReplicas === replicas && all === replicas && availableReplicas === replicas;
}

function hasProgressed(before: Status, after: Status): boolean {
  const oldOf = ({ replicas = 0, updatedReplicas = 0 }: Status) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldOf(after) < oldOf(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isLate(known: Condition | undefined, { spec }: Deployment, now: number): boolean {
  if (known === undefined || known.reason === 'NewReplicaSetAvailable') return false;
  return now - Date.parse(known.lastUpdateTime ?? '') >= spec.progressDeadlineSeconds * 1000;
}

// What keeps a ReplicaSet from creating pods shows on its Deployment, too.
function copyFailure(conditions: Condition[], newest: ReplicaSet | undefined, now: number): void {
  const failure = newest?.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
  const index = conditions.findIndex(({ type }) => type === 'ReplicaFailure');
  if (failure !== undefined) {
    const { reason = '', message = '' } = failure;
    setCondition(conditions, { type: 'ReplicaFailure', status: 'True', reason, message }, now);
  } else if (index >= 0) conditions.splice(index, 1);
}

function untilDeadline(deployment: Deployment | undefined, now: number): number | undefined {
  const known = deployment?.status.conditions?.find(({ type }) => type === 'Progressing');
  if (deployment === undefined || known?.status !== 'True' || known.reason === 'NewReplicaSetAvailable')
    return undefined;
  return Math.max(50, Date.parse(known.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds * 1000 - now);
}
