import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import type { Report } from '#shared/run-action.ts';
import type { Annotation } from '#shared/runner/runner.ts';
import { forCode, forLog, forMarkdown } from '#shared/untrusted.ts';
import { shareBytes } from './monorepo/plan-shares.ts';
import { MAX_OUTPUT_BYTES, type OutputName } from './outputs.ts';
import { cutLines } from './release/plan-cut.ts';
import { reportOf } from './report.ts';
import type { Target } from './resolve-target.ts';
import type { ComponentEnd } from './tag-components.ts';
import { decisionOf } from './version/plan-decision.ts';

/** How one service ended, refused or not. */
interface Row {
  readonly end: ComponentEnd;
  /** As it is written in the input. */
  readonly name: string;
  readonly report: Report<OutputName> | undefined;
  readonly reason: string;
  readonly failure: string | undefined;
}

const MAX_ERROR = 500;
// GitHub drops a summary of more than 1024 KiB as a whole.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
const MAX_SUMMARY = 1_000_000;

/** Puts the ends of several services together: a list, a matrix of those that have a tag to build, and one failure for all. */
export function reportOfComponents(ends: readonly ComponentEnd[], { sha }: Target): Report<OutputName> {
  const rows = ends.map(rowOf);
  const failures = rows.filter(({ failure }) => failure !== undefined);
  const created = rows.some(({ report }) => report?.outputs.created === true);
  const reason = created ? 'created' : (rows.find((row) => row.reason !== 'no-changes')?.reason ?? 'no-changes');
  const components = entriesOf(rows, sha);
  const include = components.filter((_, index) => rows[index]?.report?.outputs.build === true);
  return {
    outputs: {
      ...noVersion,
      created,
      reason,
      build: include.length > 0,
      sha,
      notes: notesOf(rows),
      components,
      matrix: { include },
      decision: { sha, components: decisionsOf(rows, sha) },
    },
    reasonCode: failures[0]?.reason ?? reason,
    ...(failures.length === 0 ? {} : { failure: failures.map((row) => `${row.name}: ${row.failure}`).join('\n') }),
    headline: rows.map((row) => `${row.name}: ${row.report?.headline ?? row.reason}`).join('; '),
    summary: summaryOf(rows),
    annotations: onceEach(rows.flatMap(({ report }) => report?.annotations ?? [])),
  };
}

const noVersion = {
  tag: undefined,
  version: undefined,
  major: undefined,
  minor: undefined,
  patch: undefined,
  previousTag: undefined,
  previousVersion: undefined,
  bump: undefined,
  tagObjectSha: undefined,
  verified: undefined,
  superseded: undefined,
  supersedingTag: undefined,
  imageTag: undefined,
  releaseUrl: undefined,
  dispatchedRunUrl: undefined,
};

function rowOf(end: ComponentEnd): Row {
  const { component, told, refused } = end;
  const report = told === undefined ? undefined : reportOf(told);
  return {
    end,
    report,
    name: component.prefix === '' ? 'none' : component.prefix,
    reason: refused?.reasonCode ?? report?.reasonCode ?? '',
    failure: refused === undefined ? report?.failure : `${refused.message}\nTo do: ${refused.remedy}`,
  };
}

// The notes share what the rest of the list leaves, because both have to fit in one output.
function entriesOf(rows: readonly Row[], sha: string) {
  const entries = rows.map((row) => entryOf(row, sha));
  const notes = rows.map(({ report }) => (report?.outputs.tag === undefined ? '' : String(report.outputs.notes ?? '')));
  const shares = shareBytes(notes.map(jsonBytes), MAX_OUTPUT_BYTES - jsonBytes(entries));
  return entries.map((entry, index) => ({
    ...entry,
    notes: cutLines(notes[index] ?? '', shares[index] ?? 0, jsonBytes),
  }));
}

function entryOf({ end, report, reason, failure }: Row, sha: string) {
  const { outputs } = report ?? {};
  return {
    prefix: end.component.prefix,
    tag: outputs?.tag ?? '',
    version: outputs?.version ?? '',
    'image-tag': outputs?.imageTag ?? '',
    'previous-tag': outputs?.previousTag ?? '',
    bump: outputs?.bump ?? '',
    sha,
    created: outputs?.created === true,
    reason,
    error: forLog(failure ?? '').slice(0, MAX_ERROR),
    superseded: outputs?.superseded === true,
    'superseding-tag': outputs?.supersedingTag ?? '',
    'release-url': outputs?.releaseUrl ?? '',
    'dispatched-run-url': outputs?.dispatchedRunUrl ?? '',
  };
}

function notesOf(rows: readonly Row[]): string {
  const parts = rows.flatMap(({ report }) => {
    const { tag, notes } = report?.outputs ?? {};
    return tag === undefined || notes === '' ? [] : [`## ${forCode(String(tag))}\n\n${notes}`];
  });
  return cutAll(parts, MAX_OUTPUT_BYTES).join('\n\n');
}

function decisionsOf(rows: readonly Row[], sha: string): readonly object[] {
  const told = rows.flatMap(({ end }) => (end.told === undefined ? [] : [end.told]));
  return told.map(({ plan, inputs }) =>
    decisionOf(
      plan,
      { sha, prefix: inputs.prefix, channel: inputs.prerelease },
      Math.floor(MAX_OUTPUT_BYTES / told.length),
    ),
  );
}

function summaryOf(rows: readonly Row[]): string {
  const table = rows.map(({ end, name, report, reason, failure }) => [
    forCode(name),
    report?.outputs.tag === undefined ? '' : forCode(String(report.outputs.tag)),
    reason,
    forMarkdown(failure ?? end.told?.plan.because ?? ''),
  ]);
  const head = `### 🏷️ ${rows.length} services\n\n${renderTable(['Service', 'Tag', 'Result', 'Why'], table)}`;
  const shown = rows.filter(({ report }) => report?.outputs.tag !== undefined);
  const bodies = cutAll(
    shown.map(({ report }) => report?.summary ?? ''),
    MAX_SUMMARY - Buffer.byteLength(head) - shown.length * 200,
  );
  return [head, ...shown.map(({ name }, index) => renderDetails(forMarkdown(name), bodies[index] ?? ''))].join('\n\n');
}

function cutAll(texts: readonly string[], budget: number): string[] {
  const shares = shareBytes(
    texts.map((text) => Buffer.byteLength(text) + 2),
    budget,
  );
  return texts.map((text, index) => cutLines(text, shares[index] ?? 0));
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

// That GITHUB_TOKEN starts no workflow is no news of each service.
function onceEach(annotations: readonly Annotation[]): readonly Annotation[] {
  return [...new Map(annotations.map((annotation) => [JSON.stringify(annotation), annotation])).values()];
}
