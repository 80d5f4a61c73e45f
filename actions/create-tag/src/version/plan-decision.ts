import { forLog } from '#shared/untrusted.ts';
import type { JudgedCommit } from '../bump/plan-bump.ts';
import { MAX_OUTPUT_BYTES } from '../outputs.ts';
import type { TagPlan } from './plan-tag.ts';

const MAX_COMMITS = 200;
const MAX_HEADER = 200;

/** The decision as it is handed on (output `decision`): why this version, commit by commit, newest first, as many as fit. */
export function decisionOf(
  plan: TagPlan,
  question: { sha: string; prefix: string; channel: string },
  maxBytes = MAX_OUTPUT_BYTES,
): object {
  const told = {
    ...question,
    outcome: plan.outcome,
    because: forLog(plan.because),
    base: plan.previous?.tag ?? null,
    bump: plan.bump,
    version: plan.tag?.version ?? null,
    deciding: thatFit(
      plan.deciding.slice(0, MAX_COMMITS).map(({ sha }) => sha),
      maxBytes / 10,
    ),
    commitCount: plan.commits.length,
  };
  const left = maxBytes - Buffer.byteLength(JSON.stringify(told));
  return { ...told, commits: thatFit(plan.commits.slice(0, MAX_COMMITS).map(entryOf), left) };
}

function entryOf({ sha, header, bump, rule, overruled, releaseAs }: JudgedCommit): object {
  return {
    sha,
    header: forLog(header.slice(0, MAX_HEADER)),
    bump,
    rule: forLog(rule),
    ...(overruled === undefined ? {} : { overruled: { ...overruled, rule: forLog(overruled.rule) } }),
    ...(releaseAs === undefined ? {} : { releaseAs: forLog(releaseAs.slice(0, MAX_HEADER)) }),
  };
}

function thatFit<T>(entries: readonly T[], maxBytes: number): readonly T[] {
  let bytes = 0;
  const first = entries.findIndex((entry) => {
    bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
    return bytes > maxBytes;
  });
  return first < 0 ? entries : entries.slice(0, first);
}
