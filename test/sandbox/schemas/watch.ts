import type { RestExchange, Traffic } from '../github/traffic.ts';
import type { CheckRest } from './check-rest.ts';
import { exceptionFor } from './exceptions.ts';
import { emptyTally, type Tally } from './tally.ts';

/** Collects traffic while a test runs and judges it afterwards, so that checking slows no request. */
export interface Watch {
  readonly tally: Tally;
  listen(message: unknown): void;
  /** Checks what came since the last time; throws with every violation, and with every expected problem that did not come. */
  settle(): Promise<void>;
}

/** Starts with nothing collected; the checker is loaded at the first traffic. */
export function startWatch(): Watch {
  const tally = emptyTally();
  const pending: Traffic[] = [];
  let check: CheckRest | undefined;
  return {
    tally,
    listen: (message) => void pending.push(message as Traffic),
    async settle() {
      const traffic = pending.splice(0);
      if (traffic.length === 0) return;
      check ??= (await import('./check-rest.ts')).createRestCheck();
      const found = violationsIn(traffic, check, tally);
      tally.violations += found.length;
      if (found.length > 0) throw new Error(`GitHub's published schemas do not allow:\n${found.join('\n')}`);
    },
  };
}

function violationsIn(traffic: readonly Traffic[], check: CheckRest, tally: Tally): string[] {
  const found = new Set(traffic.flatMap((message) => problemsOf(message, check, tally)));
  for (const message of traffic) {
    if (message.kind !== 'expected') continue;
    const met = [...found].filter((problem) => message.problem.test(problem));
    for (const problem of met) found.delete(problem);
    if (met.length === 0) found.add(`expected and not met: ${message.problem}`);
  }
  return [...found];
}

function problemsOf(message: Traffic, check: CheckRest, tally: Tally): string[] {
  if (message.kind === 'expected') return [];
  if (message.kind === 'rest') return restProblems(message, check, tally);
  tally.graphql += 1;
  return message.problems.map((problem) => `graphql: ${problem}`);
}

function restProblems(exchange: RestExchange, check: CheckRest, tally: Tally): string[] {
  tally.exchanges += 1;
  const { operation, problems } = check(exchange);
  return problems.flatMap((problem) => {
    const exception = exceptionFor(operation, problem);
    if (exception === undefined) return [`${operation}: ${problem}`];
    tally.exceptions.add(exception);
    return [];
  });
}
