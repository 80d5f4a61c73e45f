import type { Actor } from './actors.ts';
import { Refusal } from './refusals.ts';

/** GitHub's limits; https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export interface RateLimits {
  /** Requests an hour and token. */
  requestsPerHour: number;
  /** Writes a minute and login; GitHub's documented figure is 80, unlimited unless a test sets it. */
  contentWritesPerMinute: number;
  /** Counts a request and gives the `x-ratelimit-*` headers of its answer. */
  count(actor: Actor): Record<string, string>;
  /** The refusal when the login has used up its requests or wrote too often. */
  refusalFor(actor: Actor, write: boolean): (Refusal & { headers: Record<string, string> }) | undefined;
}

/** Starts with nothing used. */
export function createRateLimits(now: () => Date): RateLimits {
  const used = new Map<string, number>();
  const writes = new Map<string, number[]>();
  const reset = Math.floor(now().getTime() / 1000) + 3600;
  const keyOf = ({ kind, login }: Actor) => `${kind}:${login}`;
  const limits: RateLimits = {
    requestsPerHour: 5000,
    contentWritesPerMinute: Number.POSITIVE_INFINITY,
    count(actor) {
      const spent = (used.get(keyOf(actor)) ?? 0) + 1;
      used.set(keyOf(actor), spent);
      return {
        'x-ratelimit-limit': String(limits.requestsPerHour),
        'x-ratelimit-remaining': String(Math.max(0, limits.requestsPerHour - spent)),
        'x-ratelimit-used': String(spent),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-resource': 'core',
      };
    },
    refusalFor(actor, write) {
      if ((used.get(keyOf(actor)) ?? 0) > limits.requestsPerHour) {
        return withHeaders(new Refusal(403, `API rate limit exceeded for ${actor.login || 'anonymous'}.`), {});
      }
      if (!write || !Number.isFinite(limits.contentWritesPerMinute)) return undefined;
      const time = now().getTime();
      const recent = (writes.get(keyOf(actor)) ?? []).filter((one) => one > time - 60_000);
      if (recent.length >= limits.contentWritesPerMinute) return withHeaders(secondary(), { 'retry-after': '60' });
      writes.set(keyOf(actor), [...recent, time]);
      return undefined;
    },
  };
  return limits;
}

function secondary(): Refusal {
  return new Refusal(
    403,
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.',
  );
}

function withHeaders(refusal: Refusal, headers: Record<string, string>): Refusal & { headers: Record<string, string> } {
  return Object.assign(refusal, { headers });
}
