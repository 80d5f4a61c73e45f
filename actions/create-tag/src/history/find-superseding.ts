import type { GitHubClient } from '#shared/github/client.ts';
import { compareTags, type TaggedVersion } from '#shared/semver/version.ts';
import { isAboveRange, type VersionRange } from '../version/parse-branch-rules.ts';
import { tagsOnChannel } from '../version/plan-channel.ts';
import type { TagPlan } from '../version/plan-tag.ts';
import { compareWithTag, type PlaceQuestion } from './find-place.ts';
import { readTagRefs, type VersionTag, versionTags } from './read-tags.ts';

const MAX_CHECKED = 3;

/**
 * Looks once more after the tag was created: a higher tag that came up meanwhile and contains the commit, so that
 * a deployment of ours would be a roll back; else what the plan knows. One request, and up to three where there are
 * new higher tags.
 */
export async function findSuperseding(
  github: GitHubClient,
  request: PlaceQuestion & {
    prefix: string;
    channel: string;
    range: VersionRange | undefined;
    plan: TagPlan;
    history: { tags: readonly VersionTag[] };
  },
): Promise<TaggedVersion | undefined> {
  const { plan, history } = request;
  const { tag: ours, superseding } = plan;
  if (ours === undefined) return undefined;
  const tags = versionTags(await readTagRefs(github, request.repository, request.prefix), request.prefix);
  const known = new Set(history.tags.map(({ tag }) => tag));
  const higher = tagsOnChannel(tags, request.channel).filter(
    (tag) => !known.has(tag.tag) && !isAbove(tag, request.range) && compareTags(tag, ours) > 0,
  );
  for (const tag of higher.slice(0, MAX_CHECKED)) {
    const comparison = await compareWithTag(github, request, tag);
    if (comparison?.status === 'behind' || comparison?.status === 'identical') return tag;
  }
  return superseding;
}

function isAbove(tag: VersionTag, range: VersionRange | undefined): boolean {
  return range !== undefined && isAboveRange(tag, range);
}
