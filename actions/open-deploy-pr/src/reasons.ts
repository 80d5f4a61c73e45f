import { type ReasonTable, sharedReasons, userErrors } from '#shared/errors.ts';
import { githubReasons, refReasons } from '#shared/github/reasons.ts';

const fine = '';

/** How open-deploy-pr can end. */
export const reasons = {
  created: { meaning: 'The pull request was opened.', remedy: fine },
  updated: { meaning: 'The pull request was brought up to date.', remedy: fine },
  unchanged: { meaning: 'The pull request shows the truth already; nothing was written.', remedy: fine },
  'dry-run': { meaning: 'Everything was decided and told, nothing was written.', remedy: fine },
  'already-deployed': {
    meaning: 'The base branch has this version already; there is nothing to deploy.',
    remedy: fine,
  },
  overtaken: { meaning: 'The deploy branch holds a newer version by now; its own run shows it.', remedy: fine },
  armed: { meaning: 'Auto-merge is on: GitHub merges when checks and reviews are there.', remedy: fine },
  merged: { meaning: 'The pull request was merged, and the base branch has the version.', remedy: fine },
  queued: { meaning: 'The pull request is in the merge queue.', remedy: fine },
  'actions-may-not-create-pull-requests': {
    meaning: 'The repository forbids GITHUB_TOKEN to create pull requests.',
    remedy:
      'Settings → Actions → General → "Allow GitHub Actions to create and approve pull requests", or use a GitHub App token.',
  },
  'branch-not-found': {
    meaning: 'The deploy branch does not exist.',
    remedy: 'Run bump-gitops-image with `write: branch` before, or set the input `branch` to its output `branch`.',
  },
  'base-not-found': {
    meaning: 'The base branch does not exist, the token cannot see it, or it shares no history with the deploy branch.',
    remedy:
      'Set `base` to the branch that the cluster follows, and `repository` to the GitOps repository; the token needs contents: read there.',
  },
  'version-not-on-branch': {
    meaning: 'The deploy branch does not set the image to this version.',
    remedy: 'Check the inputs `image`, `version` and `branch`: they must be those of bump-gitops-image.',
  },
  'digest-mismatch': {
    meaning: 'The deploy branch pins another digest than the input `digest`.',
    remedy: 'Pass the digest of the image that was built, to this action and to bump-gitops-image.',
  },
  'actor-not-allowed': {
    meaning: 'The person who started a rollback or hotfix by hand may not write the GitOps repository.',
    remedy: 'Let somebody with the role write start it, or give the person that role in the GitOps repository.',
  },
  'foreign-pull-request': {
    meaning: 'A person opened a pull request from the deploy branch; it is not touched.',
    remedy: 'Close that pull request and run again: verify-rollout believes only those of the bot.',
  },
  'would-roll-back': {
    meaning: 'The version is older than the one the base branch has.',
    remedy: 'Set `mode: rollback` if this is meant.',
  },
  'would-roll-forward': {
    meaning: 'The version is newer than the one the base branch has, and `mode` is `rollback`, which skips the gates.',
    remedy: 'Set `mode: deploy` or `promote`; in an emergency `mode: hotfix`.',
  },
  'not-verified': {
    meaning: 'The environment of `require-verified-in` has not verified this version and digest.',
    remedy:
      'Deploy it there first and let verify-rollout finish; in an emergency set `mode: hotfix`, which is recorded in the pull request.',
  },
  soaking: {
    meaning: 'The version was verified, but for less time than `min-soak`.',
    remedy: 'Run again later, or lower `min-soak`; in an emergency set `mode: hotfix`.',
  },
  'migration-not-separate': {
    meaning: 'The range holds both migrations and other code, and `migration-policy` is `separate`.',
    remedy: 'Release the migration alone first, or set `migration-policy: warn`.',
  },
  'auto-merge-not-allowed': {
    meaning: 'The repository does not allow auto-merge.',
    remedy: 'Settings → General → Pull Requests → "Allow auto-merge".',
  },
  'no-branch-rules': {
    meaning: 'The base branch has no rule that auto-merge could wait for.',
    remedy: 'Add a ruleset with required checks or reviews to the base branch, or set `auto-merge: now`.',
  },
  'checks-unstable': {
    meaning: 'Checks that are not required are pending or failing, and GitHub arms auto-merge in no such state.',
    remedy: 'Make the checks required, or run again when they are green.',
  },
  draft: { meaning: 'A draft cannot be merged.', remedy: 'Mark the pull request as ready, or set `draft: false`.' },
  'requirements-missing': {
    meaning:
      'Required checks or reviews are missing, or another rule of the base branch is not met; GitHub’s words tell which.',
    remedy: 'Set `auto-merge: auto` to have GitHub wait for them.',
  },
  'merge-queue': {
    meaning: 'The base branch is changed through a merge queue, which did not take the pull request.',
    remedy: 'Check the rule "Require merge queue" and the required checks of the base branch.',
  },
  'merge-method-not-allowed': {
    meaning: 'The repository does not allow this merge method.',
    remedy: 'Set `merge-method` to one that Settings → General → Pull Requests allows.',
  },
  'pull-request-closed': {
    meaning: 'The pull request was closed while this run looked at it.',
    remedy: 'Run again to open another one, if the version is still to be deployed.',
  },
  conflicts: {
    meaning: 'The deploy branch conflicts with its base.',
    remedy: 'Run bump-gitops-image again: it rebuilds the branch on the newest base.',
  },
  'behind-base': {
    meaning: 'A rule asks for a branch that contains the newest base.',
    remedy: 'Run bump-gitops-image again: it rebuilds the branch on the newest base.',
  },
  'head-moved': {
    meaning: 'The deploy branch moved while this run looked at it, several times.',
    remedy: 'Run again; see which other workflow writes the branch.',
  },
  'base-moved': {
    meaning: 'Other pull requests were merged at the same moment, several times.',
    remedy: 'Run again, or set `auto-merge: auto` to have GitHub merge in turn.',
  },
  'not-visible-yet': {
    meaning: 'GitHub does not know the new pull request everywhere yet.',
    remedy: 'Run again in a minute.',
  },
  'merge-not-on-base': {
    meaning: 'The pull request was merged, but the base branch does not have the version.',
    remedy: 'Look at the newest commits of the base branch: something changed the version after the merge.',
  },
  ...githubReasons,
  ...refReasons,
  ...sharedReasons,
} satisfies ReasonTable;

/** An error of open-deploy-pr's table. */
export const userError = userErrors(reasons);

/** A code of `reasons`. */
export type ReasonCode = keyof typeof reasons;
