import type { Inputs } from './inputs.ts';
import type { RunPart } from './plan-run-parts.ts';
import type { Selection } from './plan-selection.ts';
import type { Shard } from './plan-shards.ts';
import type { Verdict } from './plan-verdict.ts';
import type { Situation } from './read-situation.ts';
import type { SuiteResult } from './run-suites.ts';

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
