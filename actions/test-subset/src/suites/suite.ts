/** The runners whose tests the action selects and runs. */
export type Framework = 'jest' | 'vitest' | 'node' | 'pytest' | 'go';

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
  /** What the runner takes for a test in the place of its file: the file that the compiler writes, the folder of a Go package. */
  readonly taken?: ReadonlyMap<string, string>;
  /** Go packages by their import paths: the folders that the runner takes. */
  readonly packages?: ReadonlyMap<string, string>;
}

/** What the runners take at once, so no two jobs may share it: a test file, or all tests of a Go package. */
export function unitsOf(suites: readonly Suite[]): (test: string) => string {
  const taken = new Map(suites.flatMap((suite) => [...(suite.taken ?? [])]));
  return (test) => taken.get(test) ?? test;
}

/** A runner's configuration before its test files are looked up. */
export interface SuiteRules extends Omit<Suite, 'tests'> {
  readonly isTest: (path: string) => boolean;
  readonly mappers: readonly { folder: string; pattern: RegExp; targets: readonly string[] }[];
  readonly moduleFolders: readonly string[];
}
