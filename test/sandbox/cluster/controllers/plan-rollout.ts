import type { Deployment, IntOrPercent, ReplicaSet } from '../kube-objects.ts';

/** How many replicas each ReplicaSet is to have next; those that stay are left out. */
export type RolloutStep = ReadonlyMap<ReplicaSet, number>;

/** The next step of a rollout, by the rules of the Deployment controller (Recreate, or RollingUpdate with its limits). */
export function planRollout(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): RolloutStep {
  const { replicas, strategy } = deployment.spec;
  const step = new Map<ReplicaSet, number>();
  if (strategy.type === 'Recreate') {
    for (const set of old) if (set.spec.replicas > 0) step.set(set, 0);
    const gone = old.every(({ status }) => status.replicas === 0 && (status.terminatingReplicas ?? 0) === 0);
    if (step.size === 0 && gone && current.spec.replicas !== replicas) step.set(current, replicas);
    return step;
  }
  const { surge, unavailable } = rollingLimits(deployment);
  const wanted = grow(current, old, { replicas, surge });
  if (wanted !== current.spec.replicas) {
    step.set(current, wanted);
    return step;
  }
  shrink(step, { current, old, minAvailable: replicas - unavailable });
  return step;
}

/** The limits of a rolling update in pods; both zero would never move, so one may be unavailable then. */
export function rollingLimits({ spec }: Deployment): { surge: number; unavailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy.rollingUpdate ?? {};
  const surge = podsOf(maxSurge, spec.replicas, Math.ceil);
  const unavailable = podsOf(maxUnavailable, spec.replicas, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** A count or a share of `total`, rounded by `round`. */
export function podsOf(value: IntOrPercent, total: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number.parseInt(value, 10) * total) / 100) : Number.parseInt(value, 10);
}

function grow(
  current: ReplicaSet,
  old: readonly ReplicaSet[],
  { replicas, surge }: { replicas: number; surge: number },
): number {
  if (current.spec.replicas >= replicas) return replicas;
  const total = current.spec.replicas + sum(old, ({ spec }) => spec.replicas);
  const room = Math.max(0, replicas + surge - total);
  return Math.min(replicas, current.spec.replicas + room);
}

function shrink(
  step: Map<ReplicaSet, number>,
  { current, old, minAvailable }: { current: ReplicaSet; old: readonly ReplicaSet[]; minAvailable: number },
): void {
  const availableOf = ({ status }: ReplicaSet) => status.availableReplicas ?? 0;
  const total = current.spec.replicas + sum(old, ({ spec }) => spec.replicas);
  const pending = current.spec.replicas - availableOf(current);
  let removable = total - minAvailable - pending;
  // Pods of old revisions that serve nobody go first; they cost no availability.
  for (const set of old) {
    const unhealthy = Math.min(removable, Math.max(0, set.spec.replicas - availableOf(set)));
    if (unhealthy <= 0) continue;
    step.set(set, set.spec.replicas - unhealthy);
    removable -= unhealthy;
  }
  let spare = availableOf(current) + sum(old, availableOf) - minAvailable;
  for (const set of old) {
    const left = step.get(set) ?? set.spec.replicas;
    const less = Math.min(spare, left);
    if (less <= 0) continue;
    step.set(set, left - less);
    spare -= less;
  }
}

function sum(sets: readonly ReplicaSet[], value: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + value(set), 0);
}
