import { compareTags, compareVersions, type TaggedVersion, withoutBuild } from '#shared/semver/version.ts';
import { userError } from '../reasons.ts';
import { type BranchRule, isInRange, rangeText, type VersionRange } from './parse-branch-rules.ts';
import { type Line, nextVersion, releaseOf, taggedVersion } from './plan-version.ts';

/** What keeps a version from being given. */
export interface InTheWay {
  readonly base: TaggedVersion | undefined;
  /** Versions that GitHub will never give out again. */
  readonly burned: ReadonlySet<string>;
  /** Whether a version that a tag outside of the commit's history uses is skipped; right for the trunk only. */
  readonly skipTaken: boolean;
  readonly branchRules?: readonly BranchRule[] | undefined;
}

/** The version itself or the next one that is free, and in words what was skipped. No prerelease begins to lead to a release that exists. */
export function freeVersion(version: string, line: Line, way: InTheWay): { version: string; skipped: string[] } {
  const skipped: string[] = [];
  for (let current = taggedVersion(version, ''); ; ) {
    const taken = way.skipTaken ? takenBy(current, line.tags, way.base) : undefined;
    if (taken === undefined && !way.burned.has(current.version)) return { version: current.version, skipped };
    skipped.push(taken === undefined ? `${current.version} is used up` : `${taken.tag} is on another branch`);
    const step = taken !== undefined && isMaintained(taken, way.branchRules ?? []) ? 'minor' : 'patch';
    current = taggedVersion(nextVersion(taken ?? current, step, line), '');
  }
}

function takenBy(
  version: TaggedVersion,
  tags: readonly TaggedVersion[],
  base: TaggedVersion | undefined,
): TaggedVersion | undefined {
  const release = releaseOf(version);
  const goesOn = base !== undefined && releaseOf(base) === release;
  return tagOf(version.version, tags) ?? (goesOn ? undefined : tagOf(release, tags));
}

/** The tag that has this version, however its build metadata differ: they do not count (https://semver.org/#spec-item-10). */
export function tagOf<T extends TaggedVersion>(version: string, tags: readonly T[]): T | undefined {
  const wanted = withoutBuild(version);
  return tags.find((tag) => withoutBuild(tag.version) === wanted);
}

/** Makes sure that a version may follow `base`: in the range of a maintenance branch, and in the order of all tags. Throws UserError. */
export function assertInOrder(
  version: string,
  base: TaggedVersion | undefined,
  { tags, range }: { tags: readonly TaggedVersion[]; range: VersionRange | undefined },
): void {
  if (range !== undefined && !isInRange(taggedVersion(version, ''), range)) {
    const text = `The next version would be ${version}, but this branch is for ${rangeText(range)}.`;
    throw userError('outside-range', text);
  }
  if (base === undefined) return;
  const above = compareVersions(withoutBuild(version), withoutBuild(base.version)) > 0;
  if (above && fitsBetween(version, base, tags)) return;
  const why = above ? `${tags[0]?.tag} is not in the history of the commit` : 'that is no higher version';
  const message = `The version after ${base.tag} would be ${version}, but ${why}.`;
  throw userError('diverged', message);
}

// Above all of the tags that the commit does not contain, or below the next one.
function fitsBetween(version: string, base: TaggedVersion, tags: readonly TaggedVersion[]): boolean {
  const above = tags.filter((tag) => compareTags(tag, base) > 0);
  const sides = above.map((tag) => Math.sign(compareVersions(withoutBuild(version), withoutBuild(tag.version))));
  return sides.every((side) => side > 0) || sides.every((side) => side < 0);
}

// The trunk leaves a minor line on which a maintenance branch counts: that branch can go on, and no version of the
// trunk looks like a successor of one whose fix it lacks. To refuse the branch instead would block an urgent fix.
function isMaintained(tag: TaggedVersion, rules: readonly BranchRule[]): boolean {
  return tag.prerelease.length === 0 && rules.some(({ range }) => range === undefined || isInRange(tag, range));
}
