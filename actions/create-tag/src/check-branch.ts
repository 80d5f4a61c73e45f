import type { UserError } from '#shared/errors.ts';
import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { compareCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import { listMatchingRefs } from '#shared/github/refs.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { matchesPattern } from './bump/parse-rules.ts';
import { missingCommit } from './history/find-place.ts';
import { userError } from './reasons.ts';
import type { Target } from './resolve-target.ts';
import { type BranchRule, rangeOfBranch } from './version/parse-branch-rules.ts';

/** From which branches versions may be tagged: trunks (`*` stands for anything; none, the default branch) and maintenance branches. */
export interface AllowedBranches {
  readonly branches: readonly string[];
  readonly branchRules: readonly BranchRule[];
}

// Each costs a request.
const MAX_BRANCHES = 50;

/**
 * Makes sure that the commit is on a branch from which versions may be tagged, and gives the name of the branch. No
 * request when the event shows that it is there, else one for each branch until it is found. Throws UserError
 * `branch-not-allowed`.
 */
export async function checkBranch(
  github: GitHubClient,
  target: Target,
  { branches, branchRules }: AllowedBranches,
): Promise<string> {
  const { branch } = target;
  const trunks = branches.length > 0 ? branches : [await defaultBranchOf(github, target)];
  const isAllowed = (name: string) =>
    trunks.some((pattern) => matchesPattern(pattern, name)) || rangeOfBranch(branchRules, name) !== undefined;
  const likely = branch !== undefined && isAllowed(branch) ? branch : undefined;
  if (likely !== undefined && (target.onBranch || (await contains(github, target, likely)))) return likely;
  const patterns = [...trunks, ...branchRules.map((rule) => rule.branch)];
  for (const name of await expand(github, target.repository, patterns)) {
    if (name !== likely && isAllowed(name) && (await contains(github, target, name))) return name;
  }
  throw notAllowed(target, patterns, branchRules);
}

function notAllowed({ sha, branch }: Target, patterns: readonly string[], rules: readonly BranchRule[]): UserError {
  const rule = branch === undefined ? undefined : rules.find((candidate) => matchesPattern(candidate.branch, branch));
  const namesNoRange = rule !== undefined && branch !== undefined && rangeOfBranch(rules, branch) === undefined;
  const pushed = branch === undefined ? '' : ` It was pushed to ${branch}.`;
  const why = namesNoRange
    ? ` ${branch} matches ${rule.branch} but names no range, as ${rule.branch.replace('*', '1.x')} does.`
    : pushed;
  return userError('branch-not-allowed', `Commit ${sha} is not on ${patterns.join(', ')}.${why}`);
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
      ...refs.map(({ ref }) => ref.slice('refs/heads/'.length)).filter((name) => matchesPattern(pattern, name)),
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
