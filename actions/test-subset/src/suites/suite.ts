/** The runners whose tests the action selects and runs. */
export type Framework = 'jest' | 'vitest' | 'node' | 'pytest';

/** The tests that one invocation of a runner takes. */
export interface Suite {
  readonly framework: Framework;
  /** Where the runner is started; relative to the repository, `''` at its top. */
  readonly folder: string;
  /** Test files, relative to the repository, sorted. */
  readonly tests: readonly string[];
  /** Own files that every test of the suite depends on without importing them (setup files, configuration). */
  readonly implicit: readonly string[];
  /** Why the static graph cannot be trusted for this suite; undefined where it can. */
  readonly unproven?: string;
  /** Arguments that the project's own test script gives to the runner (node's flags before `--test`). */
  readonly runnerArguments?: readonly string[];
  /** Where the compiler puts a test that the runner takes in its compiled form only. */
  readonly compiled?: ReadonlyMap<string, string>;
}

/** A runner's configuration before its test files are looked up. */
export interface SuiteRules extends Omit<Suite, 'tests'> {
  readonly isTest: (path: string) => boolean;
  readonly mappers: readonly { folder: string; pattern: RegExp; targets: readonly string[] }[];
  readonly moduleFolders: readonly string[];
}
