import { type ReasonTable, sharedReasons, userErrors } from '#shared/errors.ts';

/** Why the action ended as it did; the part before the tests ran is also in the output `decision`. */
export const reasons = {
  ...sharedReasons,
  'affected-tests': { meaning: 'Some tests are affected by the change; the others are proved not to be.', remedy: '' },
  'all-inert': { meaning: 'Every changed file is proved to matter to no test; nothing runs.', remedy: '' },
  'no-changes': { meaning: 'Base and head are different commits with the same files; nothing runs.', remedy: '' },
  'no-base': {
    meaning: 'All tests run: the event (schedule, workflow_dispatch, …) has no base to compare with.',
    remedy: 'Set `base` where another commit is right to compare with.',
  },
  'new-branch': { meaning: 'All tests run: there is no commit before this push.', remedy: '' },
  tag: { meaning: 'All tests run: a tag was pushed.', remedy: '' },
  'same-commit': {
    meaning: 'All tests run: base and head are the same commit.',
    remedy: 'Set `base` to the commit before the change.',
  },
  'base-unavailable': {
    meaning: 'All tests run: the base commit is not in the clone and could not be fetched.',
    remedy: 'Set `fetch-depth: 0` at actions/checkout, or keep its `persist-credentials: true`.',
  },
  'head-not-checked-out': {
    meaning: 'All tests run: the commit that is checked out is not the one that the event or `head` names.',
    remedy:
      'Leave `ref` of actions/checkout at its default, or set `base` to what the checked-out commit is compared with.',
  },
  'full-requested': {
    meaning: 'All tests run: `select: all`, `[full tests]` in a commit message, or a label asks for it.',
    remedy: '',
  },
  'ci-changed': {
    meaning: 'All tests run: a file of the CI system changed.',
    remedy: 'Add a rule with `run: none` for files that no test depends on.',
  },
  'lockfile-changed': { meaning: 'All tests run: the installed dependencies changed.', remedy: '' },
  'configuration-changed': {
    meaning: 'All tests run: a file that configures the runner, the compiler or the package changed.',
    remedy: 'Add a rule for files that no test depends on.',
  },
  'rules-changed': { meaning: 'All tests run: the rules of test-subset changed.', remedy: '' },
  'rule-says-all': { meaning: 'All tests run: a rule with `run: all` matches a changed file.', remedy: '' },
  'unexplained-file': {
    meaning: 'All tests run: nothing tells which tests a changed file matters to.',
    remedy: 'Add a rule for it to the rules file, or set `on-unknown: package`.',
  },
  'no-test-reaches': {
    meaning: 'All tests run: no test imports what changed, which does not prove that none depends on it.',
    remedy: 'Add a rule with `run: none` or with the tests that cover it.',
  },
  'too-many-selected': { meaning: 'All tests run: more than `max-selected` percent were selected.', remedy: '' },
  'unreadable-configuration': {
    meaning: 'All tests run: the runner’s configuration is computed, so imports cannot be followed with certainty.',
    remedy: 'Write the named setting as a literal.',
  },
  'not-a-repository': { meaning: 'There is no git checkout.', remedy: 'Run `actions/checkout` before this step.' },
  'no-tests-found': {
    meaning: 'No test files of any known runner were found.',
    remedy: 'Set `root` to the folder of the project, or `frameworks` to its runners.',
  },
  'bad-rules': {
    meaning: 'The rules file is malformed, or a rule matches everything or nothing.',
    remedy: 'Correct the rule that the error names.',
  },
  'tests-failed': { meaning: 'Tests ran and failed; the output `failures` lists them.', remedy: '' },
  'runner-failed': {
    meaning: 'The test runner ended with an error and without saying which test failed.',
    remedy: 'Read its output in the log of this step.',
  },
  'runner-missing': {
    meaning: 'The test runner is not installed.',
    remedy:
      'Install it in an earlier step (`npm ci`, `pip install -r requirements.txt`, `actions/setup-go`), or set `command`.',
  },
} satisfies ReasonTable;

/** An error of test-subset's table. */
export const userError = userErrors(reasons);

/** The codes of a decision to run all tests. */
export type FullReason =
  | 'no-base'
  | 'new-branch'
  | 'tag'
  | 'same-commit'
  | 'base-unavailable'
  | 'head-not-checked-out'
  | 'full-requested'
  | 'ci-changed'
  | 'lockfile-changed'
  | 'configuration-changed'
  | 'rules-changed'
  | 'rule-says-all'
  | 'unexplained-file'
  | 'no-test-reaches'
  | 'too-many-selected'
  | 'unreadable-configuration';
