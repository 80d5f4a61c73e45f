import type { Repository } from './model.ts';

/** What the statuses and check runs of a commit say together. */
export type Verdict = 'success' | 'pending' | 'failure' | 'missing';

const GOOD = new Set(['success', 'neutral', 'skipped']);

/**
 * The verdict of one context, or of all that exist; the newest status and run of each name count.
 * https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
 */
export function verdictOf(repository: Repository, sha: string, context?: string): Verdict {
  const latest = new Map<string, Verdict>();
  for (const status of repository.statuses) {
    if (status.sha !== sha) continue;
    latest.set(`status ${status.context}`, status.state === 'error' ? 'failure' : status.state);
  }
  for (const run of repository.checkRuns) {
    if (run.sha !== sha) continue;
    const done = GOOD.has(run.conclusion ?? '') ? 'success' : 'failure';
    latest.set(`run ${run.name}`, run.status === 'completed' ? done : 'pending');
  }
  // A status and a check run of the same name are both asked for.
  const named = [`status ${context}`, `run ${context}`]
    .map((key) => latest.get(key))
    .filter((one) => one !== undefined);
  const all = context === undefined ? [...latest.values()] : named;
  if (all.length === 0) return 'missing';
  if (all.includes('failure')) return 'failure';
  return all.includes('pending') ? 'pending' : 'success';
}

/** The names of all statuses and check runs of a commit. */
export function contextsOf({ statuses, checkRuns }: Repository, sha: string): string[] {
  const contexts = statuses.filter((status) => status.sha === sha).map(({ context }) => context);
  const runs = checkRuns.filter((run) => run.sha === sha).map(({ name }) => name);
  return [...new Set([...contexts, ...runs])];
}
