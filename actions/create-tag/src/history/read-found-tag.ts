import type { GitHubClient } from '#shared/github/client.ts';
import type { ListedCommit } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { readTagObject, type TagObject } from '#shared/github/tags.ts';
import type { TaggedVersion } from '#shared/semver/version.ts';
import type { HistoryCommit } from '../bump/bump.ts';
import { listTouching } from '../monorepo/filter-paths.ts';
import { basesOf } from '../version/plan-channel.ts';
import { compareWithTag } from './find-place.ts';
import { type CountingRequest, MAX_FIRST, readCounting } from './read-history.ts';
import type { VersionTag } from './read-tags.ts';

/** What a run tells about a tag that it found, as the run that made it did. */
export interface FoundTag {
  /** The highest of its bases that the commit contains. */
  readonly previous: VersionTag | undefined;
  /** The commits since then that count, newest first. */
  readonly commits: readonly HistoryCommit[];
  /** All commits since then, newest first. */
  readonly listed: readonly ListedCommit[];
  /** Whether there may be older ones. */
  readonly cut: boolean;
  /** Undefined for a lightweight tag. */
  readonly object: TagObject | undefined;
}

const MAX_COMPARED = 5;

/** Reads what a tag holds: its object, and the commits since the version before. Two requests on a trunk. */
export async function readFoundTag(
  github: GitHubClient,
  request: CountingRequest,
  { tag, known }: { tag: TaggedVersion; known: readonly VersionTag[] },
): Promise<FoundTag> {
  const { repository } = request;
  const found = known.find((other) => other.tag === tag.tag);
  const object = await readObject(github, repository, found?.ref);
  for (const previous of basesOf(tag, known).slice(0, MAX_COMPARED)) {
    const comparison = await compareWithTag(github, request, previous);
    // A tag of a maintenance branch lies between, but not before.
    if (comparison?.status !== 'ahead' && comparison?.status !== 'identical') continue;
    const listed = comparison.commits;
    return { previous, commits: await readCounting(github, request, listed), listed, cut: false, object };
  }
  const commits = await listTouching(github, request);
  return { previous: undefined, commits, listed: commits, cut: commits.length >= MAX_FIRST, object };
}

async function readObject(
  github: GitHubClient,
  repository: string,
  ref: GitRef | undefined,
): Promise<TagObject | undefined> {
  if (ref?.type !== 'tag') return undefined;
  return explained(`reading ${ref.ref}`, () => readTagObject(github, repository, ref.sha));
}
