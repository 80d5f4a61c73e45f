import type { Timer } from '#shared/retry.ts';

/** So many turns of the event loop without anything new mean that everybody waits. */
const QUIET_TURNS = 50;

/** Time that stands still while something happens, and then jumps to the next moment that somebody sleeps for. */
export interface VirtualTime {
  readonly timer: Timer;
  /** Lets time pass until the promise is settled. */
  passUntil(end: Promise<unknown>): Promise<void>;
}

/** Starts at `startMs`; `count` counts whatever happens besides sleeping, such as requests and answers of this process. */
export function virtualTime(startMs: number, count: () => number): VirtualTime {
  const sleepers = new Map<() => void, number>();
  let now = startMs;
  let begun = 0;

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    begun += 1;
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = () => {
        sleepers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      sleepers.set(wake, now + ms);
      signal?.addEventListener('abort', wake);
    });
  }

  async function settle(): Promise<void> {
    for (let [quiet, seen] = [0, -1]; quiet < QUIET_TURNS; quiet++) {
      // The kernel may deliver what was written later when the machine is busy.
      await new Promise((resolve) => (quiet === 0 ? setTimeout(resolve, 1) : setImmediate(resolve)));
      const happened = begun + count();
      if (happened !== seen) quiet = 0;
      seen = happened;
    }
  }

  async function passUntil(end: Promise<unknown>): Promise<void> {
    let ended = false;
    void Promise.allSettled([end]).then(() => (ended = true));
    for (await settle(); !ended; await settle()) {
      now = Math.max(now, Math.min(now + 60_000, ...sleepers.values()));
      for (const [wake, at] of [...sleepers]) if (at <= now) wake();
    }
  }

  return { timer: { now: () => now, sleep, random: () => 0.5 }, passUntil };
}
