/** A problem that is no fault: GitHub's description is wrong there, or behind. */
export interface Exception {
  /** The id of the operation, as `pulls/create`. */
  readonly operation: RegExp;
  readonly problem: RegExp;
  readonly reason: string;
  /** Where GitHub itself says or shows otherwise. */
  readonly source: string;
}

/** All of them; a whole `npm test` fails when one is no longer needed. */
export const exceptions: readonly Exception[] = [
  {
    operation: /./,
    problem: /^reply (401|403|404|429): this status is not documented$/,
    reason:
      'A wrong token, a missing permission, what one may not see and a limit are answered alike everywhere, listed or not.',
    source: 'https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api',
  },
  {
    operation: /./,
    problem: /^reply 4\d\d: body: 'status' is not declared$/,
    reason: 'Every error tells its status, but only the description of the basic error has it.',
    source: 'https://github.com/glunk-works/claude-workbench/blob/main/docs/proposals/IDENTITY-SCRATCH-RESULTS.md',
  },
  {
    operation: /^actions\/create-workflow-dispatch$/,
    problem: /^reply 422: this status is not documented$/,
    reason: 'A workflow refuses inputs that it does not declare.',
    source: 'https://github.com/github/gh-aw/issues/50027',
  },
  {
    operation: /^repos\/create-commit-status$/,
    problem: /^reply 422: this status is not documented$/,
    reason: 'There is no status for a commit that does not exist.',
    source: 'https://github.com/rust-lang/homu/issues/141',
  },
  {
    operation: /^pulls\//,
    problem: /^reply 20[01]: body: (\[\]\.)?labels\[\]\.description: must be string$/,
    reason: 'A label without description has null, which the simple pull request forgets.',
    source: 'https://docs.github.com/en/rest/issues/labels#get-a-label',
  },
];

/** The exception that allows the problem, by its place in the table. */
export function exceptionFor(operation: string, problem: string): number | undefined {
  const at = exceptions.findIndex((one) => one.operation.test(operation) && one.problem.test(problem));
  return at === -1 ? undefined : at;
}
