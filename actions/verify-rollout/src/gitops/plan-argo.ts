import { type Finding, NEVER, NOW } from '../causes/finding.ts';
import { isPermanentRefusal } from '../causes/parse-refusal.ts';
import { type Application, nameOf } from '../cluster/kube-objects.ts';
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
  const synced = relationTo(target, status.sync?.revision);
  const finished =
    operation?.phase === 'Succeeded' &&
    isAfter(status.reconciledAt, operation.finishedAt) &&
    seen.object.operation === undefined;
  const isSynced = status.sync?.status === 'Synced' && contains(synced);
  const isHealthy = status.health?.status === 'Healthy';
  const progress = `${status.sync?.status ?? 'unknown'} ${(status.sync?.revision ?? '').slice(0, 12)}, ${status.health?.status ?? 'unknown'}, operation ${operation?.phase ?? 'pending'}`;
  const findings = [
    findFailedSync(seen.object, target),
    findOlderOperation(seen.object, target, synced),
    findComparisonError(seen.object),
    findDegraded(seen.object, isSynced),
  ].filter((cause) => cause !== undefined);
  const since = isAfter(status.reconciledAt, operation?.finishedAt) && isSynced ? seen.seenAt : undefined;
  const common = { isNewer: synced === 'newer', progress, ...(since === undefined ? {} : { appliedSince: since }) };
  // An application that was in sync without any operation needs none.
  if (isSynced && isHealthy && (finished || operation === undefined)) return { ...common, phase: 'applied', findings };
  return { ...common, phase: 'waiting', findings: [...findings, notSynced(target, progress)] };
}

function relationTo(target: GitOpsTarget, revision: string | undefined): Relation {
  if (revision === undefined || revision === '') return 'unknown';
  return target.relation === undefined ? 'same' : target.relation(revision);
}

function isAfter(time: string | undefined, other: string | undefined): boolean {
  return other === undefined || (time !== undefined && Date.parse(time) >= Date.parse(other));
}

function revisionOf(operation: Operation): string | undefined {
  return operation.syncResult?.revision ?? operation.operation?.sync?.revision;
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

function findOlderOperation(application: Application, target: GitOpsTarget, synced: Relation): Finding | undefined {
  const operation = application.status?.operationState;
  if (operation?.phase !== 'Running' || contains(synced) === false) return undefined;
  const revision = revisionOf(operation);
  if (revision === undefined || contains(relationTo(target, revision))) return undefined;
  const evidence = `an operation for ${revision.slice(0, 12)} has run since ${operation.startedAt ?? '?'}, retries: ${operation.retryCount ?? 0}: ${operation.message ?? ''}`;
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
