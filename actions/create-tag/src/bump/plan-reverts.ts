import type { ParsedCommit } from '#shared/commits/parse-commit.ts';
import type { Revert } from '#shared/commits/parse-header.ts';

/** A commit of the range with what its message holds. */
export interface ReadCommit {
  readonly sha: string;
  readonly parts: readonly ParsedCommit[];
}

/**
 * The commits that take each other out: a revert and the commit of the same range that it reverts. Newest first, so a
 * revert that is itself reverted cancels nothing. The values say why, in words.
 */
export function cancelledCommits(commits: readonly ReadCommit[]): ReadonlyMap<string, string> {
  const cancelled = new Map<string, string>();
  for (const [index, { sha, parts }] of commits.entries()) {
    const revert = parts[0]?.revert;
    if (revert === undefined || cancelled.has(sha)) continue;
    const target = commits.slice(index + 1).find((older) => !cancelled.has(older.sha) && isTarget(older, revert));
    if (target === undefined) continue;
    cancelled.set(target.sha, `cancelled by ${sha.slice(0, 7)}`);
    cancelled.set(sha, `cancels ${target.sha.slice(0, 7)}`);
  }
  return cancelled;
}

function isTarget({ sha, parts }: ReadCommit, revert: Revert): boolean {
  if (revert.shas.length > 0) return revert.shas.some((named) => named.startsWith(sha) || sha.startsWith(named));
  const header = parts[0]?.header ?? '';
  if (revert.pulls.some((pull) => header.endsWith(`(#${pull})`))) return true;
  return header === revert.header || withoutPull(header) === withoutPull(revert.header);
}

// A squash merge appends the number of the pull request to a title.
function withoutPull(header: string): string {
  return header.replace(/ \(#\d{1,9}\)$/, '');
}
