import { coordinates, type GitHubClient } from './client.ts';
import { statusOf } from './request-error.ts';

/** A ref and the object it names; for an annotated tag that is the tag object. https://docs.github.com/en/rest/git/refs */
export interface GitRef {
  /** The full name, `refs/tags/v1.2.3`. */
  readonly ref: string;
  readonly sha: string;
  readonly type: 'commit' | 'tag' | 'tree' | 'blob';
}

/** Every ref that starts with `prefix` (`tags/v`, without `refs/`), in one answer however many there are. */
export async function listMatchingRefs(github: GitHubClient, repository: string, prefix: string): Promise<GitRef[]> {
  const answer = await github.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
    ...coordinates(repository),
    ref: prefix,
  });
  return answer.data.map(({ ref, object }) => ({ ref, sha: object.sha, type: object.type as GitRef['type'] }));
}

/** The ref `name` (`heads/main`, without `refs/`), or undefined when there is none. */
export async function readRef(github: GitHubClient, repository: string, name: string): Promise<GitRef | undefined> {
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...coordinates(repository),
      ref: name,
    });
    return { ref: data.ref, sha: data.object.sha, type: data.object.type as GitRef['type'] };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Creates the ref `name` (`tags/v1.2.3`, without `refs/`). The atomic arbiter: of many creators of one name one succeeds, the others get 422. */
export async function createRef(
  github: GitHubClient,
  repository: string,
  ref: { name: string; sha: string },
): Promise<void> {
  await github.request('POST /repos/{owner}/{repo}/git/refs', {
    ...coordinates(repository),
    ref: `refs/${ref.name}`,
    sha: ref.sha,
  });
}

/** Moves the ref `name` (without `refs/`); without `force` GitHub refuses (422) what is no fast-forward. */
export async function updateRef(
  github: GitHubClient,
  repository: string,
  ref: { name: string; sha: string; force: boolean },
): Promise<void> {
  await github.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
    ...coordinates(repository),
    ref: ref.name,
    sha: ref.sha,
    force: ref.force,
  });
}
