/** How one test ended. */
export interface Outcome {
  readonly test: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly message: string;
  readonly line: number | undefined;
}

/** Turns a path as the runner writes it, or the import path of a Go package, into one relative to the repository. */
export type ToRepositoryPath = (path: string) => string;
