import type { Selection } from '../selection/plan-selection.ts';
import type { Suite } from '../suites/suite.ts';
import type { Shard } from './plan-shards.ts';

/** The part of a suite that one job runs. */
export interface RunPart {
  readonly suite: Suite;
  /** Relative to the repository; empty where the runner is to find all tests by itself. */
  readonly tests: readonly string[];
}

/** The tests of this job: those of its shard, or all selected ones when it has none. */
export function testsOfJob(
  selection: Selection,
  { shards, shard }: { shards: readonly Shard[]; shard: number | undefined },
): readonly string[] {
  return shard === undefined ? selection.tests : (shards[shard - 1]?.tests ?? []);
}

/** What this job starts, suite by suite; a suite without a selected test is not started. */
export function planRunParts(
  selection: Selection,
  { shards, shard, suites }: { shards: readonly Shard[]; shard: number | undefined; suites: readonly Suite[] },
): RunPart[] {
  if (selection.mode === 'none') return [];
  const chosen = new Set(testsOfJob(selection, { shards, shard }));
  const whole = selection.mode === 'full' && (shard === undefined || shards.length === 1) && chosen.size > 0;
  return suites
    .map((suite) => ({
      suite,
      tests: suite.tests.filter((test) => chosen.has(test)),
      // They would run other files of the folder: what is outside of `root` as well.
      whole: whole && suite.framework !== 'node' && suite.framework !== 'go',
    }))
    .filter(({ tests }) => tests.length > 0)
    .map((part) => ({ suite: part.suite, tests: part.whole ? [] : part.tests }));
}
