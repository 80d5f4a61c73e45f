import type { Report } from '#shared/run-action.ts';
import type { Annotation } from '#shared/runner/runner.ts';
import { forLog } from '#shared/untrusted.ts';
import type { outputNames } from './outputs.ts';
import { renderHeadline, renderSummary } from './render-summary.ts';
import type { TestFailure } from './runners/parse-test-report.ts';
import { shellWords, testWords } from './runners/plan-command.ts';
import { testsOfJob } from './shards/plan-run-parts.ts';
import { planMatrix } from './shards/plan-shards.ts';
import type { Story } from './story.ts';

// GitHub shows ten error annotations of a step.
const MAX_ANNOTATIONS = 10;
const MAX_MESSAGE = 2_000;
// An output may hold 1 MB, and a command line less.
const MAX_ARGS = 100_000;

/** The report of a run: outputs, summary, annotations at the failed lines. */
export function reportOutcome(story: Story): Report<(typeof outputNames)[number]> {
  const { inputs, situation, selection, shards, verdict } = story;
  const tests = testsOfJob(selection, { shards, shard: inputs.shard });
  return {
    outputs: {
      mode: selection.mode,
      tests,
      count: tests.length,
      total: situation.tests.length,
      args: renderArgs(story, tests),
      matrix: planMatrix(shards),
      shards: shards.length,
      explain: Object.fromEntries([...selection.chains].filter(([test]) => tests.includes(test))),
      failures: verdict.failures.map((failure) => ({ ...failure, message: failure.message.slice(0, MAX_MESSAGE) })),
      decision: renderDecision(story),
    },
    reasonCode: verdict.reasonCode,
    headline: renderHeadline(story),
    summary: renderSummary(story),
    annotations: [
      ...verdict.failures.slice(0, MAX_ANNOTATIONS).map(annotationOf),
      ...verdict.warnings.map((message): Annotation => ({ level: 'warning', message: forLog(message) })),
    ],
    ...(verdict.failed ? { failure: verdict.message } : {}),
  };
}

// Empty means all tests to a runner: for mode full, and for lists that no command line takes.
function renderArgs({ selection, situation, inputs }: Story, tests: readonly string[]): string {
  const { suites } = situation.project;
  // go itself would take the package of one folder.
  const all = suites.every(({ framework }) => framework === 'go') ? './...' : '';
  if (selection.mode === 'full' && inputs.shard === undefined) return all;
  const chosen = new Set(tests);
  const words = suites.flatMap((suite) => {
    const own = suite.tests.filter((test) => chosen.has(test));
    return [...testWords(suite, own, situation.root).keys()].filter((word) => !word.startsWith('../'));
  });
  const text = shellWords(words.sort());
  return text.length > MAX_ARGS ? all : text;
}

function renderDecision({ situation, selection, shards, inputs }: Story): object {
  const { change, graph, settled, project } = situation;
  return {
    mode: selection.mode,
    reasonCode: selection.reasonCode,
    detail: selection.detail,
    base: change.kind === 'changes' ? change.base : '',
    head: change.head,
    changed: settled
      .slice(0, 300)
      .map(({ path, fate }) => ({ path, fate: fate.kind, because: 'because' in fate ? fate.because : '' })),
    suites: project.suites.map(({ framework, folder, tests }) => ({
      framework,
      folder: folder || '.',
      total: tests.length,
    })),
    filesRead: graph?.fileCount ?? 0,
    shards: shards.map(({ index, tests, seconds }) => ({
      shard: index,
      tests: tests.length,
      seconds: Math.round(seconds * 10) / 10,
    })),
    shard: inputs.shard ?? null,
  };
}

function annotationOf({ test, name, message, line }: TestFailure): Annotation {
  return {
    level: 'error',
    title: forLog(name).slice(0, 250),
    message: forLog(message).slice(0, MAX_MESSAGE),
    ...(test === '' ? {} : { file: test }),
    ...(line === undefined ? {} : { startLine: line }),
  };
}
