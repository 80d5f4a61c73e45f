import { UserError } from '#shared/errors.ts';
import { compareVersions, parseTag, type TaggedVersion } from '#shared/semver/version.ts';
import type { Bump } from '../bump/bump.ts';
import { type CommitRange, highestBump, type JudgedCommit, judgeCommits } from '../bump/plan-bump.ts';
import type { BumpPolicy } from '../bump/plan-message-bump.ts';
import { reasons } from '../reasons.ts';
import { isInRange, rangeText, type VersionRange } from './parse-branch-rules.ts';
import {
  effectiveBump,
  firstVersion,
  fitsBetween,
  nextVersion,
  requestedVersion,
  type VersionPolicy,
} from './plan-version.ts';
import { stepBetween } from './step-between.ts';

/** Where the commit lies among the tags: past `base`, on a tag, before a tag that contains it, or before any tag. */
export type Place =
  | { readonly kind: 'first' }
  | { readonly kind: 'after'; readonly base: TaggedVersion }
  | { readonly kind: 'at'; readonly tag: TaggedVersion; readonly highest: TaggedVersion }
  | { readonly kind: 'inside'; readonly tag: TaggedVersion; readonly highest: TaggedVersion };

/** All that the decision depends on; the commits are those since the base. */
export interface History extends CommitRange {
  /** Tags of the prefix that count on the channel, highest first. */
  readonly tags: readonly TaggedVersion[];
  readonly place: Place;
}

/** What a person decided about this action in its inputs. */
export interface Policy extends BumpPolicy, VersionPolicy {
  readonly prefix: string;
  readonly bump: 'auto' | Bump;
  /** An explicit version, or `''`. */
  readonly version: string;
  /** Whether a version that a tag outside of the commit's history uses is skipped; right for the trunk only. */
  readonly skipTaken: boolean;
  /** The versions of the maintenance branch that the commit is on. */
  readonly range?: VersionRange | undefined;
}

/** The decision; `create` is the only outcome that changes anything. */
export interface TagPlan {
  readonly outcome: 'create' | 'already-tagged' | 'contained' | 'no-changes';
  /** The tag to make or found; undefined for no changes. */
  readonly tag: TaggedVersion | undefined;
  readonly previous: TaggedVersion | undefined;
  /** A higher tag that holds this commit too. */
  readonly superseding: TaggedVersion | undefined;
  /** The step from the previous version. */
  readonly bump: Bump;
  /** Why this version, in one sentence. */
  readonly because: string;
  readonly commits: readonly JudgedCommit[];
  readonly deciding: readonly JudgedCommit[];
}

interface Choice {
  readonly version: string | undefined;
  readonly because: string;
  readonly deciding: readonly JudgedCommit[];
}

/** Decides the tag of a commit. `burned` are versions that GitHub will never give out again. */
export function planTag(history: History, policy: Policy, burned: ReadonlySet<string> = new Set()): TagPlan {
  const { place, tags } = history;
  if (place.kind === 'at' || place.kind === 'inside') return foundPlan(place, tags);
  const commits = judgeCommits(history, policy);
  const base = place.kind === 'after' ? place.base : undefined;
  const choice = chooseVersion(commits, base, policy);
  const version = choice.version === undefined ? undefined : freeVersion(choice.version, { policy, burned, tags });
  if (version !== undefined) assertInOrder(version, base, { tags, range: policy.range });
  const tag = version === undefined ? undefined : taggedVersion(version, policy.prefix);
  return {
    outcome: tag === undefined ? 'no-changes' : 'create',
    tag,
    previous: base,
    superseding: undefined,
    bump: tag === undefined ? 'none' : stepBetween(base, tag),
    because: version === choice.version ? choice.because : `${choice.because}; ${choice.version} is used up`,
    commits,
    deciding: choice.deciding,
  };
}

/** A version with the tag that spells it. The version must be valid. */
export function taggedVersion(version: string, prefix: string): TaggedVersion {
  const parsed = parseTag(`${prefix}${version}`, prefix);
  if (parsed === undefined) throw new Error(`${prefix}${version} is no version tag`);
  return parsed;
}

/**
 * The plan for a tag that was found, once it is known what it holds: the step and the commits that the run that made it
 * told, and the commits that decided it, where they explain the step.
 */
export function planFoundTag(
  plan: TagPlan,
  { previous, ...range }: CommitRange & { previous: TaggedVersion | undefined },
  policy: Policy,
): TagPlan {
  const judged = judgeCommits(range, policy);
  const { bump: asRead, deciding } = highestBump(judged, policy);
  const bump = plan.tag === undefined ? 'none' : stepBetween(previous, plan.tag);
  const asked = previous === undefined || policy.version !== '' ? 'none' : effectiveBump(previous, asRead, policy);
  return {
    ...plan,
    previous,
    bump,
    commits: judged,
    deciding: policy.bump === 'auto' && asked === bump ? deciding : [],
  };
}

function foundPlan(place: Extract<Place, { kind: 'at' | 'inside' }>, tags: readonly TaggedVersion[]): TagPlan {
  const { kind, tag, highest } = place;
  const because = kind === 'at' ? `${tag.tag} is on this commit` : `${tag.tag} contains this commit`;
  const previous = tags[tags.findIndex((candidate) => candidate.tag === tag.tag) + 1];
  return {
    outcome: kind === 'at' ? 'already-tagged' : 'contained',
    tag,
    previous,
    superseding: kind === 'at' && highest.tag === tag.tag ? undefined : highest,
    bump: stepBetween(previous, tag),
    because,
    commits: [],
    deciding: [],
  };
}

function chooseVersion(commits: readonly JudgedCommit[], base: TaggedVersion | undefined, policy: Policy): Choice {
  if (policy.version !== '') return undecided(policy.version, 'the input version asks for it');
  if (policy.bump === 'none') return undecided(undefined, 'the input bump is none');
  const asked = policy.bump === 'auto' ? releaseAs(commits, base, policy) : undefined;
  if (asked !== undefined) return asked;
  if (base === undefined && commits.length === 0 && policy.bump === 'auto') {
    return undecided(undefined, 'there is no commit that counts');
  }
  if (base === undefined) return undecided(firstVersion(policy), 'there is no earlier version');
  if (policy.bump !== 'auto') {
    const version = nextVersion(base, policy.bump, policy.channel);
    return undecided(version, `the input bump is ${policy.bump}`);
  }
  const { bump: asRead, deciding } = highestBump(commits, policy);
  if (asRead === 'none' && base.prerelease.length > 0 && policy.channel === '') {
    return undecided(nextVersion(base, 'patch', ''), `it releases ${base.tag}`);
  }
  const bump = effectiveBump(base, asRead, policy);
  const version = bump === 'none' ? undefined : nextVersion(base, bump, policy.channel);
  return { version, because: reasonOf({ asRead, bump, deciding, policy }), deciding };
}

function reasonOf({
  asRead,
  bump,
  deciding,
  policy,
}: {
  asRead: Bump;
  bump: Bump;
  deciding: readonly JudgedCommit[];
  policy: Policy;
}): string {
  if (asRead === 'none') return 'no commit since the last version asks for one';
  if (deciding.length === 0) return `no rule fits any commit, and default-bump is ${policy.defaultBump}`;
  const count = deciding.length === 1 ? '1 commit asks' : `${deciding.length} commits ask`;
  const lowered = bump === asRead ? '' : `, which below 1.0.0 is ${bump}`;
  return `${count} for ${asRead} (${[...new Set(deciding.map(({ rule }) => rule))].join(', ')})${lowered}`;
}

// The newest commit that asks wins; what it asks must be a version above the base.
function releaseAs(
  commits: readonly JudgedCommit[],
  base: TaggedVersion | undefined,
  policy: Policy,
): Choice | undefined {
  for (const commit of commits) {
    const version =
      commit.releaseAs === undefined ? undefined : requestedVersion(commit.releaseAs, base, policy.channel);
    if (version !== undefined) {
      const because = `commit ${commit.sha.slice(0, 7)} says Release-As`;
      return { version, because, deciding: [commit] };
    }
  }
  return undefined;
}

function undecided(version: string | undefined, because: string): Choice {
  return { version, because, deciding: [] };
}

// Burned, or left behind on another branch (a trunk that was rewritten): such a version never comes back.
function freeVersion(
  version: string,
  { policy, burned, tags }: { policy: Policy; burned: ReadonlySet<string>; tags: readonly TaggedVersion[] },
): string {
  let current = version;
  while (burned.has(current) || (policy.skipTaken && tags.some((tag) => tag.version === current))) {
    current = nextVersion(asBase(current), 'patch', policy.channel);
  }
  return current;
}

// On a maintenance branch, or beside one, the next version may belong to the other branch.
function assertInOrder(
  version: string,
  base: TaggedVersion | undefined,
  { tags, range }: { tags: readonly TaggedVersion[]; range: VersionRange | undefined },
): void {
  if (range !== undefined && !isInRange(asBase(version), range)) {
    const text = `The next version would be ${version}, but this branch is for ${rangeText(range)}.`;
    throw new UserError('outside-range', text, { remedy: reasons['outside-range'].remedy });
  }
  if (base === undefined) return;
  const above = compareVersions(version, base.version) > 0;
  if (above && fitsBetween(version, base, tags)) return;
  const why = above ? `${tags[0]?.tag} is not in the history of the commit` : 'that is no higher version';
  const message = `The version after ${base.tag} would be ${version}, but ${why}.`;
  throw new UserError('diverged', message, { remedy: reasons.diverged.remedy });
}

// A prerelease is counted on; a release is followed by the next patch.
function asBase(version: string): TaggedVersion {
  return taggedVersion(version, '');
}
