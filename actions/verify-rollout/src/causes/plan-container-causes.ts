import {
  type Container,
  type ContainerStatus,
  endOfSecond,
  nameOf,
  type Pod,
  type Terminated,
} from '../cluster/kube-objects.ts';
import { type ObservedState, pullKey, waitingKey } from '../cluster/observed-state.ts';
import type { CauseClass } from './cause-table.ts';
import { type Finding, NEVER, NOW } from './finding.ts';
import { parsePullError } from './parse-pull-error.ts';

/** A container of a pod of the new revision, with the last messages of its probes and hooks by kind. */
export interface ContainerView {
  readonly pod: Pod;
  readonly status: ContainerStatus;
  readonly spec: Container | undefined;
  readonly isInit: boolean;
  readonly probeFailure?: { readonly kind: CauseClass; readonly message: string };
}

const pullBudgetMs = 120_000;
const createBudgetMs = 120_000;
const immediate: ReadonlyMap<string, CauseClass> = new Map([
  ['InvalidImageName', 'InvalidImageName'],
  ['ErrImageNeverPull', 'ImageNeverPulled'],
  ['SignatureValidationFailed', 'ImageSignature'],
]);

/** What speaks against one container, or undefined. */
export function findContainerCause(view: ContainerView, observed: ObservedState): Finding | undefined {
  const waiting = view.status.state?.waiting;
  const reason = waiting?.reason ?? '';
  const message = waiting?.message ?? '';
  const known = immediate.get(reason);
  if (known !== undefined) return finding(view, known, { reason, evidence: message, dueAt: NOW });
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff' || reason === 'RegistryUnavailable') {
    return findPullCause(view, observed, { reason, message });
  }
  if (reason === 'CreateContainerConfigError') {
    // The kubelet's caches fill some time after the pod came: not an answer of the API server.
    const dueAt = /failed to sync .* cache/.test(message) ? NEVER : NOW;
    return finding(view, 'CreateContainerConfigError', { reason, evidence: message, dueAt });
  }
  return findCrash(view, observed) ?? findUnready(view);
}

function findPullCause(
  view: ContainerView,
  observed: ObservedState,
  { reason, message }: { reason: string; message: string },
): Finding | undefined {
  const error = parsePullError(message);
  if (error === undefined) return undefined;
  const attempts = observed.count(pullKey(view.pod, view.status.name));
  const firstSeen =
    observed.since(waitingKey(view.pod, view.status.name, 'ErrImagePull')) ??
    observed.since(waitingKey(view.pod, view.status.name, 'ImagePullBackOff'));
  const budget = firstSeen === undefined ? NEVER : firstSeen + pullBudgetMs;
  const dueAt = error.permanent ? (attempts >= 2 ? NOW : NEVER) : budget;
  return finding(view, error.class, { reason, evidence: message, dueAt });
}

// A run that ended badly: the present state when it is terminated, else the one before.
function badRun(status: ContainerStatus): Terminated | undefined {
  const run = status.state?.terminated ?? status.lastState?.terminated;
  return run === undefined || run.exitCode === 0 ? undefined : run;
}

function findCrash(view: ContainerView, observed: ObservedState): Finding | undefined {
  const { status } = view;
  const waiting = status.state?.waiting;
  const starting = findStartError(view, observed);
  if (starting !== undefined) return starting;
  const run = badRun(status);
  if (run === undefined || status.state?.running !== undefined) return undefined;
  const restarts = status.restartCount ?? 0;
  const isLooping = waiting?.reason === 'CrashLoopBackOff' || status.state?.terminated !== undefined;
  if (!isLooping) return undefined;
  const oom = run.reason === 'OOMKilled';
  const kind = oom ? 'OOMKilled' : (view.probeFailure?.kind ?? 'CrashLoopBackOff');
  const evidence = crashEvidence(view, run, restarts);
  // restartCount counts runs after the first: 1 after the second run began.
  const dueAt = restarts >= (oom ? 1 : 2) ? NOW : NEVER;
  return finding(view, kind, { reason: waiting?.reason ?? run.reason ?? 'Error', evidence, dueAt });
}

function crashEvidence(view: ContainerView, run: Terminated, restarts: number): string {
  const limit = view.spec?.resources?.limits?.['memory'];
  const memory = run.reason === 'OOMKilled' && limit !== undefined ? `, memory limit ${limit}` : '';
  const probe = view.probeFailure === undefined ? '' : `: ${view.probeFailure.message}`;
  const message = run.message === undefined ? '' : `: ${run.message}`;
  const how = run.signal === undefined || run.signal === 0 ? '' : ` by signal ${run.signal}`;
  return `${run.reason ?? 'Error'}, exit code ${run.exitCode ?? '?'}${how}, ${restarts} restarts${memory}${probe}${message}`;
}

function findStartError(view: ContainerView, observed: ObservedState): Finding | undefined {
  const { status, pod } = view;
  const waiting = status.state?.waiting;
  const run = badRun(status);
  const startFailed = run?.reason === 'StartError' || run?.reason === 'ContainerCannotRun';
  const reason = waiting?.reason ?? '';
  const isWaiting =
    reason === 'RunContainerError' || reason === 'CreateContainerError' || reason === 'PostStartHookError';
  if (!isWaiting && !(startFailed && status.state?.running === undefined)) return undefined;
  const message = (isWaiting ? waiting?.message : undefined) ?? run?.message ?? '';
  if (/client connection is closing|name .* is (?:already in use|reserved)/.test(message)) return undefined;
  const since = observed.since(waitingKey(pod, status.name, reason));
  const twice = (status.restartCount ?? 0) >= 1;
  const dueAt = twice ? NOW : since === undefined ? NEVER : since + createBudgetMs;
  const kind = classOfStartError(reason, message, run);
  return finding(view, kind, { reason: isWaiting ? reason : (run?.reason ?? reason), evidence: message, dueAt });
}

function classOfStartError(reason: string, message: string, run: Terminated | undefined): CauseClass {
  if (reason === 'CreateContainerError') return 'CreateContainerError';
  if (reason === 'PostStartHookError') return 'PostStartHookFailed';
  const noCommand = /executable file not found|no such file or directory|permission denied|exec format error/i;
  return noCommand.test(message) || run?.exitCode === 126 || run?.exitCode === 127 ? 'CommandNotFound' : 'StartError';
}

/** Seconds that a container may run without being ready: its probes' own budget, doubled. */
export function readinessBudgetSeconds(container: Container): number {
  const { startupProbe: startup, readinessProbe: readiness } = container;
  if (readiness === undefined) return 0;
  const startupSeconds =
    startup === undefined
      ? 0
      : (startup.initialDelaySeconds ?? 0) + (startup.failureThreshold ?? 3) * (startup.periodSeconds ?? 10);
  const readinessSeconds =
    (readiness.initialDelaySeconds ?? 0) +
    (readiness.failureThreshold ?? 3) * (readiness.periodSeconds ?? 10) +
    (readiness.timeoutSeconds ?? 1);
  return 2 * (startupSeconds + readinessSeconds);
}

function findUnready(view: ContainerView): Finding | undefined {
  const { status, spec } = view;
  const startedAt = endOfSecond(status.state?.running?.startedAt);
  if (spec?.readinessProbe === undefined || startedAt === undefined || status.ready === true) return undefined;
  const seconds = readinessBudgetSeconds(spec);
  const probe = view.probeFailure === undefined ? '' : `: ${view.probeFailure.message}`;
  return finding(view, 'ReadinessFailed', {
    reason: 'Unhealthy',
    evidence: `running and not ready for ${seconds} s${probe}`,
    dueAt: startedAt + seconds * 1000,
  });
}

function finding(
  view: ContainerView,
  kind: CauseClass,
  { reason, evidence, dueAt }: { reason: string; evidence: string; dueAt: number },
): Finding {
  return { class: kind, object: nameOf('pod', view.pod), container: view.status.name, reason, evidence, dueAt };
}
