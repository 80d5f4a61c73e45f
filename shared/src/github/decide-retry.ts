import { backoffMs, type RetryDecision, retryAfterMs, type Timer } from '../retry.ts';
import { headerOf, isGraphQLRateLimit, isRateLimit, isUncertain, statusOf } from './request-error.ts';

const MAX_ATTEMPTS = 5;

/**
 * Rate limits are waited out as GitHub asks, for reads and writes (such a request was not applied);
 * 5xx, broken connections and GraphQL's timeouts only for reads.
 * Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
export function decideRetry(
  error: unknown,
  { kind, attempt, timer }: { kind: 'read' | 'write'; attempt: number; timer: Timer },
): RetryDecision {
  if (attempt >= MAX_ATTEMPTS) return { retry: false };
  if (isRateLimit(error) || isGraphQLRateLimit(error)) {
    return { retry: true, afterMs: rateLimitWaitMs(error, attempt, timer), why: 'rate limit' };
  }
  if (kind === 'read' && isUncertain(error)) {
    return { retry: true, afterMs: backoffMs(attempt, timer), why: `answered ${statusOf(error) ?? 'nothing'}` };
  }
  return { retry: false };
}

function rateLimitWaitMs(error: unknown, attempt: number, timer: Timer): number {
  // GitHub's times are of its own clock, from which that of a runner may differ.
  const now = Date.parse(headerOf(error, 'date') ?? '') || timer.now();
  const asked = retryAfterMs(headerOf(error, 'retry-after'), now);
  if (asked !== undefined) return asked;
  const reset = Number(headerOf(error, 'x-ratelimit-reset'));
  if (headerOf(error, 'x-ratelimit-remaining') === '0' && reset > 0) {
    return Math.max(0, reset * 1000 - now) + 1000;
  }
  // Without any header GitHub asks for at least a minute, longer at each try.
  return 60_000 * 2 ** (attempt - 1);
}
