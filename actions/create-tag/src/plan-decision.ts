import type { TagPlan } from './plan-tag.ts';

const MAX_COMMITS = 500;
const MAX_HEADER = 200;

/** The decision as it is handed on (output `decision`): why this version, commit by commit, newest first. */
export function decisionOf(plan: TagPlan, question: { sha: string; prefix: string; channel: string }): object {
  return {
    ...question,
    outcome: plan.outcome,
    because: plan.because,
    base: plan.previous?.tag ?? null,
    bump: plan.bump,
    version: plan.tag?.version ?? null,
    deciding: plan.deciding.slice(0, MAX_COMMITS).map(({ sha }) => sha),
    commitCount: plan.commits.length,
    commits: plan.commits.slice(0, MAX_COMMITS).map(({ sha, header, bump, rule, overruled, releaseAs }) => ({
      sha,
      header: header.slice(0, MAX_HEADER),
      bump,
      rule,
      ...(overruled === undefined ? {} : { overruled }),
      ...(releaseAs === undefined ? {} : { releaseAs }),
    })),
  };
}
