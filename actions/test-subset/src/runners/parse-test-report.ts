import type { Outcome, ToRepositoryPath } from './outcome.ts';
import { parseGoEvents } from './parse-go-events.ts';
import { type JUnitCase, parseJUnit } from './parse-junit.ts';
import type { TestCommand } from './plan-command.ts';

/** One failed test. */
export interface TestFailure {
  /** The test file, relative to the repository; a Go package's folder where the file is not known. */
  readonly test: string;
  /** The name of the test case with those of its groups. */
  readonly name: string;
  readonly message: string;
  /** Where the test failed, from 1; undefined where the report does not tell. */
  readonly line: number | undefined;
}

/** What a runner's report says. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly TestFailure[];
  /** Test files and folders of Go packages that the report speaks of, relative to the repository. */
  readonly files: readonly string[];
  /** Folders of Go packages without a file for this platform and these tags. */
  readonly excluded: readonly string[];
}

/** Reads a runner's report; undefined where the text is no report (the runner crashed before it wrote one). */
export function parseTestReport(
  text: string,
  format: TestCommand['reportFormat'],
  toPath: ToRepositoryPath,
): TestReport | undefined {
  if (text.trim() === '') return undefined;
  if (format === 'junit') return reportOf(parseJUnit(text).map((one) => fromJUnit(one, toPath)));
  if (format === 'go-events') {
    const report = parseGoEvents(text, toPath);
    return reportOf(report?.outcomes, report?.excluded);
  }
  if (format === 'node-events') return reportOf(parseNodeEvents(text, toPath));
  return reportOf(parseJestReport(text, toPath));
}

function reportOf(outcomes: readonly Outcome[] | undefined, excluded: readonly string[] = []): TestReport | undefined {
  if (outcomes === undefined) return undefined;
  const count = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    failures: outcomes
      .filter(({ status }) => status === 'failed')
      .map(({ test, name, message, line }) => ({ test, name, message, line })),
    files: [...new Set(outcomes.map(({ test }) => test))].filter((test) => test !== ''),
    excluded,
  };
}

function fromJUnit(one: JUnitCase, toPath: ToRepositoryPath): Outcome {
  const file = one.file || `${one.className.split('.').slice(0, -1).join('/')}.py`;
  const name = [one.className.split('.').at(-1), one.name]
    .filter((part) => part && !file.includes(`/${part}.`))
    .join(' > ');
  const places = [...one.detail.matchAll(/^(\S+?):(\d+): /gm)].filter(
    (match) => toPath(match[1] as string) === toPath(file),
  );
  const line = places.length > 0 ? Number(places.at(-1)?.[2]) : one.line;
  return { test: toPath(file), name, status: one.status, message: one.message || one.detail, line };
}

interface JestCase {
  readonly fullName?: string;
  readonly status?: string;
  readonly failureMessages?: readonly string[] | null;
  readonly location?: { readonly line?: number } | null;
}

// jest --json, and vitest's reporter of the same form (jest.io, "--json").
function parseJestReport(text: string, toPath: ToRepositoryPath): Outcome[] | undefined {
  const report = parseJson(text) as { testResults?: readonly JestFile[] } | undefined;
  return report?.testResults?.flatMap((file) => fromJestFile(file, toPath));
}

interface JestFile {
  readonly name?: string;
  readonly status?: string;
  readonly message?: string;
  readonly assertionResults?: readonly JestCase[];
}

function fromJestFile(file: JestFile, toPath: ToRepositoryPath): Outcome[] {
  const test = toPath(file.name ?? '');
  const cases = file.assertionResults ?? [];
  const outcomes = cases.map((one): Outcome => {
    const message = one.failureMessages?.[0] ?? '';
    const status = one.status === 'passed' ? 'passed' : one.status === 'failed' ? 'failed' : 'skipped';
    return { test, name: one.fullName ?? '', status, message, line: lineIn(message, test) ?? one.location?.line };
  });
  if (file.status !== 'failed' || outcomes.some(({ status }) => status === 'failed')) return outcomes;
  const message = file.message ?? 'the file could not be run';
  return [...outcomes, { test, name: '(file)', status: 'failed', message, line: lineIn(message, test) }];
}

interface NodeEvent {
  readonly type?: string;
  readonly name?: string;
  readonly file?: string;
  readonly line?: number;
  readonly message?: string;
  readonly stack?: string;
  readonly skipped?: boolean;
  readonly kind?: string;
}

// One JSON line for each result of node's runner, as `node-reporter.ts` writes them.
function parseNodeEvents(text: string, toPath: ToRepositoryPath): Outcome[] {
  const events = text
    .split('\n')
    .map(parseJson)
    .filter((event) => event !== undefined) as NodeEvent[];
  return events
    .filter((event) => event.kind !== 'suite' && event.message !== 'subtest failed')
    .map((event) => {
      const test = toPath(event.file ?? '');
      const status = event.type !== 'test:fail' ? (event.skipped === true ? 'skipped' : 'passed') : 'failed';
      const line = status === 'failed' ? (lineIn(event.stack ?? '', test) ?? event.line) : event.line;
      return { test, name: event.name ?? '', status, message: event.message ?? '', line };
    });
}

// The first frame of a stack that is in the test file itself.
function lineIn(stack: string, test: string): number | undefined {
  if (test === '') return undefined;
  const base = test.slice(test.lastIndexOf('/') + 1);
  for (const match of stack.matchAll(/([^\s()]+):(\d+):\d+/g)) {
    if (match[1]?.endsWith(`/${base}`) === true || match[1] === base) return Number(match[2]);
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
