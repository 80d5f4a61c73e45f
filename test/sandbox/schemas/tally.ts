import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { exceptions } from './exceptions.ts';

/** What the tests of one file have sent through sandbox GitHubs. */
export interface Tally {
  /** REST requests with their replies. */
  exchanges: number;
  graphql: number;
  violations: number;
  /** Which exceptions were needed, by place in the table. */
  readonly exceptions: Set<number>;
}

/** Starts at nothing. */
export function emptyTally(): Tally {
  return { exchanges: 0, graphql: 0, violations: 0, exceptions: new Set() };
}

/** Adds one file's figures, or a process's, to those of the others. */
export function appendTally(file: string, tally: Tally): void {
  appendFileSync(file, `${JSON.stringify({ ...tally, exceptions: [...tally.exceptions] })}\n`);
}

/** The sum of all files' figures; zero for a file that does not exist. */
export async function readTally(file: string): Promise<Tally> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const sum = emptyTally();
  for (const line of text.split('\n').filter(Boolean)) {
    const one = JSON.parse(line) as Omit<Tally, 'exceptions'> & { exceptions: number[] };
    sum.exchanges += one.exchanges;
    sum.graphql += one.graphql;
    sum.violations += one.violations;
    for (const at of one.exceptions) sum.exceptions.add(at);
  }
  return sum;
}

/** The figures as one sentence. */
export function tellTally({ exchanges, graphql, violations }: Tally): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const rest = `${number(exchanges)} REST requests, ${number(exchanges)} replies`;
  const checked = `${rest}, ${number(graphql)} GraphQL operations`;
  return `Checked against GitHub's schemas: ${checked}, ${number(violations)} violations`;
}

/** Exceptions that nothing has needed. */
export function unneeded(tally: Tally): string[] {
  const left = exceptions.filter((_, at) => !tally.exceptions.has(at));
  return left.map(({ operation, problem }) => `${operation.source}: ${problem.source}`);
}
