import { type Answer, coordinates, type GitHubClient } from './client.ts';
import type { GitRef } from './refs.ts';

/** An annotated tag that does not exist yet; the same fields always make the same object. */
export interface NewTag {
  /** The short name, `v1.2.3`. */
  readonly tag: string;
  readonly message: string;
  readonly commitSha: string;
  /** `date` is ISO 8601; GitHub keeps its seconds. */
  readonly tagger: { readonly name: string; readonly email: string; readonly date: string };
}

/** A tag object. https://docs.github.com/en/rest/git/tags */
export interface TagObject {
  readonly sha: string;
  /** What it names. */
  readonly target: Pick<GitRef, 'sha' | 'type'>;
  /** Whether GitHub found a valid signature of a key it knows. */
  readonly verified: boolean;
}

/** Writes a tag object; without a ref to it nobody sees it. */
export async function createTagObject(github: GitHubClient, repository: string, tag: NewTag): Promise<TagObject> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/tags', {
    ...coordinates(repository),
    tag: tag.tag,
    message: tag.message,
    object: tag.commitSha,
    type: 'commit',
    tagger: { ...tag.tagger },
  });
  return tagObject(data);
}

/** Reads a tag object by its own sha. */
export async function readTagObject(github: GitHubClient, repository: string, sha: string): Promise<TagObject> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
    ...coordinates(repository),
    tag_sha: sha,
  });
  return tagObject(data);
}

function tagObject({
  sha,
  object,
  verification,
}: Answer<'GET /repos/{owner}/{repo}/git/tags/{tag_sha}'>['data']): TagObject {
  return {
    sha,
    target: { sha: object.sha, type: object.type as GitRef['type'] },
    verified: verification?.verified ?? false,
  };
}
