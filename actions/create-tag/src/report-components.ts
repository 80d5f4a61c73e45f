import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import type { Report } from '#shared/run-action.ts';
import { forCode, forMarkdown } from '#shared/untrusted.ts';
import type { OutputName } from './outputs.ts';
import { reportOf } from './report.ts';
import type { Target } from './resolve-target.ts';
import type { ComponentEnd } from './tag-components.ts';

interface Row {
  readonly end: ComponentEnd;
  readonly report: Report<OutputName> | undefined;
}

/** Puts the ends of several services together: a list, a matrix of those that have a tag to build, and one failure for all. */
export function reportOfComponents(ends: readonly ComponentEnd[], { sha }: Target): Report<OutputName> {
  const rows = ends.map((end) => ({ end, report: end.told === undefined ? undefined : reportOf(end.told) }));
  const failures = rows.flatMap(failureOf);
  const created = rows.some(({ report }) => report?.outputs.created === true);
  const reason = created
    ? 'created'
    : (rows.find(({ report }) => report?.reasonCode !== 'no-changes')?.report?.reasonCode ?? 'no-changes');
  const list = rows.map(entryOf);
  const buildable = list.filter(
    (entry) => !entry.superseded && (entry.reason === 'created' || entry.reason === 'already-tagged'),
  );
  return {
    outputs: { ...noVersion, created, reason, sha, components: list, matrix: { include: buildable } },
    reasonCode: failures[0]?.reasonCode ?? reason,
    ...(failures.length === 0 ? {} : { failure: failures.map(({ message }) => message).join('\n') }),
    headline: headlineOf(rows),
    summary: summaryOf(rows),
    annotations: rows.flatMap(({ report }) => report?.annotations ?? []),
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
  notes: undefined,
  releaseUrl: undefined,
  dispatchedRunUrl: undefined,
  decision: undefined,
};

function entryOf({ end, report }: Row) {
  const { tag = '', version = '', imageTag = '', previousTag = '', reason, superseded } = report?.outputs ?? {};
  return {
    prefix: end.component.prefix,
    tag,
    version,
    'image-tag': imageTag,
    'previous-tag': previousTag,
    created: report?.outputs.created === true,
    reason: end.refused?.reasonCode ?? reason,
    superseded: superseded === true,
  };
}

function failureOf({ end, report }: Row): { reasonCode: string; message: string }[] {
  const message = end.refused === undefined ? report?.failure : `${end.refused.message} To do: ${end.refused.remedy}`;
  if (message === undefined) return [];
  return [{ reasonCode: end.refused?.reasonCode ?? report?.reasonCode ?? '', message: `${nameOf(end)}: ${message}` }];
}

// As it is written in the input.
function nameOf({ component: { prefix } }: ComponentEnd): string {
  return prefix === '' ? 'none' : prefix;
}

function headlineOf(rows: readonly Row[]): string {
  return rows
    .map(({ end, report }) => `${end.component.prefix}: ${report?.headline ?? end.refused?.reasonCode}`)
    .join('; ');
}

function summaryOf(rows: readonly Row[]): string {
  const table = rows.map(({ end, report }) => [
    forCode(nameOf(end)),
    report?.outputs.tag === undefined ? '' : forCode(String(report.outputs.tag)),
    end.refused?.reasonCode ?? String(report?.outputs.reason ?? ''),
    forMarkdown(end.refused?.message ?? end.told?.plan.because ?? ''),
  ]);
  const details = rows
    .filter(({ report }) => report?.outputs.tag !== undefined)
    .map(({ end, report }) => renderDetails(forMarkdown(nameOf(end)), report?.summary ?? ''));
  return [`### 🏷️ ${rows.length} services`, renderTable(['Service', 'Tag', 'Result', 'Why'], table), ...details].join(
    '\n\n',
  );
}
