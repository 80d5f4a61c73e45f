import type { PathFilter } from './filter-paths.ts';

/** Why nothing counts, where there are commits but none of them is in the paths; undefined where that is not the reason. */
export function untouchedText(
  { paths, excludePaths }: PathFilter,
  { commits, listed, since }: { commits: readonly unknown[]; listed: readonly unknown[]; since: string | undefined },
): string | undefined {
  if (commits.length > 0 || listed.length === 0 || paths.length + excludePaths.length === 0) return undefined;
  const what = paths.length > 0 ? paths.join(', ') : 'anything';
  const outside = excludePaths.length > 0 ? ` outside of ${excludePaths.join(', ')}` : '';
  if (since === undefined) return `no commit touches ${what}${outside}`;
  return listed.length === 1
    ? `the commit since ${since} does not touch ${what}${outside}`
    : `none of the ${listed.length} commits since ${since} touches ${what}${outside}`;
}
