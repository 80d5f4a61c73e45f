import type { Selection } from '../selection/plan-selection.ts';
import { type Suite, unitsOf } from '../suites/suite.ts';
import type { TestFailure, TestReport } from './parse-test-report.ts';

/** What came of running the tests. */
export interface Verdict {
  readonly failed: boolean;
  readonly reasonCode: string;
  /** The failure in a sentence; `''` where nothing failed. */
  readonly message: string;
  readonly passed: number;
  readonly failedCount: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly failures: readonly TestFailure[];
  /** What the person should know although nothing failed. */
  readonly warnings: readonly string[];
}

interface Result {
  readonly suite: Suite;
  readonly exitCode: number;
  readonly report: TestReport | undefined;
  readonly seconds: number;
  readonly asked: readonly string[];
}

// pytest's exit code when it collected no test (docs.pytest.org, "Exit codes").
const NOTHING_COLLECTED = 5;

/** Judges the runners' exit codes and reports; the exit code decides, the report explains. */
export function planVerdict(selection: Selection, results: readonly Result[]): Verdict {
  const failures = results.flatMap(({ report }) => report?.failures ?? []);
  const bad = results.filter((result) => result.exitCode !== 0 && emptyOf(result).length === 0);
  const sum = (count: (report: TestReport) => number) =>
    results.reduce((total, { report }) => total + (report === undefined ? 0 : count(report)), 0);
  const counts = {
    passed: sum((one) => one.passed),
    failedCount: sum((one) => one.failed),
    skipped: sum((one) => one.skipped),
  };
  const seconds = results.reduce((total, result) => total + result.seconds, 0);
  const rest = { ...counts, seconds, failures, warnings: results.flatMap(warningsOf) };
  if (bad.length === 0) return { failed: false, reasonCode: selection.reasonCode, message: '', ...rest };
  if (failures.length > 0) {
    const message = `${counts.failedCount} of ${counts.passed + counts.failedCount} tests failed.`;
    return { failed: true, reasonCode: 'tests-failed', message, ...rest };
  }
  const message = bad
    .map(({ suite, exitCode }) => `${suite.framework} ended with exit code ${exitCode} and reported no failed test`)
    .join('; ');
  return { failed: true, reasonCode: 'runner-failed', message: `${message}.`, ...rest };
}

// What was asked for and has no test, where the runner ends with an error for nothing else.
function emptyOf({ suite, exitCode, asked, report }: Result): readonly string[] {
  if (suite.framework === 'pytest') return exitCode === NOTHING_COLLECTED ? asked : [];
  return exitCode !== 0 && report?.failed === 0 ? report.excluded : [];
}

function warningsOf(result: Result): string[] {
  const { suite, asked, report, exitCode } = result;
  const empty = emptyOf(result);
  if (empty.length > 0) return [`${suite.framework} found no test in ${empty.join(', ')}.`];
  if (exitCode !== 0) return [];
  if (report === undefined) return [`${suite.framework} wrote no report, so only its exit code is known.`];
  const [told, unitOf] = [new Set(report.files), unitsOf([suite])];
  const lost = asked.filter((test) => !told.has(test) && !told.has(unitOf(test)));
  return lost.length > 0 && suite.framework !== 'pytest'
    ? [`${suite.framework} ran no test of ${lost.slice(0, 10).join(', ')}.`]
    : [];
}
