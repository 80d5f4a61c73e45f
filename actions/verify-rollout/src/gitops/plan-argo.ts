import { type Finding, NEVER, NOW } from '../causes/finding.ts';
import { isPermanentRefusal } from '../causes/parse-refusal.ts';
import { type Application, nameOf, revisionsIn, type SyncRevisions } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { GitOpsTarget, Relation } from '../expectation.ts';
import { contains, type GitOpsStatus } from './plan-flux.ts';

type Status = NonNullable<Application['status']>;
type Operation = NonNullable<Status['operationState']>;

/** Judges an Application of Argo CD: its last operation, what it is synced to, and whether its health is newer than that operation. */
export function assessArgo(target: GitOpsTarget, observed: ObservedState): GitOpsStatus {
  const seen = observed.find<Application>('applications', target.name, target.namespace);
  if (seen === undefined) {
    return {
      phase: 'waiting',
      progress: 'it does not exist',
      isNewer: false,
      findings: [notSynced(target, 'it does not exist')],
    };
  }
  const { status = {} } = seen.object;
  const operation = status.operationState;
  const synced = relationTo(target, status.sync);
  // A failed operation of an older revision needs no other one where the new revision asks for what is there.
  const isIdle =
    operation === undefined ||
    (!/^(?:Running|Terminating)$/.test(operation.phase ?? '') &&
      isAfter(status.reconciledAt, operation.finishedAt) &&
      seen.object.operation === undefined);
  const isSynced = status.sync?.status === 'Synced' && contains(synced);
  const isHealthy = status.health?.status === 'Healthy';
  const progress = `${status.sync?.status ?? 'unknown'} ${short(status.sync)}, ${status.health?.status ?? 'unknown'}, operation ${operation?.phase ?? 'pending'}`;
  const findings = [
    findFailedSync(seen.object, target),
    findOlderOperation(seen.object, target, synced),
    findComparisonError(seen.object),
    findDegraded(seen.object, isSynced),
  ].filter((cause) => cause !== undefined);
  const since = isAfter(status.reconciledAt, operation?.finishedAt) && isSynced ? seen.seenAt : undefined;
  const common = { isNewer: synced === 'newer', progress, ...(since === undefined ? {} : { appliedSince: since }) };
  if (isSynced && isHealthy && isIdle) return { ...common, phase: 'applied', findings };
  return { ...common, phase: 'waiting', findings: [...findings, notSynced(target, progress)] };
}

// Of several sources one is the GitOps repository; the others are unknown to it.
function relationTo({ relation }: GitOpsTarget, synced: SyncRevisions | undefined): Relation {
  const revisions = revisionsIn(synced);
  if (relation === undefined && revisions.length > 0) return 'same';
  const relations = revisions.map((revision) => relation?.(revision) ?? 'unknown');
  return relations.find(contains) ?? relations.find((each) => each === 'older') ?? 'unknown';
}

function isAfter(time: string | undefined, other: string | undefined): boolean {
  return other === undefined || (time !== undefined && Date.parse(time) >= Date.parse(other));
}

function revisionOf(operation: Operation): SyncRevisions | undefined {
  return [operation.syncResult, operation.operation?.sync].find((each) => revisionsIn(each).length > 0);
}

function short(synced: SyncRevisions | undefined): string {
  return revisionsIn(synced)
    .map((revision) => revision.slice(0, 12))
    .join(' ');
}

// A failed automated sync keeps phase Running through its retries, with finishedAt, message and retryCount set.
function findFailedSync(application: Application, target: GitOpsTarget): Finding | undefined {
  const operation = application.status?.operationState;
  if (operation === undefined || !contains(relationTo(target, revisionOf(operation)))) return undefined;
  const message = operation.message ?? '';
  const ended = operation.phase === 'Failed' || operation.phase === 'Error';
  const retrying =
    operation.phase === 'Running' && operation.finishedAt !== undefined && (operation.retryCount ?? 0) > 0;
  if (!ended && !retrying) return undefined;
  const decides = ended || (operation.retryCount ?? 0) >= 2 || isPermanentRefusal(message);
  return {
    class: 'ArgoSyncFailed',
    object: nameOf('application', application),
    reason: 'SyncFailed',
    evidence: message,
    dueAt: decides ? NOW : NEVER,
  };
}

function findOlderOperation(application: Application, target: GitOpsTarget, current: Relation): Finding | undefined {
  const operation = application.status?.operationState;
  if (operation?.phase !== 'Running' || !contains(current)) return undefined;
  const synced = revisionOf(operation);
  if (synced === undefined || contains(relationTo(target, synced))) return undefined;
  const evidence = `an operation for ${short(synced)} has run since ${operation.startedAt ?? '?'}, retries: ${operation.retryCount ?? 0}: ${operation.message ?? ''}`;
  return {
    class: 'ArgoOlderOperation',
    object: nameOf('application', application),
    reason: 'OperationRunning',
    evidence,
    dueAt: NEVER,
  };
}

function findComparisonError(application: Application): Finding | undefined {
  const error = application.status?.conditions?.find(
    ({ type }) => type === 'ComparisonError' || type === 'InvalidSpecError',
  );
  if (error === undefined) return undefined;
  const reason = error.type ?? 'ComparisonError';
  return {
    class: 'ArgoComparisonError',
    object: nameOf('application', application),
    reason,
    evidence: error.message ?? '',
    dueAt: NEVER,
  };
}

// The pods tell why; Degraded alone may be a moment between two states.
function findDegraded(application: Application, isSynced: boolean): Finding | undefined {
  const health = application.status?.health;
  if (health?.status !== 'Degraded' || !isSynced) return undefined;
  return {
    class: 'ArgoDegraded',
    object: nameOf('application', application),
    reason: 'Degraded',
    evidence: health.message ?? 'health is Degraded',
    dueAt: NEVER,
  };
}

function notSynced(target: GitOpsTarget, evidence: string): Finding {
  return { class: 'ArgoNotSynced', object: `application/${target.name}`, reason: 'NotSynced', evidence, dueAt: NEVER };
}
