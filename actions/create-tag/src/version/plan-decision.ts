import { forLog } from '#shared/untrusted.ts';
import type { TagPlan } from './plan-tag.ts';

// A step that takes the output as an environment variable can have 128 kB.
const MAX_COMMITS = 200;
const MAX_HEADER = 200;

/** The decision as it is handed on (output `decision`): why this version, commit by commit, newest first. */
export function decisionOf(plan: TagPlan, question: { sha: string; prefix: string; channel: string }): object {
  return {
    ...question,
    outcome: plan.outcome,
    because: forLog(plan.because),
    base: plan.previous?.tag ?? null,
    bump: plan.bump,
    version: plan.tag?.version ?? null,
    deciding: plan.deciding.slice(0, MAX_COMMITS).map(({ sha }) => sha),
    commitCount: plan.commits.length,
    commits: plan.commits.slice(0, MAX_COMMITS).map(({ sha, header, bump, rule, overruled, releaseAs }) => ({
      sha,
      header: forLog(header.slice(0, MAX_HEADER)),
      bump,
      rule: forLog(rule),
      ...(overruled === undefined ? {} : { overruled: { ...overruled, rule: forLog(overruled.rule) } }),
      ...(releaseAs === undefined ? {} : { releaseAs: forLog(releaseAs.slice(0, MAX_HEADER)) }),
    })),
  };
}
