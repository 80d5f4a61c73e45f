import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained, explainGitHubError } from '#shared/github/reasons.ts';

/** The release that a tag is to have. */
export interface WantedRelease {
  readonly repository: string;
  readonly tag: string;
  readonly previousTag: string | undefined;
  readonly mode: 'draft' | 'publish';
  /** Notes of our own, or undefined to let GitHub write them. */
  readonly body: string | undefined;
  readonly prerelease: boolean;
  readonly makeLatest: boolean;
  /** Whether this run made the tag. */
  readonly isNew: boolean;
}

const PAGE_SIZE = 100;
const MAX_PAGES = 10;

interface Release {
  readonly id: number;
  readonly url: string;
  readonly draft: boolean;
}

/**
 * Makes the release of a tag unless it has one, and publishes its draft where `mode` says so: assets can be added
 * in between, which an immutable release allows only to drafts. Gives the URL. Run again, it changes nothing.
 */
export async function publishRelease(github: GitHubClient, wanted: WantedRelease): Promise<string> {
  const existing = await findRelease(github, wanted);
  if (existing !== undefined) return publishDraft(github, wanted, existing);
  const body = wanted.body ?? (await generatedNotes(github, wanted));
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
    return data.html_url;
  } catch (error) {
    // The answer may have been lost after the release was made.
    const made = await findRelease(github, wanted);
    if (made !== undefined) return made.url;
    throw explainGitHubError(error, `making the release ${wanted.tag}`);
  }
}

async function publishDraft(github: GitHubClient, wanted: WantedRelease, existing: Release): Promise<string> {
  if (!existing.draft || wanted.mode === 'draft') return existing.url;
  const answer = await explained(`publishing the release ${wanted.tag}`, () =>
    github.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...coordinates(wanted.repository),
      release_id: existing.id,
      draft: false,
      ...latest(wanted),
    }),
  );
  return answer.data.html_url;
}

// Drafts have no address by tag. That of a new tag, if somebody has prepared one, is among the newest.
async function findRelease(
  github: GitHubClient,
  { repository, tag, isNew }: WantedRelease,
): Promise<Release | undefined> {
  for (let page = 1; page <= (isNew ? 1 : MAX_PAGES); page++) {
    const { data } = await explained('reading the releases', () =>
      github.request('GET /repos/{owner}/{repo}/releases', { ...coordinates(repository), per_page: PAGE_SIZE, page }),
    );
    const found = data.find((release) => release.tag_name === tag);
    if (found !== undefined) return { id: found.id, url: found.html_url, draft: found.draft };
    if (data.length < PAGE_SIZE) return undefined;
  }
  return undefined;
}

// Without the previous tag GitHub guesses it, and guesses wrong in monorepos.
async function generatedNotes(github: GitHubClient, { repository, tag, previousTag }: WantedRelease): Promise<string> {
  const { data } = await explained('generating release notes', () =>
    github.request('POST /repos/{owner}/{repo}/releases/generate-notes', {
      ...coordinates(repository),
      tag_name: tag,
      ...(previousTag === undefined ? {} : { previous_tag_name: previousTag }),
    }),
  );
  return data.body;
}

function latest({ makeLatest, prerelease, mode }: WantedRelease): { make_latest?: 'true' | 'false' } {
  // Neither a draft nor a prerelease can be the latest one.
  return mode === 'draft' || prerelease ? {} : { make_latest: makeLatest ? 'true' : 'false' };
}
