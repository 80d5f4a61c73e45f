import type { RestExchange, Traffic } from '../github/traffic.ts';
import type { CheckRest } from './check-rest.ts';
import { exceptionFor } from './exceptions.ts';
import { emptyTally, type Tally } from './tally.ts';

/** Collects traffic while a test runs and judges it afterwards, so that checking slows no request. */
export interface Watch {
  readonly tally: Tally;
  listen(message: unknown): void;
  /** Checks what came since the last time: every violation, and every expected problem that did not come. */
  judge(check: CheckRest): readonly string[];
  /** The same with a checker that is loaded at the first traffic; throws what it finds. */
  settle(): Promise<void>;
}

/** Starts with nothing collected. */
export function startWatch(): Watch {
  const tally = emptyTally();
  // Races send the same requests thousands of times; what is equal is kept and judged once.
  const pending = new Map<string, Seen>();
  let check: CheckRest | undefined;
  const judge = (by: CheckRest) => {
    const found = violationsIn([...pending.values()], by, tally);
    pending.clear();
    tally.violations += found.length;
    return found;
  };
  return {
    tally,
    listen(message) {
      const traffic = message as Traffic;
      const key = traffic.kind === 'expected' ? String(traffic.problem) : JSON.stringify(traffic);
      const seen = pending.get(key);
      if (seen === undefined) pending.set(key, { traffic, times: 1 });
      else seen.times += 1;
    },
    judge,
    async settle() {
      if (pending.size === 0) return;
      check ??= (await import('./check-rest.ts')).createRestCheck();
      const found = judge(check);
      if (found.length > 0) throw new Error(`GitHub's published schemas do not allow:\n${found.join('\n')}`);
    },
  };
}

interface Seen {
  readonly traffic: Traffic;
  times: number;
}

function violationsIn(seen: readonly Seen[], check: CheckRest, tally: Tally): string[] {
  const found = new Set(seen.flatMap((one) => problemsOf(one, check, tally)));
  for (const { traffic: message } of seen) {
    if (message.kind !== 'expected') continue;
    const met = [...found].filter((problem) => message.problem.test(problem));
    for (const problem of met) found.delete(problem);
    if (met.length === 0) found.add(`expected and not met: ${message.problem}`);
  }
  return [...found];
}

function problemsOf({ traffic: message, times }: Seen, check: CheckRest, tally: Tally): string[] {
  if (message.kind === 'expected') return [];
  if (message.kind === 'rest') {
    tally.exchanges += times;
    return restProblems(message, check, tally);
  }
  tally.graphql += times;
  return message.problems.map((problem) => `graphql: ${problem}`);
}

function restProblems(exchange: RestExchange, check: CheckRest, tally: Tally): string[] {
  const { operation, problems } = check(exchange);
  return problems.flatMap((problem) => {
    const exception = exceptionFor(operation, problem);
    if (exception === undefined) return [`${operation}: ${problem}`];
    tally.exceptions.add(exception);
    return [];
  });
}
