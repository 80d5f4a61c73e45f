import { type ParsedCommit, parseCommits } from '#shared/commits/parse-commit.ts';
import { readMessage } from '#shared/commits/read-message.ts';
import { type Bump, type HistoryCommit, higherBump } from './bump.ts';
import { type BumpPolicy, judgeParts } from './plan-message-bump.ts';
import { cancelledCommits } from './plan-reverts.ts';
import { judgeBySources, type Overruled } from './plan-sources.ts';

/** One commit with what it asks for and why. */
export interface JudgedCommit {
  readonly sha: string;
  readonly header: string;
  readonly bump: Bump;
  /** The rule in words, `feat: minor`, `breaking (footer)`, `cancelled by 1234567`. */
  readonly rule: string;
  readonly overruled: Overruled | undefined;
  readonly releaseAs: string | undefined;
}

/** Judges each commit, newest first as given; the result has the same order and length. */
export function judgeCommits(commits: readonly HistoryCommit[], policy: BumpPolicy): JudgedCommit[] {
  const parsed = commits.map((commit) => ({
    commit,
    sha: commit.sha,
    parts: parseCommits(readMessage(commit, policy.ignoreBodyAuthors)),
  }));
  const cancelled: ReadonlyMap<string, string> = policy.revert === 'cancel' ? cancelledCommits(parsed) : new Map();
  return parsed.map(({ commit, parts }) => judge(commit, parts, { policy, cancelled }));
}

/** What the commits ask for together, and the commits that asked for it. */
export function highestBump(
  judged: readonly JudgedCommit[],
  policy: Pick<BumpPolicy, 'defaultBump'>,
): { bump: Bump; deciding: readonly JudgedCommit[] } {
  const bump = judged.reduce<Bump>((highest, commit) => higherBump(highest, commit.bump), 'none');
  if (bump === 'none') return { bump: judged.length > 0 ? policy.defaultBump : 'none', deciding: [] };
  return { bump, deciding: judged.filter((commit) => commit.bump === bump) };
}

function judge(
  commit: HistoryCommit,
  parts: readonly ParsedCommit[],
  { policy, cancelled }: { policy: BumpPolicy; cancelled: ReadonlyMap<string, string> },
): JudgedCommit {
  const { sha } = commit;
  const header = parts[0]?.header ?? '';
  const releaseAs = parts.findLast((part) => part.releaseAs !== undefined)?.releaseAs;
  const by = cancelled.get(sha);
  if (by !== undefined) return { sha, header, bump: 'none', rule: by, overruled: undefined, releaseAs };
  const { overruled, ...verdict } = judgeBySources(commit.pull, judgeParts(parts, policy), policy);
  return { sha, header, ...verdict, overruled, releaseAs };
}
