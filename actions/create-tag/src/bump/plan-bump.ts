import { type ParsedCommit, parseCommits } from '#shared/commits/parse-commit.ts';
import { readMessage } from '#shared/commits/read-message.ts';
import { type Bump, type HistoryCommit, higherBump } from './bump.ts';
import { broughtByMerges, type GraphCommit } from './plan-merges.ts';
import { type BumpPolicy, isSilent, judgeParts } from './plan-message-bump.ts';
import { cancelledCommits, type ReadCommit } from './plan-reverts.ts';
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

/** The commits of a range. */
export interface CommitRange {
  /** Those that count, newest first. */
  readonly commits: readonly HistoryCommit[];
  /** All, with their parents, where they are known. */
  readonly listed?: readonly GraphCommit[];
}

type ReadPolicy = Pick<BumpPolicy, 'revert' | 'ignoreBodyAuthors'>;

/** Judges each commit that counts; the result has the same order and length. */
export function judgeCommits(range: CommitRange, policy: BumpPolicy): JudgedCommit[] {
  const read = readCommits(range, policy);
  const cancelled = cancelledOf(read, range, policy);
  return read.map(({ commit, parts }) => judge(commit, parts, { policy, cancelled }));
}

/** The commits that count and are not cancelled: what is new for a reader. */
export function keptCommits(range: CommitRange, policy: ReadPolicy): readonly HistoryCommit[] {
  if (policy.revert !== 'cancel') return range.commits;
  const cancelled = cancelledOf(readCommits(range, policy), range, policy);
  return range.commits.filter(({ sha }) => !cancelled.has(sha));
}

function readCommits({ commits }: CommitRange, { ignoreBodyAuthors }: ReadPolicy) {
  return commits.map((commit) => {
    const message = readMessage(commit, ignoreBodyAuthors);
    return { commit, sha: commit.sha, subject: message.trim().split('\n', 1)[0] ?? '', parts: parseCommits(message) };
  });
}

function cancelledOf(
  read: readonly ReadCommit[],
  { listed = [] }: CommitRange,
  { revert }: ReadPolicy,
): ReadonlyMap<string, string> {
  return revert === 'cancel' ? cancelledCommits(read, broughtByMerges(listed)) : new Map();
}

/**
 * What the commits ask for together, and those that asked for it. `soften` says what a bump does to the version at hand;
 * `asRead` is what the deciding commits say themselves.
 */
export function highestBump(
  judged: readonly JudgedCommit[],
  { defaultBump }: Pick<BumpPolicy, 'defaultBump'>,
  soften: (bump: Bump) => Bump,
): { bump: Bump; asRead: Bump; deciding: readonly JudgedCommit[] } {
  // Each by itself, so that one more commit never makes the version lower.
  const bump = judged.reduce<Bump>((highest, commit) => higherBump(highest, soften(commit.bump)), 'none');
  if (bump === 'none') {
    // A rule or label that says none has spoken; the default is for those about which nothing was said.
    const unsaid = judged.some(isSilent) ? defaultBump : 'none';
    return { bump: soften(unsaid), asRead: unsaid, deciding: [] };
  }
  const deciding = judged.filter((commit) => soften(commit.bump) === bump);
  return { bump, asRead: deciding.map((commit) => commit.bump).reduce(higherBump), deciding };
}

function judge(
  commit: HistoryCommit,
  parts: readonly ParsedCommit[],
  { policy, cancelled }: { policy: BumpPolicy; cancelled: ReadonlyMap<string, string> },
): JudgedCommit {
  const { sha } = commit;
  const header = parts[0]?.header ?? '';
  const by = cancelled.get(sha);
  if (by !== undefined) return { sha, header, bump: 'none', rule: by, overruled: undefined, releaseAs: undefined };
  const releaseAs = parts.findLast((part) => part.releaseAs !== undefined)?.releaseAs;
  const { overruled, ...verdict } = judgeBySources(commit.pull, judgeParts(parts, policy), policy);
  return { sha, header, ...verdict, overruled, releaseAs };
}
