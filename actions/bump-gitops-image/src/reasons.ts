import { type ReasonTable, sharedReasons, userErrors } from '#shared/errors.ts';
import { githubReasons, refReasons } from '#shared/github/reasons.ts';
import { registryReasons } from '#shared/registry/reasons.ts';

/** How a run of bump-gitops-image can end. */
export const reasons = {
  bumped: { meaning: 'The manifests were changed and written.', remedy: '' },
  planned: {
    meaning: 'A dry run, or `write: none`: the changes are known and proved, nothing was written.',
    remedy: '',
  },
  'already-current': { meaning: 'Everything runs the asked-for version already; nothing was written.', remedy: '' },
  'branch-current': {
    meaning: 'The deploy branch already holds exactly this change; nothing was written.',
    remedy: '',
  },
  superseded: {
    meaning: 'While this run tried to push, somebody else brought an equal or newer version to the branch.',
    remedy: '',
  },
  missing: {
    meaning: 'Some image or setting stands nowhere, and `on-missing: warn` lets that pass; nothing else had to change.',
    remedy: 'Read the warnings.',
  },
  'no-occurrence': {
    meaning: 'An image stands in none of the files in a way that the action understands.',
    remedy:
      'Compare the name with the near names in the error, correct `files` or the selectors, or declare the place by `key-paths`.',
  },
  'no-setting': {
    meaning: 'A line of `set` names a file, an object or a key that is not there.',
    remedy: 'Compare it with the near names in the error; a key that is not there yet is written by hand, once.',
  },
  'image-setting': {
    meaning: 'A line of `set` would change an image, without the guards that images have.',
    remedy: 'Use `images` for it.',
  },
  'file-exists': {
    meaning: 'A file that `create` would write is there already, with other content.',
    remedy: 'Change it with `images` and `set`, or copy into another folder.',
  },
  'unsafe-file': {
    meaning: 'A file is a link, a submodule, binary, larger than 1 MB or not UTF-8, or does not exist.',
    remedy: 'Correct `files`; the action edits regular text files only.',
  },
  'no-checkout': {
    meaning: 'The folder of `path` does not exist.',
    remedy: 'Check the repository out before this step (actions/checkout), or use `write: branch`.',
  },
  'not-written': {
    meaning:
      'The checkout could not be written, or changed meanwhile; all files are as they were, unless the error says so.',
    remedy:
      'Let the user of the job write in the folder of `path`, see that the disk has room, and let no other step write there.',
  },
  'cannot-edit': {
    meaning: 'An image or a value stands in a way that cannot be changed exactly, or a digest is missing.',
    remedy: 'Follow the error: give a `digest`, set `pin-digest`, or write the scalar on one line without escapes.',
  },
  'shared-anchor': {
    meaning: 'The tag or value is a YAML anchor, alias or merge key that other places use, which are not to change.',
    remedy: 'Give these places a value of their own, or name all images that share it in `images`.',
  },
  'proof-failed': {
    meaning: 'The edited file could not be proved to differ in exactly what was asked for; nothing was written.',
    remedy: 'Open an issue with the file; until then exclude it in `files`.',
  },
  downgrade: {
    meaning: 'A newer version runs than the one asked for.',
    remedy: 'If this is a rollback, set `allow-downgrade: true` and a `reason`.',
  },
  'not-a-version': {
    meaning: 'A version would be replaced by a tag that is none, such as a branch or a commit.',
    remedy: 'Give a version; if it must be, set `allow-downgrade: true` and a `reason`.',
  },
  'floating-tag': {
    meaning: '`latest` says nothing about what runs.',
    remedy: 'Give a version, or a `digest` beside the tag.',
  },
  order: {
    meaning: 'The environment of `order-after` does not run this version yet.',
    remedy: 'Deploy and verify there first, or leave `order-after` out.',
  },
  'base-not-found': {
    meaning: 'The repository has no such base branch.',
    remedy: 'Set `base` to the branch that the cluster follows.',
  },
  'tree-truncated': {
    meaning: 'The repository is larger than what GitHub lists in one answer.',
    remedy: 'Name the files in `files` without wildcards, or use `write: worktree` on a checkout.',
  },
  'branch-not-ours': {
    meaning: 'The deploy branch holds commits of somebody else, which rebuilding it would lose.',
    remedy: 'Merge or delete that branch, or set `branch` to another name.',
  },
  contention: {
    meaning: 'The branch moved during every attempt.',
    remedy: 'Run again; for many writers use `write: branch`.',
  },
  ...registryReasons,
  ...githubReasons,
  ...refReasons,
  ...sharedReasons,
} satisfies ReasonTable;

/** An error of bump-gitops-image's table. */
export const userError = userErrors(reasons);
