import { textOfError } from '#shared/errors.ts';
import { sendRequest } from '#shared/http/send-request.ts';
import type { Timer } from '#shared/retry.ts';
import { isExpectedVersion, parseVersionAnswer } from './parse-version-answer.ts';

/** So many right answers in a row: a load balancer asks several replicas. */
const consecutive = 3;

/** Where a service tells its version, and what it must be. */
export interface VersionCheck {
  readonly url: string;
  readonly path: string;
  readonly expected: string;
  /** Local milliseconds at which asking ends. */
  readonly deadline: number;
}

/** Asks until the service gives the expected version three times in a row; returns what was wrong last, or undefined. */
export async function checkVersion(
  check: VersionCheck,
  { timer, onRequest }: { timer: Timer; onRequest: () => void },
): Promise<string | undefined> {
  let right = 0;
  for (;;) {
    onRequest();
    const wrong = await askOnce(check);
    right = wrong === undefined ? right + 1 : 0;
    if (right >= consecutive) return undefined;
    if (wrong !== undefined && timer.now() >= check.deadline) return wrong;
    await timer.sleep(wrong === undefined ? 200 : 1000);
  }
}

async function askOnce({ url, path, expected }: VersionCheck): Promise<string | undefined> {
  try {
    const headers = { accept: 'application/json, text/plain;q=0.9, */*;q=0.1', 'cache-control': 'no-cache' };
    const { status, body } = await sendRequest({ method: 'GET', url, headers, timeoutMs: 10_000, maxBytes: 1_000_000 });
    const version = parseVersionAnswer(body.toString(), path);
    if (status >= 200 && status < 300 && isExpectedVersion(version, expected)) return undefined;
    return `${url} answered ${status} with ${version === undefined ? 'no version' : `version ${version}`}, expected ${expected}`;
  } catch (error) {
    return `${url} did not answer: ${textOfError(error)}`;
  }
}
