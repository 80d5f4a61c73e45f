import {
  type Container,
  type ContainerStatus,
  conditionOf,
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
  readonly probeFailure?: { readonly kind: CauseClass; readonly message: string; readonly killed: boolean };
  /** What the last event about a failed pull said. */
  readonly pullFailure: string;
}

const pullBudgetMs = 120_000;
const createBudgetMs = 120_000;
// What a kubelet lacks for some moments after it or the pod came: no answer of the API server.
const passing =
  /failed to sync .* cache|not registered|not yet been read|host IP unknown|timed out|connection refused|deadline exceeded/;
const pulling = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError']);
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
  if (pulling.has(reason)) return findPullCause(view, observed, { reason, message });
  if (reason === 'CreateContainerConfigError') {
    const dueAt = passing.test(message.replace(/"[^"]*"/g, '')) ? NEVER : NOW;
    return finding(view, 'CreateContainerConfigError', { reason, evidence: message, dueAt });
  }
  return findCrash(view, observed) ?? findUnready(view);
}

function findPullCause(
  view: ContainerView,
  observed: ObservedState,
  { reason, message }: { reason: string; message: string },
): Finding | undefined {
  // Kubelets before 1.32 back off without telling the error again; their event has it.
  const evidence = parsePullError(message) === undefined ? view.pullFailure : message;
  const error = parsePullError(evidence);
  if (error === undefined) return finding(view, 'PullUnavailable', { reason, evidence: message, dueAt: NEVER });
  const attempts = observed.count(pullKey(view.pod, view.status.name));
  const firstSeen = ['ErrImagePull', 'ImagePullBackOff', reason]
    .map((each) => observed.since(waitingKey(view.pod, view.status.name, each)))
    .find((since) => since !== undefined);
  const budget = firstSeen === undefined ? NEVER : firstSeen + pullBudgetMs;
  return finding(view, error.class, { reason, evidence, dueAt: error.permanent && attempts >= 2 ? NOW : budget });
}

// How the last run ended, where the container does not run again.
function lastRun({ state, lastState }: ContainerStatus): Terminated | undefined {
  return state?.running === undefined ? (state?.terminated ?? lastState?.terminated) : undefined;
}

function findCrash(view: ContainerView, observed: ObservedState): Finding | undefined {
  const { status, pod } = view;
  const starting = findStartError(view, observed);
  if (starting !== undefined) return starting;
  const run = lastRun(status) ?? {};
  // A container that ends well is started again, too, and backed off from in the end.
  const isLooping = status.state?.waiting?.reason === 'CrashLoopBackOff';
  if (!isLooping && (status.state?.terminated?.exitCode ?? 0) === 0) return undefined;
  const restarts = status.restartCount ?? 0;
  const oom = run.reason === 'OOMKilled';
  const kind = oom ? 'OOMKilled' : (killerOf(view, run) ?? 'CrashLoopBackOff');
  const evidence = crashEvidence(view, run, restarts);
  // restartCount counts runs after the first: 1 after the second run began. How often a Job may fail is the Job's to say.
  const decides = restarts >= (oom ? 1 : 2) && pod.spec?.restartPolicy !== 'OnFailure';
  const reason = status.state?.waiting?.reason ?? run.reason ?? 'Error';
  return finding(view, kind, { reason, evidence, dueAt: decides ? NOW : NEVER });
}

// A probe also fails because a process has ended by itself: what the kubelet ends, it ends by a signal.
function killerOf({ probeFailure }: ContainerView, { exitCode }: Terminated): CauseClass | undefined {
  const byKubelet = probeFailure?.killed === true || exitCode === 137 || exitCode === 143;
  return byKubelet ? probeFailure?.kind : undefined;
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
  const run = lastRun(status);
  const startFailed = run?.reason === 'StartError' || run?.reason === 'ContainerCannotRun';
  const reason = waiting?.reason ?? '';
  const isWaiting =
    reason === 'RunContainerError' || reason === 'CreateContainerError' || reason === 'PostStartHookError';
  if (!isWaiting && !startFailed) return undefined;
  const message = (isWaiting ? waiting?.message : undefined) ?? run?.message ?? '';
  if (/client connection is closing|name .* is (?:already in use|reserved)/.test(message)) return undefined;
  const since = observed.since(waitingKey(pod, status.name, reason));
  // A container that could not even be created counts as no run.
  const twice = (status.restartCount ?? 0) >= 1 && reason !== 'CreateContainerError';
  const dueAt = twice ? NOW : since === undefined ? NEVER : since + createBudgetMs;
  const kind = classOfStartError(reason, message, run);
  return finding(view, kind, { reason: isWaiting ? reason : (run?.reason ?? reason), evidence: message, dueAt });
}

// In the words of runc and crun. CRI-O finds out when it creates the container, containerd when it starts it.
const noCommand =
  /executable file|open executable|exec:? .*(?:no such file or directory|permission denied|is a directory)|exec format error/i;

function classOfStartError(reason: string, message: string, run: Terminated | undefined): CauseClass {
  if (reason === 'PostStartHookError') return 'PostStartHookFailed';
  if (noCommand.test(message)) return 'CommandNotFound';
  if (reason === 'CreateContainerError') return 'CreateContainerError';
  return run?.exitCode === 126 || run?.exitCode === 127 ? 'CommandNotFound' : 'StartError';
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
  const { status, spec, pod } = view;
  const startedAt = endOfSecond(status.state?.running?.startedAt);
  if (spec?.readinessProbe === undefined || startedAt === undefined || status.ready === true) return undefined;
  // A pod that was ready and is not for a moment has its whole budget again.
  const unreadySince = endOfSecond(conditionOf(pod, 'Ready')?.lastTransitionTime) ?? startedAt;
  const seconds = readinessBudgetSeconds(spec);
  const probe = view.probeFailure === undefined ? '' : `: ${view.probeFailure.message}`;
  return finding(view, 'ReadinessFailed', {
    reason: 'Unhealthy',
    evidence: `running and not ready for ${seconds} s${probe}`,
    dueAt: Math.max(startedAt, unreadySince) + seconds * 1000,
  });
}

function finding(
  view: ContainerView,
  kind: CauseClass,
  { reason, evidence, dueAt }: { reason: string; evidence: string; dueAt: number },
): Finding {
  return { class: kind, object: nameOf('pod', view.pod), container: view.status.name, reason, evidence, dueAt };
}
