import { UserError } from '#shared/errors.ts';
import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { compareCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import { listMatchingRefs } from '#shared/github/refs.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { missingCommit } from './history/find-place.ts';
import { reasons } from './reasons.ts';
import type { Target } from './resolve-target.ts';
import { matchesBranch } from './version/parse-branch-rules.ts';

const MAX_BRANCHES = 50;

/**
 * Makes sure that the commit is on a branch from which versions may be tagged: one of `branches` (`*` stands for
 * anything), where `''` stands for the default branch. No request when the event says that it was pushed there, else
 * one for each branch. Gives the name of the branch; throws UserError `branch-not-allowed`.
 */
export async function checkBranch(github: GitHubClient, target: Target, branches: readonly string[]): Promise<string> {
  const defaultBranch = branches.includes('') ? await defaultBranchOf(github, target) : '';
  const allowed = branches.map((name) => (name === '' ? defaultBranch : name));
  const { branch } = target;
  if (branch !== undefined && allowed.some((pattern) => matchesBranch(pattern, branch))) return branch;
  for (const name of await expand(github, target.repository, allowed)) {
    if (await contains(github, target, name)) return name;
  }
  const where = branch === undefined ? '' : ` It was pushed to ${branch}.`;
  throw new UserError('branch-not-allowed', `Commit ${target.sha} is not on ${allowed.join(', ')}.${where}`, {
    remedy: reasons['branch-not-allowed'].remedy,
  });
}

async function defaultBranchOf(github: GitHubClient, { repository, defaultBranch }: Target): Promise<string> {
  if (defaultBranch !== undefined) return defaultBranch;
  const answer = await explained('reading the repository', () =>
    github.request('GET /repos/{owner}/{repo}', coordinates(repository)),
  );
  return answer.data.default_branch;
}

async function expand(github: GitHubClient, repository: string, patterns: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const pattern of patterns) {
    if (!pattern.includes('*')) {
      names.push(pattern);
      continue;
    }
    const start = `heads/${pattern.slice(0, pattern.indexOf('*'))}`;
    const refs = await explained('reading the branches', () => listMatchingRefs(github, repository, start));
    names.push(
      ...refs.map(({ ref }) => ref.slice('refs/heads/'.length)).filter((name) => matchesBranch(pattern, name)),
    );
  }
  return names.slice(0, MAX_BRANCHES);
}

async function contains(github: GitHubClient, { repository, sha }: Target, branch: string): Promise<boolean> {
  return explained(`looking for ${sha} on ${branch}`, async () => {
    try {
      const comparison = await compareCommits(github, repository, { base: branch, head: sha });
      return comparison?.status === 'behind' || comparison?.status === 'identical';
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      // Either the branch or the commit does not exist; without the branch the commit is not on it.
      if (await branchExists(github, repository, branch)) throw missingCommit(sha, repository, error);
      return false;
    }
  });
}

async function branchExists(github: GitHubClient, repository: string, branch: string): Promise<boolean> {
  return (await listMatchingRefs(github, repository, `heads/${branch}`)).some(
    ({ ref }) => ref === `refs/heads/${branch}`,
  );
}
