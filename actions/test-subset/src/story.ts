import type { Inputs } from './inputs.ts';
import type { Situation } from './read-situation.ts';
import type { Verdict } from './runners/plan-verdict.ts';
import type { SuiteResult } from './runners/run-suites.ts';
import type { Selection } from './selection/plan-selection.ts';
import type { RunPart } from './shards/plan-run-parts.ts';
import type { Shard } from './shards/plan-shards.ts';

/** Everything a run found out and did. */
export interface Story {
  readonly inputs: Inputs;
  readonly situation: Situation;
  readonly selection: Selection;
  readonly shards: readonly Shard[];
  readonly parts: readonly RunPart[];
  readonly results: readonly SuiteResult[];
  readonly verdict: Verdict;
}
