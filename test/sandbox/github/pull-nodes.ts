import type { PullRequest } from './model.ts';
import { invalid } from './refusals.ts';

/** The global id with which GraphQL names a pull request. */
export function nodeIdOf({ id }: PullRequest): string {
  return `PR_${Buffer.from(String(id)).toString('base64url')}`;
}

/** Whether the pull request is still unknown to parts of GitHub; asking brings it nearer to being known. */
export function isLagging(pull: PullRequest): boolean {
  if (pull.lag === 0) return false;
  pull.lag -= 1;
  return true;
}

/** 422 while something else is to be written about a pull request that is not everywhere yet; https://github.com/peter-evans/create-pull-request/issues/4321 */
export function obeyLag(pull: PullRequest, resource?: 'Label' | 'IssueComment'): void {
  if (!isLagging(pull)) return;
  const message = `Could not resolve to a node with the global id of '${nodeIdOf(pull)}'.`;
  throw invalid(resource === undefined ? message : { resource, code: 'unprocessable', field: 'data', message });
}
