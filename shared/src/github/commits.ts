import { coordinates, type GitHubClient } from './client.ts';

/** A commit that was just created; `verified` when GitHub signed it. https://docs.github.com/en/rest/git/commits */
export interface CreatedCommit {
  readonly sha: string;
  readonly verified: boolean;
}

/**
 * Creates a commit without author fields: GitHub then takes the token's account, and signs for bots and Apps.
 * No ref moves; repeating it makes another commit that nothing points to.
 */
export async function createCommit(
  github: GitHubClient,
  repository: string,
  commit: { message: string; tree: string; parents: readonly string[] },
): Promise<CreatedCommit> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/commits', {
    ...coordinates(repository),
    message: commit.message,
    tree: commit.tree,
    parents: [...commit.parents],
  });
  return { sha: data.sha, verified: data.verification.verified };
}
