import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained, explainGitHubError } from '#shared/github/reasons.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { cutLines } from './plan-cut.ts';

/** The release that a tag is to have. */
export interface WantedRelease {
  readonly repository: string;
  readonly tag: string;
  readonly previousTag: string | undefined;
  readonly mode: 'draft' | 'publish';
  /** Writes the notes of a release that does not exist yet; undefined lets GitHub do so. */
  readonly writeNotes: (() => Promise<string>) | undefined;
  /** Notes that a draft gets when it is published, instead of its own, which somebody may have edited. */
  readonly lastNotes: string | undefined;
  readonly prerelease: boolean;
  readonly makeLatest: boolean;
  /** Whether this run made the tag. */
  readonly isNew: boolean;
}

/** How many characters the notes of a release may have; https://github.com/softprops/action-gh-release/issues/374 */
export const MAX_CHARACTERS = 125_000;
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

/** A release as GitHub has it. */
export interface Release {
  readonly id: number;
  readonly url: string;
  readonly draft: boolean;
  /** The notes, in Markdown. */
  readonly body: string;
}

/**
 * Makes the release of a tag unless it has one, and publishes its draft where `mode` says so: assets can be added
 * in between, which an immutable release allows only to drafts. Run again, it changes nothing.
 */
export async function publishRelease(github: GitHubClient, wanted: WantedRelease): Promise<Release> {
  const existing = await findRelease(github, wanted);
  if (existing !== undefined) return publishDraft(github, wanted, existing);
  const body = await (wanted.writeNotes?.() ?? generatedNotes(github, wanted));
  try {
    const { data } = await github.request('POST /repos/{owner}/{repo}/releases', {
      ...coordinates(wanted.repository),
      tag_name: wanted.tag,
      name: wanted.tag,
      body,
      draft: wanted.mode === 'draft',
      prerelease: wanted.prerelease,
      ...latest(wanted),
    });
    return releaseOf(data);
  } catch (error) {
    // The answer may have been lost after the release was made.
    const made = await findRelease(github, wanted);
    if (made !== undefined) return made;
    throw explainGitHubError(error, `making the release ${wanted.tag}`);
  }
}

async function publishDraft(github: GitHubClient, wanted: WantedRelease, existing: Release): Promise<Release> {
  if (!existing.draft || wanted.mode === 'draft') return existing;
  const answer = await explained(`publishing the release ${wanted.tag}`, () =>
    github.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...coordinates(wanted.repository),
      release_id: existing.id,
      draft: false,
      ...(wanted.lastNotes === undefined ? {} : { body: wanted.lastNotes }),
      ...latest(wanted),
    }),
  );
  return releaseOf(answer.data);
}

async function findRelease(github: GitHubClient, wanted: WantedRelease): Promise<Release | undefined> {
  const published = wanted.isNew ? undefined : await findPublished(github, wanted);
  return published ?? (await findListed(github, wanted));
}

async function findPublished(github: GitHubClient, { repository, tag }: WantedRelease): Promise<Release | undefined> {
  return explained('reading the release', async () => {
    try {
      const route = 'GET /repos/{owner}/{repo}/releases/tags/{tag}';
      return releaseOf((await github.request(route, { ...coordinates(repository), tag })).data);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  });
}

// Drafts have no address by tag. That of a new tag, if somebody has prepared one, is among the newest.
async function findListed(
  github: GitHubClient,
  { repository, tag, isNew }: WantedRelease,
): Promise<Release | undefined> {
  for (let page = 1; page <= (isNew ? 1 : MAX_PAGES); page++) {
    const { data } = await explained('reading the releases', () =>
      github.request('GET /repos/{owner}/{repo}/releases', { ...coordinates(repository), per_page: PAGE_SIZE, page }),
    );
    const found = data.find((release) => release.tag_name === tag);
    if (found !== undefined) return releaseOf(found);
    if (data.length < PAGE_SIZE) return undefined;
  }
  return undefined;
}

function releaseOf(data: { id: number; html_url: string; draft: boolean; body?: string | null }): Release {
  return { id: data.id, url: data.html_url, draft: data.draft, body: data.body ?? '' };
}

// Without the previous tag GitHub guesses it, and guesses wrong in monorepos. It also generates more than it takes.
async function generatedNotes(github: GitHubClient, { repository, tag, previousTag }: WantedRelease): Promise<string> {
  const { data } = await explained('generating release notes', () =>
    github.request('POST /repos/{owner}/{repo}/releases/generate-notes', {
      ...coordinates(repository),
      tag_name: tag,
      ...(previousTag === undefined ? {} : { previous_tag_name: previousTag }),
    }),
  );
  return cutLines(data.body, MAX_CHARACTERS, (line) => line.length);
}

function latest({ makeLatest, prerelease, mode }: WantedRelease): { make_latest?: 'true' | 'false' } {
  // Neither a draft nor a prerelease can be the latest one.
  return mode === 'draft' || prerelease ? {} : { make_latest: makeLatest ? 'true' : 'false' };
}
