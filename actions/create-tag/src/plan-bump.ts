import { type ParsedCommit, parseCommit, parseCommits } from '#shared/commits/parse-commit.ts';
import { type Bump, type HistoryCommit, higherBump } from './bump.ts';
import { type BumpRule, findRule, ruleText } from './parse-rules.ts';
import { cancelledCommits } from './plan-reverts.ts';

/** How commits turn into a bump. */
export interface BumpPolicy {
  readonly rules: readonly BumpRule[];
  /** What commits do when no rule fits any of them. */
  readonly defaultBump: 'none' | 'patch';
  /** `cancel`: a revert and what it reverts both count for nothing when both are in the range. */
  readonly revert: 'patch' | 'cancel' | 'ignore';
  /** Where a breaking change may be announced; each includes the ones before. */
  readonly breaking: 'header' | 'footer' | 'anywhere';
  /** Authors (bots) of whose commits only the first line is read, in lower case. */
  readonly ignoreBodyAuthors: readonly string[];
}

/** One commit with what it asks for and why. */
export interface JudgedCommit {
  readonly sha: string;
  readonly header: string;
  readonly bump: Bump;
  /** The rule in words, `feat: minor`, `breaking (footer)`, `cancelled by 1234567`. */
  readonly rule: string;
  readonly releaseAs: string | undefined;
}

/** Judges each commit, newest first as given; the result has the same order and length. */
export function judgeCommits(commits: readonly HistoryCommit[], policy: BumpPolicy): JudgedCommit[] {
  const parsed = commits.map((commit) => ({ sha: commit.sha, parts: read(commit, policy) }));
  const cancelled: ReadonlyMap<string, string> = policy.revert === 'cancel' ? cancelledCommits(parsed) : new Map();
  return parsed.map(({ sha, parts }) => judge(sha, parts, { policy, cancelled }));
}

/** What the commits ask for together, and the commits that asked for it. */
export function highestBump(
  judged: readonly JudgedCommit[],
  policy: BumpPolicy,
): { bump: Bump; deciding: readonly JudgedCommit[] } {
  const bump = judged.reduce<Bump>((highest, commit) => higherBump(highest, commit.bump), 'none');
  if (bump === 'none') return { bump: judged.length > 0 ? policy.defaultBump : 'none', deciding: [] };
  return { bump, deciding: judged.filter((commit) => commit.bump === bump) };
}

function read(commit: HistoryCommit, policy: BumpPolicy): readonly ParsedCommit[] {
  const headerOnly = policy.ignoreBodyAuthors.includes(commit.author?.toLowerCase() ?? '');
  return headerOnly ? [parseCommit(commit.message.trim().split('\n', 1)[0] ?? '')] : parseCommits(commit.message);
}

function judge(
  sha: string,
  parts: readonly ParsedCommit[],
  { policy, cancelled }: { policy: BumpPolicy; cancelled: ReadonlyMap<string, string> },
): JudgedCommit {
  const header = parts[0]?.header ?? '';
  const releaseAs = parts.findLast((part) => part.releaseAs !== undefined)?.releaseAs;
  const by = cancelled.get(sha);
  if (by !== undefined) return { sha, header, bump: 'none', rule: by, releaseAs };
  let best: { bump: Bump; rule: string } = { bump: 'none', rule: 'no rule' };
  for (const part of parts) {
    const verdict = judgePart(part, policy);
    if (best.rule === 'no rule' || higherBump(verdict.bump, best.bump) !== best.bump) best = verdict;
  }
  return { sha, header, ...best, releaseAs };
}

function judgePart(part: ParsedCommit, policy: BumpPolicy): { bump: Bump; rule: string } {
  if (announcesBreaking(part, policy)) return { bump: 'major', rule: `breaking (${part.breakingIn})` };
  const rule = findRule(policy.rules, part);
  if (rule !== undefined) return { bump: rule.bump, rule: ruleText(rule) };
  // A revert that cancels something in the range never comes here.
  if (part.revert !== undefined && policy.revert !== 'ignore') return { bump: 'patch', rule: 'revert: patch' };
  return { bump: 'none', rule: 'no rule' };
}

function announcesBreaking({ breakingIn }: ParsedCommit, { breaking }: BumpPolicy): boolean {
  if (breakingIn === undefined) return false;
  if (breaking === 'anywhere' || breakingIn === 'header') return true;
  return breaking === 'footer' && breakingIn === 'footer';
}
