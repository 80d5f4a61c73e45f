import { conditionOf, type Pod } from '../cluster/kube-objects.ts';
import { type ObservedState, templateKey } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';
import type { Verdict } from '../verdict/plan-verdict.ts';

/** A bar or a milestone of the rollout, in server milliseconds. */
export interface TimelineEntry {
  readonly section: string;
  readonly label: string;
  readonly start: number;
  /** Undefined for a milestone. */
  readonly end?: number;
  readonly state: 'done' | 'active' | 'crit';
}

const maxPods = 12;

/** When the commit was applied, and from when to when each new pod came up. */
export function planTimeline(
  observed: ObservedState,
  verdict: Verdict,
  { expectation, now }: { expectation: Expectation; now: number },
): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  const applied = appliedAt(observed, verdict, expectation);
  if (applied !== undefined) entries.push({ section: 'GitOps', label: 'image applied', start: applied, state: 'done' });
  for (const { workload, pods } of verdict.workloads) {
    for (const pod of pods.slice(0, maxPods)) entries.push(podEntry(workload, pod, now));
  }
  return entries;
}

/** The moment at which the expected image came into a template while we watched, or at which the GitOps controller applied the commit. */
export function appliedAt(observed: ObservedState, verdict: Verdict, { targets }: Expectation): number | undefined {
  const since = targets.flatMap(({ kind, name }) => {
    const changes = observed.changes(templateKey(`${kind}s`, name));
    return changes.length > 1 ? [changes.at(-1)?.since ?? 0] : [];
  });
  return since.length > 0 ? Math.min(...since) : verdict.gitOps?.appliedSince;
}

function podEntry(section: string, pod: Pod, now: number): TimelineEntry {
  const start = Date.parse(pod.metadata.creationTimestamp ?? '') || now;
  const ready = conditionOf(pod, 'Ready');
  const isReady = ready?.status === 'True';
  const end = isReady ? Date.parse(ready.lastTransitionTime ?? '') || now : now;
  return { section, label: pod.metadata.name, start, end: Math.max(end, start), state: isReady ? 'done' : 'crit' };
}
