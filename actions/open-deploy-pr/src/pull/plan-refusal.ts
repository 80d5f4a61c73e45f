import type { ReasonCode } from '../reasons.ts';

const byText: readonly (readonly [RegExp, ReasonCode])[] = [
  [/not permitted to create or approve pull requests/i, 'actions-may-not-create-pull-requests'],
  [/no commits between/i, 'already-deployed'],
  [/unstable status/i, 'checks-unstable'],
  [/auto.?merge is not allowed/i, 'auto-merge-not-allowed'],
  [/protected branch rules not configured/i, 'no-branch-rules'],
  [/through the merge queue|merge queue configured/i, 'merge-queue'],
  [/still a draft/i, 'draft'],
  [/could not resolve to a node/i, 'not-visible-yet'],
  [/reference update failed/i, 'reference-update-failed'],
  [/head branch was modified/i, 'head-moved'],
  [/base branch was modified/i, 'base-moved'],
  [/out of date/i, 'behind-base'],
  [/(merge commits|squash merges|rebase merges) are not allowed/i, 'merge-method-not-allowed'],
  [/required (status check|workflow)|approving reviews?|changes have been requested/i, 'requirements-missing'],
  [/waiting on code owner review|conversation must be resolved/i, 'requirements-missing'],
  [/without `?workflows?`? (permission|scope)/i, 'workflow-scope'],
  [/not mergeable|merge conflict/i, 'conflicts'],
  [/pull request is closed/i, 'pull-request-closed'],
  [/not authorized (for this protected branch|to push to this branch)/i, 'ruleset-violation'],
  [/resource not accessible|not allowed to push to this repository/i, 'missing-permission'],
];

/** The reason code for GitHub's own words when it refuses to open, arm or merge a pull request; undefined for words that are not known. */
export function refusalOf(message: string): ReasonCode | undefined {
  return byText.find(([pattern]) => pattern.test(message))?.[1];
}

/** Whether GitHub refused to arm auto-merge because nothing is left to wait for; a server with hooks of its own says so in other words. */
export function isCleanAlready(message: string): boolean {
  return /is in (clean|has_hooks) status/i.test(message);
}

/** Whether the pull request waits in the merge queue already. */
export function isQueued(message: string): boolean {
  return /already in the (merge )?queue/i.test(message);
}

/** Whether a new pull request was refused because the branch has one. */
export function isTaken(message: string): boolean {
  return /a pull request already exists for/i.test(message);
}
