/** Where an annotation points to. Lines and columns count from 1. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/** What the runner tells a step about the run (`GITHUB_*` variables). */
export interface RunContext {
  readonly eventName: string;
  /** The commit that triggered the workflow. */
  readonly sha: string;
  /** The full ref, `refs/heads/main`. */
  readonly ref: string;
  /** `owner/name` of the repository the workflow runs in. */
  readonly repository: string;
  readonly actor: string;
  readonly workflow: string;
  readonly runId: string;
  /** 1 for the first run of this id, more for each time it was run again. */
  readonly runAttempt: number;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** The folder of the checkout. */
  readonly workspace: string;
  /** A folder that the runner empties after the job. */
  readonly temporaryFolder: string;
}

/** The GitHub Actions runner as an action sees it. */
export interface Runner {
  readonly context: RunContext;
  /** The event payload (`GITHUB_EVENT_PATH`), or an empty object where there is none. Throws UserError `runner-file` when it cannot be read. */
  readonly event: Readonly<Record<string, unknown>>;
  log(line: string): void;
  debug(line: string): void;
  warning(message: string): void;
  annotate(annotation: Annotation): void;
  /** Prints `lines` in a group that is folded in the log. */
  group(title: string, lines: readonly string[]): void;
  /** Hides `secret`, each of its lines and its base64 form in every later log line. */
  addSecret(secret: string): void;
  /** Keeps a value for the action's `post` step. */
  saveState(name: string, value: string): void;
  /** The value that the main step kept, or an empty string. */
  readState(name: string): string;
}
