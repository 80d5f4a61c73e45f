import { setTimeout } from 'node:timers/promises';

/** What a failed attempt may do next. */
export type RetryDecision = { readonly retry: false } | WaitDecision;

/** To wait, and try again. */
export interface WaitDecision {
  readonly retry: true;
  readonly afterMs: number;
  /** Why the attempt failed, in words. */
  readonly why?: string;
}

/** The clock and randomness of everything that waits; tests pass their own. */
export interface Timer {
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
}

/** The machine's clock. */
export const systemTimer: Timer = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
  random: () => Math.random(),
};

/**
 * Calls `attempt` until it succeeds or `decide` (given the error and the number of the attempt, from 1) says to stop;
 * then the last error is thrown. `budgetMs` bounds the waiting in all: a wait that would pass it is not begun.
 * `onWait` hears of each wait that is.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  decide: (error: unknown, attemptNumber: number) => RetryDecision,
  options: { timer: Timer; budgetMs: number; onWait?: (wait: WaitDecision) => void },
): Promise<T> {
  const deadline = options.timer.now() + options.budgetMs;
  for (let number = 1; ; number++) {
    try {
      return await attempt();
    } catch (error) {
      const decision = decide(error, number);
      if (!decision.retry || options.timer.now() + decision.afterMs > deadline) throw error;
      options.onWait?.(decision);
      await options.timer.sleep(decision.afterMs);
    }
  }
}

/** Exponential back-off with full jitter, in milliseconds, for the attempt that just failed (from 1). */
export function backoffMs(attemptNumber: number, timer: Timer, options = { baseMs: 250, maxMs: 8_000 }): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** (attemptNumber - 1));
  return Math.ceil(ceiling * (0.5 + timer.random() / 2));
}

/** Milliseconds that a `Retry-After` header asks for (delta seconds or an HTTP date, RFC 9110 section 10.2.3), or undefined. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header.trim()) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
