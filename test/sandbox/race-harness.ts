import type { Timer } from '#shared/retry.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { GitHubSandbox } from './github/server.ts';

/** Copies of an action's run that start together in a world that is ready for them. */
export interface Race<T> {
  readonly github: GitHubSandbox;
  readonly copies: number;
  /** Starts copy number `copy` (from 0), which waits for nothing but its two ports. */
  readonly start: (copy: number, ports: RacePorts) => Promise<T>;
}

/** What a copy works with: its requests and its waiting go on when the scheduler says so. */
export interface RacePorts {
  readonly fetch: typeof fetch;
  readonly timer: Timer;
}

/** What a copy waits for: a request that GitHub has not seen yet, or, without `method`, the end of a sleep. */
export interface Step {
  readonly copy: number;
  /** When it is due, in milliseconds. */
  readonly at: number;
  readonly method?: string;
  readonly url?: string;
  readonly body?: string;
  /** What the copy waited for before. */
  readonly previous?: Step | undefined;
}

/** How a race ended. */
export interface RaceEnd<T> {
  readonly outcomes: readonly PromiseSettledResult<T>[];
  readonly requests: number;
}

/** Names the step that happens next; undefined gives the race up. */
export type Choose = (waiting: readonly Step[]) => Step | undefined;

const START_MS = Date.UTC(2026, 0, 1);

/** Plays one race, one step at a time: a request is sent and answered before the next one is. Time is virtual. */
export async function playRace<T>(
  { github, copies, start }: Race<T>,
  { choose, random }: { choose: Choose; random: () => number },
): Promise<RaceEnd<T> | undefined> {
  const waiting = new Map<Step, () => void>();
  const ended = new Set<number>();
  let now = START_MS;
  let requests = 0;
  let inFlight = 0;

  const last = new Map<number, Step>();

  function wait(step: Step): Promise<void> {
    const next = { ...step, previous: last.get(step.copy) };
    last.set(step.copy, { ...step });
    return new Promise((resolve) => waiting.set(next, resolve));
  }
  function portsOf(copy: number): RacePorts {
    const wire: typeof fetch = async (url, init) => {
      requests += 1;
      const request = { method: init?.method ?? 'GET', url: String(url), body: String(init?.body ?? '') };
      // As long as a request to GitHub takes.
      await wait({ copy, at: now + 50 + 250 * random(), ...request });
      inFlight += 1;
      const answer = await github.fetch(url, init);
      inFlight -= 1;
      return answer;
    };
    const timer = { now: () => now, random, sleep: (ms: number) => wait({ copy, at: now + ms }) };
    return { fetch: wire, timer };
  }
  // Whether no copy can go on by itself.
  function isQuiet(): boolean {
    const idle = new Set([...waiting.keys()].map(({ copy }) => copy));
    return inFlight === 0 && new Set([...idle, ...ended]).size === copies;
  }

  const started = Array.from({ length: copies }, (_, copy) => start(copy, portsOf(copy)));
  started.forEach((one, copy) => void one.catch(() => undefined).then(() => ended.add(copy)));
  for (;;) {
    do await nextTurn();
    while (!isQuiet());
    if (waiting.size === 0) return { outcomes: await Promise.allSettled(started), requests };
    const step = choose([...waiting.keys()]);
    if (step === undefined) return undefined;
    now = Math.max(now, step.at);
    waiting.get(step)?.();
    waiting.delete(step);
  }
}

/**
 * Plays a race in the order that a seed gives, where requests take from 50 to 300 ms and sleeps as long as they last,
 * and lets `check` look at the end. What it throws is thrown with the seed, which gives the same order again.
 */
export async function playSeeded<T>(
  race: Race<T>,
  seed: number,
  check: (end: RaceEnd<T>) => void | Promise<void>,
): Promise<RaceEnd<T>> {
  const choose: Choose = (waiting) => waiting.reduce((first, step) => (step.at < first.at ? step : first));
  const end = (await playRace(race, { choose, random: seededRandom(seed) })) as RaceEnd<T>;
  try {
    await check(end);
  } catch (error) {
    throw new Error(`Seed ${seed}, ${race.copies} copies: ${(error as Error).message}`, { cause: error });
  }
  return end;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
