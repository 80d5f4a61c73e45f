import type { ParsedCommit } from '#shared/commits/parse-commit.ts';
import type { Revert } from '#shared/commits/parse-header.ts';

/** A commit of the range with what its message holds. */
export interface ReadCommit {
  readonly sha: string;
  /** The first line of its message, which of a merge is not the title of what was merged. */
  readonly subject: string;
  readonly parts: readonly ParsedCommit[];
}

type Brought = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The commits that take each other out: a revert and the commits of the same range that it reverts, each with what it
 * `brought` as a merge. Newest first, so a revert that is itself reverted cancels nothing. The values say why, in words.
 */
export function cancelledCommits(commits: readonly ReadCommit[], brought: Brought): ReadonlyMap<string, string> {
  const cancelled = new Map<string, string>();
  const reverts = new Set(commits.flatMap(({ sha, parts }) => (parts[0]?.revert === undefined ? [] : [sha])));
  for (const [index, { sha, parts }] of commits.entries()) {
    const revert = parts[0]?.revert;
    // The merge of a revert repeats what that says.
    if (revert === undefined || cancelled.has(sha) || some(brought.get(sha), reverts)) continue;
    const older = commits.slice(index + 1).filter((commit) => !cancelled.has(commit.sha));
    const { targets, isComplete } = findTargets(revert, older);
    for (const target of targets.flatMap((found) => [found, ...(brought.get(found) ?? [])])) {
      cancelled.set(target, `cancelled by ${short(sha)}`);
    }
    // What it reverts besides was released already, so taking that back is a change.
    if (isComplete) cancelled.set(sha, `cancels ${targets.map(short).join(', ')}`);
  }
  return withEmptyMerges(cancelled, commits, brought);
}

// A merge says nothing of its own: without the commits that it brought there is nothing left of it.
function withEmptyMerges(
  cancelled: ReadonlyMap<string, string>,
  commits: readonly ReadCommit[],
  brought: Brought,
): ReadonlyMap<string, string> {
  const all = new Map(cancelled);
  const counting = new Set(commits.map(({ sha }) => sha));
  for (const { sha } of commits.toReversed()) {
    const own = [...(brought.get(sha) ?? [])].filter((commit) => counting.has(commit));
    if (own.length > 0 && own.every((commit) => all.has(commit)) && !all.has(sha))
      all.set(sha, 'all it merged is cancelled');
  }
  return all;
}

function findTargets(
  { header, shas, pulls }: Revert,
  older: readonly ReadCommit[],
): { targets: string[]; isComplete: boolean } {
  const find = (fits: (commit: ReadCommit) => boolean) => older.find(fits)?.sha;
  const byPull = pulls.map((pull) => find((commit) => isPull(commit, pull)));
  const isNamed = shas.length > 0 || byPull.some((found) => found !== undefined);
  const found = shas.length > 0 ? shas.map((named) => find(({ sha }) => isSame(named, sha))) : byPull;
  const all = isNamed ? found : [find((commit) => hasHeader(commit, header))];
  const targets = new Set(all.flatMap((sha) => sha ?? []));
  return { targets: [...targets], isComplete: all.every((sha) => sha !== undefined) };
}

// Either may be short.
function isSame(named: string, sha: string): boolean {
  return named.startsWith(sha) || sha.startsWith(named);
}

function isPull({ subject, parts }: ReadCommit, pull: number): boolean {
  return subject.startsWith(`Merge pull request #${pull} `) || parts[0]?.header.endsWith(`(#${pull})`) === true;
}

function hasHeader({ subject, parts }: ReadCommit, header: string): boolean {
  return [subject, parts[0]?.header ?? ''].some((own) => own === header || withoutPull(own) === withoutPull(header));
}

// A squash merge appends the number of the pull request to a title.
function withoutPull(header: string): string {
  return header.replace(/ \(#\d{1,9}\)$/, '');
}

function some(shas: ReadonlySet<string> | undefined, others: ReadonlySet<string>): boolean {
  return shas !== undefined && [...shas].some((sha) => others.has(sha));
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
