import type { Git } from '#shared/git/git.ts';
import type { Report } from '#shared/run-action.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { Inputs } from './inputs.ts';
import type { outputNames } from './outputs.ts';
import { packageFolders, readSituation, type Situation } from './read-situation.ts';
import { reportOutcome } from './report-outcome.ts';
import { splitCommand } from './runners/plan-command.ts';
import { planVerdict } from './runners/plan-verdict.ts';
import { runSuites, type SuiteResult } from './runners/run-suites.ts';
import { planFull, planSelection, type Selection } from './selection/plan-selection.ts';
import { renderExplanation } from './selection/render-explanation.ts';
import { planRunParts } from './shards/plan-run-parts.ts';
import { planShards } from './shards/plan-shards.ts';
import { readTimings } from './shards/read-timings.ts';
import { unitsOf } from './suites/suite.ts';

/** What the action reaches outside of itself. */
export interface Ports {
  readonly git: Git;
  readonly runner: Runner;
}

/** Selects the tests that the change can break, runs them when asked to, and tells what ran and why. */
export async function run(inputs: Inputs, { git, runner }: Ports): Promise<Report<(typeof outputNames)[number]>> {
  const situation = await readSituation(git, runner, inputs);
  const selection = select(situation, inputs);
  const { suites } = situation.project;
  const secondsOf = readTimings(situation.repository, inputs.timings, suites);
  const shards = planShards(selection.tests, { shards: inputs.shards, secondsOf, unitOf: unitsOf(suites) });
  const parts = planRunParts(selection, { shards, shard: inputs.shard, suites });
  for (const line of renderExplanation(selection, inputs.explain)) runner.log(line);

  const repository = situation.repository;
  const template = splitCommand(inputs.command);
  const ran = inputs.run && !inputs.dryRun;
  const results: SuiteResult[] = ran ? await runSuites({ repository, parts, template }, runner) : [];
  const verdict = planVerdict(selection, results);
  return reportOutcome({ inputs, situation, selection, shards, parts, results, verdict });
}

function select({ change, tests, settled, graph, project, rules }: Situation, inputs: Inputs): Selection {
  if (change.kind === 'full' || graph === undefined) {
    return change.kind === 'full'
      ? planFull(tests, change.reasonCode, change.detail)
      : planFull(tests, 'no-base', 'The change is unknown.');
  }
  return planSelection({
    changes: settled,
    tests,
    importers: graph.importers,
    missing: graph.missing,
    packageFolders: packageFolders(project),
    always: rules.always,
    onUnknown: inputs.onUnknown,
    maxSelectedPercent: inputs.maxSelected,
    unproven: project.suites.flatMap((suite) => suite.unproven ?? []),
  });
}
