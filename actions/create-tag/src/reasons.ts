import { type ReasonTable, sharedReasons, userErrors } from '#shared/errors.ts';
import { githubReasons, refReasons } from '#shared/github/reasons.ts';

/** What becomes of a run that failed after its tag. */
export const nextRun = {
  'check-failed': 'The next run finds the tag and does the rest.',
  'release-failed': 'The next run finds the tag and makes the release.',
  'dispatch-failed': 'The next run finds the tag and starts the workflow, unless it was started.',
} as const;

/** What create-tag can end with. */
export const reasons = {
  created: { meaning: 'The tag was created.', remedy: '' },
  'already-tagged': { meaning: 'The commit has a version tag already; nothing was written.', remedy: '' },
  contained: { meaning: 'A later tag contains the commit already; nothing was written.', remedy: '' },
  'no-changes': {
    meaning: 'No commit since the last version asks for a new one.',
    remedy: 'Nothing is wrong. To release anyway set `default-bump: patch`, `bump` or `version`.',
  },
  'dry-run': { meaning: 'The version was decided and nothing was written.', remedy: '' },
  diverged: {
    meaning: 'The commit and the tags lie on different branches, so there is no version that would be in order.',
    remedy:
      'Tag a commit of the trunk, merge the branch that holds the higher tags, or ask for a `version` above all tags.',
  },
  'out-of-order': {
    meaning:
      'The `version` that was asked for is below a tag that the commit contains, or above one that contains the commit.',
    remedy: 'Ask for a `version` that fits the commit, or leave it out.',
  },
  'other-prefix': {
    meaning: 'No version has the prefix yet, but the service seems to have versions under another one.',
    remedy:
      'Set `prefix` to what these tags have before the version (`none` where that is nothing), or set `initial-version` to begin a new line of versions all the same.',
  },
  'branch-not-allowed': {
    meaning: 'The commit is not on a branch from which versions may be tagged.',
    remedy: 'Merge it first, name the branch in `branches`, or set `dry-run: true` to preview a pull request.',
  },
  'workflow-run-failed': {
    meaning:
      'The workflow run that started this one (`on: workflow_run`) did not succeed, so its commit was not tagged.',
    remedy: "Tag what has passed only: add `if: github.event.workflow_run.conclusion == 'success'` to the job.",
  },
  'missing-object': {
    meaning: 'The repository has no commit with this sha.',
    remedy: 'Check `sha` and `repository`; a commit of a fork or a deleted branch cannot be tagged.',
  },
  'tag-on-another-commit': {
    meaning: 'The version that was asked for exists on another commit; tags are never moved.',
    remedy: 'Ask for a higher `version`, or leave it out.',
  },
  burned: {
    meaning:
      'GitHub refuses the name although no tag has it: an immutable release has used it, and GitHub never gives it out again, or a ruleset that the token cannot see forbids it.',
    remedy:
      'See whether a ruleset restricts new tags (Settings → Rules); if none does, set `on-burned: skip` to take the next version, or ask for a higher `version`.',
  },
  'no-valid-tag': {
    meaning:
      'The next version has a number above 9007199254740991, or its tag more than the 245 bytes that GitHub allows.',
    remedy: 'Give a `version` that fits, or a shorter `prefix`.',
  },
  'bad-signing-key': {
    meaning: 'The signing key cannot be used; nothing was written.',
    remedy:
      'Pass an Ed25519 private key without a passphrase in `signing-key`: ssh-keygen -t ed25519 -N "" -f signing-key.',
  },
  'signature-mismatch': {
    meaning: 'GitHub stored another tag object than the one that was signed; no tag was created.',
    remedy: 'Remove unusual characters from `message` and `tagger`, or leave `signing-key` out.',
  },
  'outside-range': {
    meaning: 'The next version does not belong to the maintenance branch.',
    remedy: 'Merge the change into the trunk instead, or widen the range in `branch-rules`.',
  },
  'check-failed': {
    meaning:
      'The tag exists, but whether a higher one supersedes it, or what it holds, could not be read; release and dispatch wait for that.',
    remedy: `Correct what the error names. ${nextRun['check-failed']}`,
  },
  'release-failed': {
    meaning: 'The tag exists, but its release could not be made.',
    remedy: `Correct what the error names. ${nextRun['release-failed']}`,
  },
  'dispatch-failed': {
    meaning: 'The tag exists, but the workflow could not be started on it.',
    remedy: `Correct what the error names. ${nextRun['dispatch-failed']}`,
  },
  'lost-race': {
    meaning: 'Other runs took every version that was tried.',
    remedy: 'Run again, or raise `max-attempts`.',
  },
  ...githubReasons,
  ...refReasons,
  ...sharedReasons,
} satisfies ReasonTable;

/** An error of create-tag's table. */
export const userError = userErrors(reasons);
