import type { GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { readTagObject } from '#shared/github/tags.ts';

/** A tag as if it were lightweight: the object, mostly a commit, that it is on in the end; a request for each tag object before that. */
export async function readTarget(github: GitHubClient, repository: string, ref: GitRef): Promise<GitRef> {
  if (ref.type !== 'tag') return ref;
  const { target } = await explained(`reading ${ref.ref}`, () => readTagObject(github, repository, ref.sha));
  return readTarget(github, repository, { ...ref, ...target });
}
