import { UserError } from '#shared/errors.ts';
import { nextRun } from '../reasons.ts';

/** What failed after the tag was made or found. */
export interface Failure {
  readonly reasonCode: keyof typeof nextRun;
  /** What happened, after "exists, but". */
  readonly message: string;
  /** What to change. */
  readonly remedy: string;
}

/** What a step after the tag gives, or how it failed: the tag exists, so the rest is told all the same. Rethrows bugs. */
export async function afterTag<T>(
  reasonCode: Failure['reasonCode'],
  act: () => Promise<T>,
): Promise<{ value: T; failure?: undefined } | { value?: undefined; failure: Failure }> {
  try {
    return { value: await act() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
    return { failure: { reasonCode, message, remedy: `${error.remedy} ${nextRun[reasonCode]}` } };
  }
}
