import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { type PullRequest, updatePull } from '#shared/github/pulls.ts';
import { explained } from '#shared/github/reasons.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { SUPERSEDED } from './plan-supersede.ts';

// At most ten writes for a whole run; what is left is closed by the next one.
const MAX_PULLS = 2;

/** Comments on superseded pull requests and closes them; gives the numbers of those that are done. */
export async function closeSuperseded(
  github: GitHubClient,
  repository: string,
  { pulls, by, how }: { pulls: readonly PullRequest[]; by: PullRequest; how: 'close' | 'comment' },
): Promise<number[]> {
  const done: number[] = [];
  for (const pull of pulls.slice(0, MAX_PULLS)) {
    await explained(`superseding #${pull.number}`, async () => {
      await commentOnce(github, repository, { pull, by });
      if (how === 'close') await close(github, repository, pull);
    });
    done.push(pull.number);
  }
  return done;
}

async function commentOnce(
  github: GitHubClient,
  repository: string,
  { pull, by }: { pull: PullRequest; by: PullRequest },
): Promise<void> {
  const issue = { ...coordinates(repository), issue_number: pull.number };
  const { data } = await github.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...issue,
    per_page: 100,
  });
  if (data.some(({ body }) => body?.includes(SUPERSEDED) === true)) return;
  const body = `Superseded by #${by.number}.\n\n${SUPERSEDED}`;
  await github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...issue, body });
}

// Deleting the branch closes the pull request in the same step, so a crash cannot leave the branch behind.
async function close(github: GitHubClient, repository: string, pull: PullRequest): Promise<void> {
  if (pull.headBranch.startsWith('deploy/')) {
    try {
      await github.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', {
        ...coordinates(repository),
        ref: `heads/${pull.headBranch}`,
      });
      return;
    } catch (error) {
      if (![403, 404, 422].includes(statusOf(error) ?? 0)) throw error;
    }
  }
  await updatePull(github, repository, { number: pull.number, state: 'closed' });
}
