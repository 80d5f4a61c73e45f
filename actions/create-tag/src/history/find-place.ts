import type { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { type Comparison, compareCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { userError } from '../reasons.ts';
import type { Place } from '../version/plan-tag.ts';
import type { VersionTag } from './read-tags.ts';
import { readTarget } from './read-target.ts';

/** Where a commit was found among the tags, and what GitHub said when it was compared. */
export interface FoundPlace {
  readonly place: Exclude<Place, { kind: 'first' }>;
  readonly comparison: Comparison;
}

/** Which commit to place; `compared` keeps what this run has asked before, because neither tags nor commits change. */
export interface PlaceQuestion {
  readonly repository: string;
  readonly sha: string;
  readonly compared: Map<string, Comparison | undefined>;
}

const MAX_DIVERGED = 12;

/**
 * Finds the highest tag that the commit contains or that contains the commit; `tags` are highest first and not empty.
 * One request on a trunk. Undefined when the first dozen tags lie on other branches.
 */
export async function findPlace(
  github: GitHubClient,
  question: PlaceQuestion,
  tags: readonly VersionTag[],
): Promise<FoundPlace | undefined> {
  let index: number | undefined = 0;
  for (let passed = 1; index !== undefined && passed <= MAX_DIVERGED; passed++) {
    const tag: VersionTag | undefined = tags[index];
    if (tag === undefined) break;
    const comparison = await compareWithTag(github, question, tag);
    if (comparison?.status === 'ahead') return { place: { kind: 'after', base: tag }, comparison };
    if (comparison?.status === 'identical') return { place: { kind: 'at', tag, highest: tag }, comparison };
    if (comparison?.status === 'behind') {
      const lowest = await lowestContaining(github, question, tags.slice(index));
      return { place: { ...lowest, highest: tag }, comparison };
    }
    index = nextCandidate(tags, index, passed);
  }
  return undefined;
}

/** The error for a commit that `findPlace` did not find among the tags. */
export function notAmong({ sha, compared }: PlaceQuestion, tags: readonly VersionTag[]): UserError {
  const names = tags.filter(({ ref }) => compared.has(ref.sha)).map(({ tag }) => tag);
  const message = `Commit ${sha} does not contain any of these tags: ${names.slice(0, MAX_DIVERGED).join(', ')}.`;
  return userError('diverged', message);
}

/** Compares a tag (base) with the commit (head), once in a run; undefined for unrelated histories and for a tag on no commit. */
export async function compareWithTag(
  github: GitHubClient,
  question: PlaceQuestion,
  tag: VersionTag,
): Promise<Comparison | undefined> {
  const { compared, sha } = question;
  if (!compared.has(tag.ref.sha)) {
    const comparison = await explained(`comparing ${tag.tag} with ${sha}`, () => askGitHub(github, question, tag));
    compared.set(tag.ref.sha, comparison);
  }
  return compared.get(tag.ref.sha);
}

async function askGitHub(
  github: GitHubClient,
  question: PlaceQuestion,
  { tag, ref }: Pick<VersionTag, 'tag' | 'ref'>,
): Promise<Comparison | undefined> {
  const { repository, sha } = question;
  try {
    // A lightweight tag is named by its commit: no branch of the same name can stand in for it.
    return await compareCommits(github, repository, { base: ref.type === 'tag' ? tag : ref.sha, head: sha });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    if (ref.type === 'commit') throw missingCommit(sha, repository, error);
    // The tag is on a tree or blob, or was deleted since it was read, which its object outlives.
    const target = await readTarget(github, repository, ref);
    return target.type === 'commit' ? askGitHub(github, question, { tag, ref: target }) : undefined;
  }
}

/** The error for a commit that the repository does not have. */
export function missingCommit(sha: string, repository: string, cause: unknown): UserError {
  return userError('missing-object', `${repository} has no commit ${sha}.`, { cause });
}

// Tags of one minor line mostly lie on one branch: try a few neighbours, then the next minor lines, then majors.
function nextCandidate(tags: readonly VersionTag[], index: number, tried: number): number | undefined {
  const current = tags[index];
  if (current === undefined) return undefined;
  const next = tags.findIndex((tag, at) => {
    if (at <= index || tried < 3) return at > index;
    return tag.major !== current.major || (tried < 8 && tag.minor !== current.minor);
  });
  return next < 0 ? undefined : next;
}

// `tags[0]` contains the commit; containment holds for the tags down to the first release of the commit.
async function lowestContaining(
  github: GitHubClient,
  question: PlaceQuestion,
  tags: readonly VersionTag[],
): Promise<{ kind: 'at' | 'inside'; tag: VersionTag }> {
  let inside = 0;
  const known = tags.findIndex(({ ref }) => question.compared.get(ref.sha)?.status === 'ahead');
  let outside = known < 0 ? tags.length : known;
  for (let step = 1; outside - inside > 1; step *= 2) {
    const gallop = inside + step < outside && outside === tags.length;
    const index = gallop ? inside + step : Math.floor((inside + outside) / 2);
    const tag = tags[index] as VersionTag;
    const comparison = await compareWithTag(github, question, tag);
    if (comparison?.status === 'identical') return { kind: 'at', tag };
    if (comparison?.status === 'behind') inside = index;
    else outside = index;
  }
  return { kind: 'inside', tag: tags[inside] as VersionTag };
}
