import type { CauseClass } from '../causes/cause-table.ts';
import { type Finding, NEVER, NOW } from '../causes/finding.ts';
import { isPermanentRefusal } from '../causes/parse-refusal.ts';
import {
  type Condition,
  conditionOf,
  type GitRepository,
  type Kustomization,
  nameOf,
} from '../cluster/kube-objects.ts';
import { appliedKey, attemptKey, type ObservedState } from '../cluster/observed-state.ts';
import type { GitOpsTarget, Relation } from '../expectation.ts';

/** Where the GitOps controller stands with the commit. */
export interface GitOpsStatus {
  readonly phase: 'waiting' | 'applied' | 'suspended';
  readonly progress: string;
  /** Whether what is applied is a newer commit than the expected one. */
  readonly isNewer: boolean;
  /** Whether the controller did its part of the expected commit or a newer one, healthy or not, and since when (server milliseconds). */
  readonly appliedSince?: number;
  readonly findings: readonly Finding[];
}

const classes: ReadonlyMap<string, CauseClass> = new Map([
  ['BuildFailed', 'FluxBuildFailed'],
  ['ArtifactFailed', 'FluxArtifactFailed'],
  ['ReconciliationFailed', 'FluxApplyFailed'],
  ['PruneFailed', 'FluxApplyFailed'],
  ['HealthCheckFailed', 'FluxHealthCheckFailed'],
  ['DependencyNotReady', 'FluxDependencyNotReady'],
]);

/** The commit in a revision of Flux (`main@sha1:abc`), or the whole text. */
export function commitOf(revision: string | undefined): string {
  const text = revision ?? '';
  return /(?:^|[:/])([0-9a-f]{40,64})$/.exec(text)?.[1] ?? text;
}

/** Judges a Kustomization of Flux by its attempt at the expected commit; Ready True alone may speak of an older one. */
export function assessFlux(target: GitOpsTarget, observed: ObservedState): GitOpsStatus {
  const seen = observed.find<Kustomization>('kustomizations', target.name, target.namespace);
  if (seen === undefined)
    return waiting(`kustomization/${target.name} does not exist`, [notApplied(target, 'it does not exist')]);
  const kustomization = seen.object;
  const object = nameOf('kustomization', kustomization);
  if (kustomization.spec?.suspend === true) {
    const suspended: Finding = {
      class: 'FluxSuspended',
      object,
      reason: 'spec.suspend',
      evidence: 'spec.suspend is true',
      dueAt: NOW,
    };
    return { phase: 'suspended', progress: 'it is suspended', isNewer: false, findings: [suspended] };
  }
  const applied = relationTo(target, kustomization.status?.lastAppliedRevision);
  const attempted = relationTo(target, kustomization.status?.lastAttemptedRevision);
  const findings = [
    findFailure(kustomization, attempted, observed),
    findSourceFailure(kustomization, observed),
    findDependency(kustomization, observed),
  ].filter((cause) => cause !== undefined);
  const isApplied = contains(applied);
  const since = observed.changes(appliedKey(target.name)).at(-1)?.since;
  const progress = progressOf(kustomization);
  const common = { isNewer: applied === 'newer', ...(isApplied && since !== undefined ? { appliedSince: since } : {}) };
  if (isApplied && isReady(kustomization)) return { ...common, phase: 'applied', progress, findings };
  return { ...common, phase: 'waiting', progress, findings: [...findings, notApplied(target, progress)] };
}

/** Whether a revision holds the expected commit. */
export function contains(relation: Relation): boolean {
  return relation === 'same' || relation === 'newer';
}

function relationTo(target: GitOpsTarget, revision: string | undefined): Relation {
  if (target.relation === undefined) return revision === undefined ? 'unknown' : 'same';
  return revision === undefined ? 'unknown' : target.relation(commitOf(revision));
}

// The condition carries its own generation: Ready True may speak of an older spec.
function isReady(kustomization: Kustomization): boolean {
  const ready = conditionOf(kustomization, 'Ready');
  return ready?.status === 'True' && (ready.observedGeneration ?? 0) >= (kustomization.metadata.generation ?? 0);
}

// Where a condition does not say it, nothing speaks against the present one.
function isOfGeneration({ observedGeneration }: Condition, { metadata }: Kustomization): boolean {
  return observedGeneration === undefined || observedGeneration >= (metadata.generation ?? 0);
}

function findFailure(kustomization: Kustomization, attempted: Relation, observed: ObservedState): Finding | undefined {
  const object = nameOf('kustomization', kustomization);
  const stalled = conditionOf(kustomization, 'Stalled');
  if (stalled?.status === 'True' && isOfGeneration(stalled, kustomization))
    return fromCondition(object, 'FluxStalled', stalled, NOW);
  const ready = conditionOf(kustomization, 'Ready');
  if (ready?.status !== 'False' || (ready.observedGeneration ?? 0) < 0) return undefined;
  const kind = classes.get(ready.reason ?? '');
  if (kind === undefined || kind === 'FluxDependencyNotReady' || !contains(attempted)) return undefined;
  const repeated = observed.count(attemptKey(kustomization)) >= 2;
  const decides =
    kind === 'FluxBuildFailed' ||
    kind === 'FluxHealthCheckFailed' ||
    isPermanentRefusal(ready.message ?? '') ||
    repeated;
  return fromCondition(object, kind, ready, decides ? NOW : NEVER);
}

// A fetch that fails twice or for want of rights will not heal by waiting, but an older artifact may still be good.
function findSourceFailure(kustomization: Kustomization, observed: ObservedState): Finding | undefined {
  const name = kustomization.spec?.sourceRef?.name;
  const source = name === undefined ? undefined : observed.find<GitRepository>('gitrepositories', name)?.object;
  const ready = source === undefined ? undefined : conditionOf(source, 'Ready');
  if (source === undefined || ready?.status !== 'False') return undefined;
  return fromCondition(nameOf('gitrepository', source), 'FluxSourceFailed', ready, NEVER);
}

// Names the root of a chain of dependencies: the first one that is not Ready for a reason of its own.
function findDependency(kustomization: Kustomization, observed: ObservedState): Finding | undefined {
  let current = kustomization;
  const visited = new Set<string>();
  while (conditionOf(current, 'Ready')?.reason === 'DependencyNotReady' && !visited.has(current.metadata.name)) {
    visited.add(current.metadata.name);
    const next = (current.spec?.dependsOn ?? [])
      .map(({ name, namespace }) => observed.find<Kustomization>('kustomizations', name, namespace)?.object)
      .find((dependency) => dependency !== undefined && !isReady(dependency));
    if (next === undefined) break;
    current = next;
  }
  if (visited.size === 0) return undefined;
  const ready = conditionOf(current, 'Ready');
  const evidence = `${ready?.reason ?? 'NotReady'}: ${ready?.message ?? ''}`;
  return {
    class: 'FluxDependencyNotReady',
    object: nameOf('kustomization', current),
    reason: 'DependencyNotReady',
    evidence,
    dueAt: NEVER,
  };
}

function fromCondition(object: string, kind: CauseClass, condition: Condition, dueAt: number): Finding {
  return { class: kind, object, reason: condition.reason ?? condition.type, evidence: condition.message ?? '', dueAt };
}

function progressOf(kustomization: Kustomization): string {
  const { lastAppliedRevision: applied, lastAttemptedRevision: attempted } = kustomization.status ?? {};
  const ready = conditionOf(kustomization, 'Ready');
  return `applied ${commitOf(applied).slice(0, 12)}, attempted ${commitOf(attempted).slice(0, 12)}, Ready ${ready?.status ?? 'unknown'}`;
}

function waiting(progress: string, findings: readonly Finding[]): GitOpsStatus {
  return { phase: 'waiting', progress, isNewer: false, findings };
}

function notApplied(target: GitOpsTarget, evidence: string): Finding {
  return {
    class: 'FluxNotApplied',
    object: `kustomization/${target.name}`,
    reason: 'NotApplied',
    evidence,
    dueAt: NEVER,
  };
}
