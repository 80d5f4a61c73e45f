import { isUncertain } from '#shared/github/request-error.ts';

/**
 * Writes; when it stays unclear whether the write was applied, `reread` looks for its effect, and only without one it is
 * written once more. The last error is thrown.
 */
export async function writeOnce<T>(write: () => Promise<T>, reread: () => Promise<T | undefined>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUncertain(error)) throw error;
    return (await reread()) ?? (await write());
  }
}
