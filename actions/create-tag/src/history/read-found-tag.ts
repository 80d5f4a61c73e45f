import type { GitHubClient } from '#shared/github/client.ts';
import type { ListedCommit } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { readTagObject, type TagObject } from '#shared/github/tags.ts';
import type { HistoryCommit } from '../bump/bump.ts';
import { listTouching } from '../monorepo/filter-paths.ts';
import type { TagPlan } from '../version/plan-tag.ts';
import { compareWithTag } from './find-place.ts';
import { type CountingRequest, MAX_FIRST, readCounting } from './read-history.ts';
import type { VersionTag } from './read-tags.ts';

/** What a run tells about a tag that it found, as the run that made it did. */
export interface FoundTag {
  /** The highest lower tag that the commit contains. */
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

/** Reads what the tag of the plan holds: its object, and the commits since the version before. Two requests on a trunk. */
export async function readFoundTag(
  github: GitHubClient,
  request: CountingRequest,
  { plan, tags }: { plan: TagPlan; tags: readonly VersionTag[] },
): Promise<FoundTag> {
  const { repository } = request;
  const index = tags.findIndex(({ tag }) => tag === plan.tag?.tag);
  const object = await readObject(github, repository, tags[index]?.ref);
  for (const previous of tags.slice(index + 1, index + 1 + MAX_COMPARED)) {
    const comparison = await compareWithTag(github, request, previous);
    // A tag of a maintenance branch lies between, but not before.
    if (comparison?.status !== 'ahead') continue;
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
