import type { TaggedVersion } from '#shared/semver/version.ts';
import type { Bump } from '../bump/bump.ts';
import { type CommitRange, highestBump, type JudgedCommit, judgeCommits } from '../bump/plan-bump.ts';
import type { BranchRule, VersionRange } from './parse-branch-rules.ts';
import { basesOf } from './plan-channel.ts';
import { chooseVersion, type VersionPolicy, type Warning } from './plan-choice.ts';
import { assertInOrder, freeVersion } from './plan-order.ts';
import { effectiveBump, taggedVersion } from './plan-version.ts';
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
  /** Every tag of the prefix, highest first. */
  readonly known: readonly TaggedVersion[];
  readonly place: Place;
  /** For a release: the highest prerelease above the base that the commit contains too. */
  readonly containedPrerelease?: TaggedVersion | undefined;
  /** A higher tag that contains the commit, although an explicit version is asked for. */
  readonly superseding?: TaggedVersion | undefined;
}

/** What a person decided about this action in its inputs. */
export interface Policy extends VersionPolicy {
  readonly prefix: string;
  /** Whether a version that a tag outside of the commit's history uses is skipped; right for the trunk only. */
  readonly skipTaken: boolean;
  /** The versions of the maintenance branch that the commit is on. */
  readonly range?: VersionRange | undefined;
  /** All maintenance branches. */
  readonly branchRules?: readonly BranchRule[];
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
  readonly warnings: readonly Warning[];
}

/** Decides the tag of a commit. `burned` are versions that GitHub will never give out again. */
export function planTag(history: History, policy: Policy, burned: ReadonlySet<string> = new Set()): TagPlan {
  const { place, tags, known, containedPrerelease, superseding } = history;
  if (place.kind === 'at' || place.kind === 'inside') return foundPlan(place, known, policy);
  const commits = judgeCommits(history, policy);
  const base = place.kind === 'after' ? place.base : undefined;
  const line = { channel: policy.channel, tags: known };
  const choice = chooseVersion({ base, containedPrerelease, commits, line }, policy);
  const { deciding, warnings } = choice;
  const rest = { previous: base, superseding, commits, deciding, warnings };
  if (choice.version === undefined) {
    const because = becauseOf(choice.because, warnings);
    return { ...rest, outcome: 'no-changes', tag: undefined, bump: 'none', because };
  }
  // An explicit version is made or refused, never replaced.
  const skipTaken = policy.skipTaken && policy.version === '';
  const { version, skipped } = freeVersion(choice.version, line, { ...policy, base, skipTaken, burned });
  const tag = taggedVersion(version, policy.prefix);
  assertInOrder(version, base, { tags, range: policy.range });
  const because = becauseOf(choice.because, warnings, skipped);
  return { ...rest, outcome: 'create', tag, bump: stepBetween(base, tag), because };
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
  const found = withStep(plan, previous, policy);
  const explains = policy.bump === 'auto' && policy.version === '' && previous !== undefined;
  const asked = highestBump(judged, policy, (bump) => (explains ? effectiveBump(previous, bump, policy) : bump));
  return { ...found, commits: judged, deciding: explains && asked.bump === found.bump ? asked.deciding : [] };
}

function foundPlan(
  { kind, tag, highest }: Extract<Place, { kind: 'at' | 'inside' }>,
  known: readonly TaggedVersion[],
  policy: Policy,
): TagPlan {
  const found = {
    outcome: kind === 'at' ? 'already-tagged' : 'contained',
    tag,
    superseding: kind === 'at' && highest.tag === tag.tag ? undefined : highest,
    commits: [],
    deciding: [],
  } as const;
  return withStep(found, basesOf(tag, known)[0], policy);
}

// A run again finds what its bump has made; another bump cannot be had.
function withStep(
  found: Omit<TagPlan, 'previous' | 'bump' | 'because' | 'warnings'>,
  previous: TaggedVersion | undefined,
  policy: Policy,
): TagPlan {
  const { outcome, tag } = found;
  const bump = tag === undefined ? 'none' : stepBetween(previous, tag);
  const used = policy.bump === 'auto' || policy.bump === 'none' || policy.bump === bump;
  const message = `bump: ${policy.bump} was not used, as the commit has a version: give \`version\` for another one`;
  const warnings = used ? [] : [{ title: 'bump not used', message }];
  const because = outcome === 'contained' ? `${tag?.tag} contains this commit` : `${tag?.tag} is on this commit`;
  return { ...found, previous, bump, because: becauseOf(because, warnings), warnings };
}

function becauseOf(because: string, warnings: readonly Warning[], skipped: readonly string[] = []): string {
  return [because, ...warnings.map(({ message }) => message), ...skipped].join('; ');
}
