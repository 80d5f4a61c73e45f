import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import { forCode, forCodeBlock, forMarkdown } from '#shared/untrusted.ts';
import type { Verdict } from './runners/plan-verdict.ts';
import type { Selection } from './selection/plan-selection.ts';
import { chainText } from './selection/render-explanation.ts';
import type { Shard } from './shards/plan-shards.ts';
import type { Story } from './story.ts';

const MAX_ROWS = 50;

/** What was selected or ran, in one line of plain text. */
export function renderHeadline({ selection, situation, results }: Story): string {
  if (selection.mode === 'none') return 'No test is affected';
  const verb = results.length > 0 ? 'ran' : 'selected';
  const share = selection.mode === 'full' ? 'All' : `${selection.tests.length} of`;
  return `${share} ${situation.tests.length} test files ${verb}`;
}

/** The job summary: what ran, why, what was saved, which tests failed. */
export function renderSummary(story: Story): string {
  const { inputs, situation, selection, shards, results, verdict } = story;
  const sections = [
    `### ${verdict.failed ? '❌' : '✅'} ${renderHeadline(story)}`,
    `${forMarkdown(selection.detail)} ${forCode(selection.reasonCode)}`,
    renderTable(['', ''], factsOf(story)),
    verdict.failures.length > 0 ? renderFailures(verdict) : '',
    verdict.failed && verdict.failures.length === 0 ? `❌ ${forMarkdown(verdict.message)}` : '',
    ...verdict.warnings.map((warning) => `⚠️ ${forMarkdown(warning)}`),
    shards.length > 1 ? renderShards(shards, inputs.shard) : '',
    selection.mode === 'subset' ? renderChains(selection) : '',
    situation.settled.length > 0 ? renderChanges(story) : '',
    results.length === 0 && inputs.dryRun && inputs.run ? 'Dry run: nothing was run.' : '',
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function factsOf({ situation, selection, results, verdict, parts }: Story): string[][] {
  const { change, graph, tests, project } = situation;
  const saved = tests.length - selection.tests.length;
  const rows = [
    [
      'Compared',
      change.kind === 'changes'
        ? `${forCode(change.base.slice(0, 12))} … ${forCode(change.head.slice(0, 12))}`
        : 'nothing',
    ],
    ['Changed files', change.kind === 'changes' ? String(change.files.length) : 'unknown'],
    ['Runners', project.suites.map(({ framework, folder }) => `${framework} in ${forCode(folder || '.')}`).join(', ')],
    ['Saved', `${saved} test files (${Math.round((saved * 100) / tests.length)} %)`],
  ];
  if (graph !== undefined) rows.push(['Imports followed', `${graph.fileCount} files`]);
  if (change.kind === 'changes' && change.widened) {
    rows.push(['Note', 'The common ancestor is not in this clone, so changes of the base branch count as well.']);
  }
  if (results.length > 0) {
    const counts = `${verdict.passed} passed, ${verdict.failedCount} failed, ${verdict.skipped} skipped`;
    rows.push([
      'Result',
      `${counts} in ${verdict.seconds.toFixed(1)} s (${parts.map(({ suite }) => suite.framework).join(', ')})`,
    ]);
  }
  return rows;
}

function renderFailures({ failures }: Verdict): string {
  const shown = failures.slice(0, MAX_ROWS).map(({ test, name, message, line }) => {
    const place = line === undefined ? test : `${test}:${line}`;
    return `**${forMarkdown(name)}** in ${forCode(place)}\n\n${forCodeBlock(message.slice(0, 1_000))}`;
  });
  const rest = failures.length > MAX_ROWS ? [`… and ${failures.length - MAX_ROWS} more.`] : [];
  return [`#### Failed tests`, ...shown, ...rest].join('\n\n');
}

function renderShards(shards: readonly Shard[], own: number | undefined): string {
  const lines = shards.map(({ index, tests, seconds }) => {
    const mark = index === own ? ' (this job)' : '';
    return `  selection --> shard${index}["shard ${index}${mark}: ${tests.length} test files, about ${Math.ceil(seconds)} s"]`;
  });
  const total = shards.reduce((sum, { tests }) => sum + tests.length, 0);
  return ['```mermaid', 'flowchart LR', `  selection["${total} selected test files"]`, ...lines, '```'].join('\n');
}

function renderChains(selection: Selection): string {
  const rows = selection.tests.slice(0, MAX_ROWS).map((test) => {
    const chain = selection.chains.get(test) ?? [test];
    return [forCode(test), chain.length === 1 ? 'changed itself, or always runs' : forCode(chainText(chain))];
  });
  const more = selection.tests.length > MAX_ROWS ? `\n\n… and ${selection.tests.length - MAX_ROWS} more.` : '';
  return renderDetails('Why these tests', renderTable(['Test', 'Because'], rows) + more);
}

function renderChanges({ situation }: Story): string {
  const rows = situation.settled.slice(0, MAX_ROWS).map(({ path, fate, namedBy }) => {
    const words = {
      full: 'needs all tests',
      inert: 'matters to no test',
      seed: namedBy.length > 0 ? `named by ${namedBy.length} files` : 'affects the tests that reach it',
      unreached: 'no test reaches it',
      unknown: 'not explained',
    };
    return [forCode(path), `${words[fate.kind]}${'because' in fate ? ` (${forMarkdown(fate.because)})` : ''}`];
  });
  const more = situation.settled.length > MAX_ROWS ? `\n\n… and ${situation.settled.length - MAX_ROWS} more.` : '';
  return renderDetails('Changed files', renderTable(['File', 'Meaning'], rows) + more);
}
