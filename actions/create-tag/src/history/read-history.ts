import type { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { type Comparison, type ListedCommit, listCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { compareVersions } from '#shared/semver/version.ts';
import type { HistoryCommit } from '../bump/bump.ts';
import { keepTouching, listTouching, type PathFilter } from '../monorepo/filter-paths.ts';
import { userError } from '../reasons.ts';
import { isAboveRange, type VersionRange } from '../version/parse-branch-rules.ts';
import { channelOf, tagsOnChannel } from '../version/plan-channel.ts';
import { tagOf } from '../version/plan-order.ts';
import type { History } from '../version/plan-tag.ts';
import { refuseSecondLine } from './find-other-line.ts';
import { compareWithTag, findPlace, missingCommit, notAmong, type PlaceQuestion } from './find-place.ts';
import { withPulls } from './read-pulls.ts';
import { readTagRefs, type VersionTag, versionTags } from './read-tags.ts';
import { readTarget } from './read-target.ts';

/** How many commits are read at most where there is no version before. */
export const MAX_FIRST = 100;

/** Which commits count, and what is needed of them. */
export interface CountingRequest extends PathFilter, PlaceQuestion {
  /** Whether the pull requests that the commits merged are needed. */
  readonly pulls: boolean;
  /** Whose bodies are not read, in lower case. */
  readonly ignoreBodyAuthors: readonly string[];
}

/** What to read. */
export interface HistoryRequest extends CountingRequest {
  readonly prefix: string;
  readonly channel: string;
  /** Every tag of the repository, where they were read already. */
  readonly refs?: readonly GitRef[] | undefined;
  /** An explicit version, or `''`. */
  readonly version: string;
  /** Whether a first version may be beside tags that look like older versions of the service. */
  readonly newLine: boolean;
  /** On a maintenance branch: tags above the range do not concern it. */
  readonly range: VersionRange | undefined;
}

/** What was read: the history that decides, and what is needed to write the tag. */
export interface ReadHistory extends History {
  readonly tags: readonly VersionTag[];
  readonly known: readonly VersionTag[];
  /** All commits since the base, also those that do not count; newest first. */
  readonly listed: readonly ListedCommit[];
  /** When the commit was committed, ISO 8601. */
  readonly date: string;
  /** Whether there may be older commits, because the newest were read only: there is no version before. */
  readonly cut?: boolean;
  /** The pull request whose merge is previewed. */
  readonly preview?: number;
}

/** Reads everything that the decision depends on: two requests on a trunk, at any number of tags. */
export async function readHistory(github: GitHubClient, request: HistoryRequest): Promise<ReadHistory> {
  const { repository, prefix, range, version } = request;
  const refs = request.refs ?? (await readTagRefs(github, repository, prefix));
  const known = versionTags(refs, prefix);
  if (known.length === 0 && version === '' && !request.newLine) {
    const all = prefix === '' ? refs : request.refs;
    refuseSecondLine(all ?? (await readTagRefs(github, repository, '')), prefix);
  }
  const all = range === undefined ? known : known.filter((tag) => !isAboveRange(tag, range));
  const read = version === '' ? readForNext : readForVersion;
  return { ...(await read(github, request, all)), known };
}

type ReadPlace = Omit<ReadHistory, 'known'>;

async function readForNext(
  github: GitHubClient,
  request: HistoryRequest,
  all: readonly VersionTag[],
): Promise<ReadPlace> {
  const tags = tagsOnChannel(all, request.channel);
  if (tags.length === 0) return readFirst(github, request, all);
  const found = await findPlace(github, request, tags);
  if (found === undefined) throw notAmong(request, tags);
  const { place, comparison } = found;
  // The commit of a prerelease can still become the release itself.
  const promoted = place.kind === 'at' && request.channel === '' && place.tag.prerelease.length > 0;
  return {
    tags,
    place: promoted ? { kind: 'after', base: place.tag } : place,
    ...(await readSince(github, request, comparison)),
  };
}

// Without any tag the newest commits are enough: they make the notes, not the version.
async function readFirst(
  github: GitHubClient,
  request: HistoryRequest,
  tags: readonly VersionTag[],
): Promise<ReadPlace> {
  const { repository, sha, paths, excludePaths } = request;
  const listed = await explained(`reading the commits of ${sha}`, async () => {
    try {
      return await listCommits(github, repository, { sha });
    } catch (error) {
      throw statusOf(error) === 404 ? missingCommit(sha, repository, error) : error;
    }
  });
  const commits = paths.length + excludePaths.length === 0 ? listed : await listTouching(github, request);
  const cut = commits.length >= MAX_FIRST;
  return { tags, place: { kind: 'first' }, commits, listed, cut, date: dateOf(sha, listed) };
}

// An explicit version counts on the channel that it names itself. Its tag must be free or ours, and it must be in order.
async function readForVersion(
  github: GitHubClient,
  request: HistoryRequest,
  all: readonly VersionTag[],
): Promise<ReadPlace> {
  const { version, sha, repository } = request;
  const tags = tagsOnChannel(all, channelOf(version));
  const [lower, higher] = [-1, 1].map((side) =>
    tags.filter((tag) => Math.sign(compareVersions(tag.version, version)) === side),
  ) as [VersionTag[], VersionTag[]];
  const taken = tagOf(version, all);
  if (taken !== undefined) {
    const { sha: commit } = await readTarget(github, repository, taken.ref);
    if (commit !== sha) throw takenElsewhere(taken, commit, sha);
    const { containing: highest = taken } = await compareWithHigher(github, request, higher);
    return {
      tags: tags.includes(taken) ? tags : all,
      place: { kind: 'at', tag: taken, highest },
      commits: [],
      listed: [],
      date: '',
    };
  }
  const { contained, containing: superseding } = await compareWithHigher(github, request, higher);
  if (contained !== undefined) throw outOfOrder(`${contained.tag} is in the history of ${sha} and above ${version}.`);
  const found = lower.length === 0 ? undefined : await findPlace(github, request, lower);
  // Above all tags a version is in order wherever the commit lies.
  if (found === undefined && lower.length > 0 && higher.length > 0) throw notAmong(request, lower);
  if (found === undefined) return { ...(await readFirst(github, request, tags)), superseding };
  const { place, comparison } = found;
  const base = place.kind === 'after' ? place.base : place.tag;
  if (place.kind === 'inside' || (place.kind === 'at' && place.highest !== base)) {
    throw outOfOrder(`${sha} is older than ${place.highest.tag}, which is below ${version}.`);
  }
  return { tags, place: { kind: 'after', base }, ...(await readSince(github, request, comparison)), superseding };
}

async function readSince(
  github: GitHubClient,
  request: HistoryRequest,
  { commits: listed, mergeBase }: Comparison,
): Promise<Pick<ReadPlace, 'commits' | 'listed' | 'date'>> {
  const commits = await readCounting(github, request, listed);
  return { commits, listed, date: dateOf(request.sha, [...listed, mergeBase]) };
}

// The highest of the tags, which is the trunk's, and the nearest, which on a maintenance branch is its own.
async function compareWithHigher(
  github: GitHubClient,
  request: HistoryRequest,
  higher: readonly VersionTag[],
): Promise<{ contained?: VersionTag; containing?: VersionTag }> {
  let containing: VersionTag | undefined;
  for (const tag of new Set([...higher.slice(0, 1), ...higher.slice(-1)])) {
    const comparison = await compareWithTag(github, request, tag);
    if (comparison?.status === 'ahead' || comparison?.status === 'identical') return { contained: tag };
    if (comparison?.status === 'behind') containing ??= tag;
  }
  return containing === undefined ? {} : { containing };
}

function takenElsewhere({ tag }: VersionTag, commit: string, sha: string): UserError {
  return userError('tag-on-another-commit', `${tag} is on commit ${commit}, not on ${sha}.`);
}

function outOfOrder(message: string): UserError {
  return userError('out-of-order', message);
}

/** The commits that count, with the pull requests that they merged where these are needed. */
export async function readCounting(
  github: GitHubClient,
  request: CountingRequest,
  listed: readonly ListedCommit[],
): Promise<readonly HistoryCommit[]> {
  const commits = await keepTouching(github, request, listed);
  return request.pulls && commits.length > 0 ? withPulls(github, request, commits) : commits;
}

function dateOf(sha: string, commits: readonly ListedCommit[]): string {
  return (commits.find((commit) => commit.sha === sha) ?? commits[0])?.date ?? '';
}
