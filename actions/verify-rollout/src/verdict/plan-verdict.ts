import type { CauseClass } from '../causes/cause-table.ts';
import { type Finding, NEVER, NOW, settleMs } from '../causes/finding.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import { formatImage } from '../cluster/parse-image.ts';
import type { Expectation } from '../expectation.ts';
import { assessArgo } from '../gitops/plan-argo.ts';
import { assessFlux, type GitOpsStatus } from '../gitops/plan-flux.ts';
import { type Assessment, assessWorkload } from '../workloads/plan-workload.ts';

/** How a verification ends; `unreachable` is the connection's, not the engine's. */
export type Result = 'verified' | 'failed' | 'timed-out' | 'superseded' | 'suspended' | 'unreachable';

/** One class of cause with all objects that show it. */
export interface Cause {
  readonly class: CauseClass;
  /** `kind/name` of the first object that shows it. */
  readonly object: string;
  readonly objects: readonly string[];
  readonly container?: string;
  readonly node?: string;
  readonly reason: string;
  readonly evidence: string;
}

/** What is decided at a moment. */
export interface Verdict {
  readonly result: Result | 'waiting';
  /** Failures first; for `timed-out` and `waiting`, what most probably stands in the way. */
  readonly causes: readonly Cause[];
  readonly workloads: readonly Assessment[];
  readonly gitOps?: GitOpsStatus;
  /** Server milliseconds at which something is due even if nothing more happens. */
  readonly nextAt: number;
}

/** Decides at `now` (server milliseconds) from all that was observed. Pure: the same state and time give the same verdict. */
export function planVerdict(observed: ObservedState, expectation: Expectation, now: number): Verdict {
  const workloads = expectation.targets.map((target) => assessWorkload(target, observed, expectation));
  const gitOps = assessGitOps(observed, expectation);
  const findings = [...workloads.flatMap((workload) => workload.findings), ...(gitOps?.findings ?? [])];
  const base = {
    workloads,
    nextAt: nextMoment(findings, expectation, now),
    ...(gitOps === undefined ? {} : { gitOps }),
  };
  const due = findings.filter(({ dueAt }) => dueAt <= now);

  const suspended = due.filter((finding) => isSuspension(finding));
  const failed = due.filter((finding) => !isSuspension(finding));
  if (failed.length > 0)
    return { ...base, result: 'failed', causes: mergeCauses([...failed, ...related(failed, findings)]) };
  if (suspended.length > 0 && (gitOps?.phase !== 'suspended' || expectation.onSuspended === 'report')) {
    return { ...base, result: 'suspended', causes: mergeCauses(suspended) };
  }
  if (isSuperseded({ workloads, gitOps, now })) return { ...base, result: 'superseded', causes: [] };
  const wrong = findWrongImages({ workloads, gitOps, expectation, now });
  if (wrong.length > 0) return { ...base, result: 'failed', causes: mergeCauses(wrong) };
  const isApplied = gitOps === undefined || (gitOps.phase === 'applied' && isSettled(gitOps, expectation, now));
  if (isApplied && workloads.length > 0 && workloads.every(({ phase }) => phase === 'complete')) {
    return { ...base, result: 'verified', causes: [] };
  }
  const open = findings.filter(({ dueAt }) => dueAt !== NOW);
  const causes = mergeCauses([...open, ...unfinished(workloads)]);
  return { ...base, result: now >= expectation.deadline ? 'timed-out' : 'waiting', causes };
}

function assessGitOps(observed: ObservedState, { gitOps }: Expectation): GitOpsStatus | undefined {
  if (gitOps === undefined) return undefined;
  return gitOps.kind === 'flux' ? assessFlux(gitOps, observed) : assessArgo(gitOps, observed);
}

// Without an image to compare, a complete workload may be the one from before the commit for some milliseconds.
function isSettled({ appliedSince }: GitOpsStatus, { image }: Expectation, now: number): boolean {
  return image.repository !== '' || appliedSince === undefined || now >= appliedSince + settleMs;
}

function isSuspension({ class: kind }: Finding): boolean {
  return kind === 'Paused' || kind === 'OnDelete' || kind === 'FluxSuspended';
}

// A deadline or a health check says that it failed, the pods say why: their evidence comes along although it is not due.
function related(failed: readonly Finding[], all: readonly Finding[]): Finding[] {
  const vague = new Set<CauseClass>(['ProgressDeadlineExceeded', 'FluxHealthCheckFailed', 'ArgoSyncFailed']);
  if (!failed.every(({ class: kind }) => vague.has(kind))) return [];
  return all.filter(
    ({ dueAt, object }) => dueAt > NOW && object.startsWith('pod/') && !failed.some((cause) => cause.object === object),
  );
}

function isSuperseded({
  workloads,
  gitOps,
  now,
}: {
  workloads: readonly Assessment[];
  gitOps: GitOpsStatus | undefined;
  now: number;
}): boolean {
  return workloads.some(({ other }) => {
    if (other === undefined) return false;
    if (gitOps === undefined) return other.hadExpected;
    if (!gitOps.isNewer || gitOps.appliedSince === undefined) return false;
    return other.changed || now >= Math.max(other.since, gitOps.appliedSince) + settleMs;
  });
}

function findWrongImages(input: {
  workloads: readonly Assessment[];
  gitOps: GitOpsStatus | undefined;
  expectation: Expectation;
  now: number;
}): Finding[] {
  const { workloads, gitOps, expectation, now } = input;
  const appliedSince = gitOps?.appliedSince;
  if (appliedSince === undefined || gitOps?.isNewer === true) return [];
  return workloads.flatMap(({ workload, other }) => {
    if (other === undefined || !other.isComplete || now < Math.max(other.since, appliedSince) + settleMs) return [];
    const evidence = `runs ${other.images}, expected ${formatImage(expectation.image)}`;
    return { class: 'WrongImage', object: workload, reason: 'WrongImage', evidence, dueAt: NOW } as const;
  });
}

// What a workload lacks, in general words, for a timeout that nothing else explains.
function unfinished(workloads: readonly Assessment[]): Finding[] {
  const classes = {
    missing: 'WorkloadMissing',
    'other-image': 'NotApplied',
    progressing: 'RolloutIncomplete',
  } as const;
  return workloads.flatMap(({ workload, phase, progress }) => {
    if (phase === 'complete' || phase === 'suspended') return [];
    return {
      class: classes[phase],
      object: workload,
      reason: classes[phase],
      evidence: progress,
      dueAt: NEVER,
    } as const;
  });
}

/** Merges equal causes of several objects into one; the order of the first ones stays. */
export function mergeCauses(findings: readonly Finding[]): Cause[] {
  const merged = new Map<string, Cause>();
  for (const { dueAt: _dueAt, ...finding } of findings) {
    const key = `${finding.class}|${finding.container ?? ''}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...finding, objects: [finding.object] });
    else if (!known.objects.includes(finding.object))
      merged.set(key, { ...known, objects: [...known.objects, finding.object] });
  }
  return [...merged.values()];
}

function nextMoment(findings: readonly Finding[], { deadline }: Expectation, now: number): number {
  const moments = findings.map(({ dueAt }) => dueAt).filter((moment) => moment > now && moment !== NEVER);
  return Math.min(deadline, now + settleMs, ...moments);
}
