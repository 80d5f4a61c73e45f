import type { GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { readTagObject } from '#shared/github/tags.ts';

/** The sha of the commit that a tag is on; a request only where the tag is annotated. */
export async function readTaggedCommit(github: GitHubClient, repository: string, ref: GitRef): Promise<string> {
  if (ref.type !== 'tag') return ref.sha;
  const { objectSha } = await explained(`reading ${ref.ref}`, () => readTagObject(github, repository, ref.sha));
  return objectSha;
}
