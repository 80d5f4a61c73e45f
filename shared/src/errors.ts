/** One row of an action's table of reason codes: what happened, and what to change when it is a problem. */
export interface Reason {
  readonly meaning: string;
  /** The setting, permission or input to change; empty where nothing is wrong. */
  readonly remedy: string;
}

/** Reason codes are part of the public contract: a code may be added in a minor version and removed only in a major one. */
export type ReasonTable = Readonly<Record<string, Reason>>;

/** A problem that the person who runs the action can fix; everything else that is thrown is a bug of ours. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** A code of the action's table of reasons. */
  readonly reasonCode: string;
  /** What to change, in the imperative, naming the exact setting or permission. */
  readonly remedy: string;

  constructor(reasonCode: string, message: string, options: { remedy: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reasonCode = reasonCode;
    this.remedy = options.remedy;
  }
}

/** Makes the errors of one table: a code of the table, with its remedy unless one that fits better is given. */
export function userErrors<Code extends string>(table: Readonly<Record<Code, Reason>>) {
  return (code: Code, message: string, better: { remedy?: string; cause?: unknown } = {}): UserError =>
    new UserError(code, message, { remedy: table[code].remedy, ...better });
}

/** The text of anything that was thrown. */
export function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reasons that every action can end with. */
export const sharedReasons = {
  'bad-input': {
    meaning: 'One or more inputs are missing, malformed, unknown or at odds; nothing was written.',
    remedy: 'Correct every input that the error lists.',
  },
  'runner-file': {
    meaning:
      'The event, the outputs or the job summary could not be read or written in the files that the runner names; all else was done.',
    remedy:
      'Let the user of the job read GITHUB_EVENT_PATH and write GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, and see that the disk of the runner has room.',
  },
  'internal-error': {
    meaning: 'A bug in the action.',
    remedy: 'Run again with debug logging and open an issue with the log.',
  },
} satisfies ReasonTable;

/** An error of the table that all actions share. */
export const sharedUserError = userErrors(sharedReasons);
