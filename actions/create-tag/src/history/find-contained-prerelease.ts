import { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { compareTags, type TaggedVersion } from '#shared/semver/version.ts';
import { isAboveRange } from '../version/parse-branch-rules.ts';
import type { TagPlan } from '../version/plan-tag.ts';
import { releaseOf } from '../version/plan-version.ts';
import { compareWithTag } from './find-place.ts';
import type { HistoryRequest, ReadHistory } from './read-history.ts';
import type { VersionTag } from './read-tags.ts';

const MAX_COMPARED = 3;

/**
 * For a release: the highest prerelease above what was planned that the commit contains; undefined for most. One
 * request for each of the few releases that such prereleases, here or on other branches, lead to.
 */
export async function findContainedPrerelease(
  github: GitHubClient,
  request: HistoryRequest,
  { history, decide }: { history: ReadHistory; decide: (history: ReadHistory) => TagPlan },
): Promise<VersionTag | undefined> {
  const { channel, version, range } = request;
  if (history.place.kind !== 'after' || channel !== '' || version !== '') return undefined;
  const { base } = history.place;
  const prereleases = history.known.filter(
    (tag) => tag.prerelease.length > 0 && compareTags(tag, base) > 0 && !(range && isAboveRange(tag, range)),
  );
  const planned = prereleases.length === 0 ? undefined : plannedVersion(history, decide);
  if (planned === undefined) return undefined;
  const above = prereleases.filter((tag) => compareTags(tag, planned) > 0);
  const lasts = new Map(above.toReversed().map((tag) => [releaseOf(tag), tag]));
  for (const tag of [...lasts.values()].reverse().slice(0, MAX_COMPARED)) {
    const status = (await compareWithTag(github, request, tag))?.status;
    if (status === 'ahead' || status === 'identical') return tag;
  }
  return undefined;
}

// A refusal is told by who decides in the end.
function plannedVersion(history: ReadHistory, decide: (history: ReadHistory) => TagPlan): TaggedVersion | undefined {
  try {
    const { tag, previous } = decide(history);
    return tag ?? previous;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
