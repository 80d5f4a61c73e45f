import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import { forCode, forCodeBlock, forMarkdown } from '#shared/untrusted.ts';
import type { ToldCause } from './report/plan-causes-told.ts';
import type { LeadTime } from './report/plan-lead-time.ts';
import type { TimelineEntry } from './report/plan-timeline.ts';

/** What the job summary and the messages tell. */
export interface Story {
  readonly result: string;
  readonly isDryRun: boolean;
  readonly image: string;
  readonly namespace: string;
  readonly workloads: readonly { readonly workload: string; readonly phase: string; readonly progress: string }[];
  readonly gitOps: string | undefined;
  readonly revision: string;
  readonly durationSeconds: number;
  readonly causes: readonly ToldCause[];
  readonly timeline: readonly TimelineEntry[];
  readonly leadTime: LeadTime | undefined;
  readonly leadTimeTargetSeconds: number | undefined;
  readonly notes: readonly string[];
}

const icons: Readonly<Record<string, string>> = {
  verified: '✅',
  failed: '❌',
  'timed-out': '⌛',
  superseded: '⏭️',
  suspended: '⏸️',
  unreachable: '🔌',
};

/** One sentence: what happened to which image. */
export function renderSentence({ result, image, namespace, durationSeconds, isDryRun }: Story): string {
  const what = image === '' ? 'the rollout' : image;
  if (isDryRun) return `${what} in ${namespace}: ${result} at this moment (dry run)`;
  return `${what} in ${namespace}: ${result} after ${renderDuration(durationSeconds)}`;
}

/** One line for a cause with the last words of its log, as annotations and the failure message have it. */
export function renderCauseLine(cause: ToldCause): string {
  const container = cause.container === undefined ? '' : `, container ${cause.container}`;
  const others = cause.objects.length > 1 ? ` and ${cause.objects.length - 1} more` : '';
  const lastLine = cause.log.at(-1);
  const said = lastLine === undefined ? '' : `; its last log line: ${lastLine}`;
  return `${cause.class}: ${cause.object}${others}${container}: ${cause.evidence}${said}`;
}

/** The job summary in Markdown; everything from the cluster is escaped. */
export function renderSummary(story: Story): string {
  const parts = [`### ${icons[story.result] ?? '🔎'} verify-rollout: ${forMarkdown(renderSentence(story))}`];
  const rows = story.workloads.map(({ workload, phase, progress }) => [
    forCode(workload),
    phase,
    forMarkdown(progress),
  ]);
  if (story.gitOps !== undefined) rows.push(['GitOps', '', forMarkdown(story.gitOps)]);
  if (story.revision !== '') rows.push(['revision', '', forCode(story.revision)]);
  if (rows.length > 0) parts.push(renderTable(['what', 'state', 'progress'], rows));
  for (const cause of story.causes) parts.push(renderCause(cause));
  parts.push(...story.notes.map((note) => `> ${forMarkdown(note)}`));
  if (story.timeline.length > 0) parts.push(renderGantt(story.timeline));
  if (story.leadTime !== undefined) parts.push(renderLeadTime(story.leadTime, story.leadTimeTargetSeconds));
  return parts.join('\n\n');
}

function renderCause(cause: ToldCause): string {
  const others = cause.objects.length > 1 ? ` (${cause.objects.length} objects)` : '';
  const container = cause.container === undefined ? '' : `, container ${forCode(cause.container)}`;
  const parts = [
    `**${cause.class}**: ${forCode(cause.object)}${others}${container}`,
    forCodeBlock(cause.evidence),
    `**To do:** ${forMarkdown(cause.fix)} [Documentation](${cause.link})`,
    forCodeBlock(cause.command, 'sh'),
  ];
  if (cause.log.length > 0)
    parts.push(renderDetails(`Last ${cause.log.length} log lines`, forCodeBlock(cause.log.join('\n'))));
  return parts.join('\n\n');
}

/** A Mermaid gantt; the names of Kubernetes objects hold nothing that Mermaid would read as syntax. */
export function renderGantt(entries: readonly TimelineEntry[]): string {
  const lines = ['gantt', '  dateFormat x', '  axisFormat %H:%M:%S', '  title Rollout'];
  let section = '';
  for (const entry of entries) {
    if (entry.section !== section) lines.push(`  section ${plain(entry.section)}`);
    section = entry.section;
    const bar =
      entry.end === undefined
        ? `milestone, ${entry.start}, 0s`
        : `${entry.state}, ${entry.start}, ${Math.max(entry.end, entry.start + 1000)}`;
    lines.push(`  ${plain(entry.label)} :${bar}`);
  }
  return forCodeBlock(lines.join('\n'), 'mermaid');
}

function plain(text: string): string {
  return text.replace(/[^\w./ -]/g, ' ');
}

function renderLeadTime(leadTime: LeadTime, target: number | undefined): string {
  const rows = leadTime.stages.map(({ stage, at, secondsSincePrevious }) => [
    stage.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    at,
    renderDuration(secondsSincePrevious),
  ]);
  const over =
    target !== undefined && leadTime.totalSeconds > target ? `, over the target of ${renderDuration(target)}` : '';
  return `**Lead time ${renderDuration(leadTime.totalSeconds)}${over}**\n\n${renderTable(['stage', 'at', 'after'], rows)}`;
}

/** `1h 2m 3s` */
export function renderDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const;
  return parts
    .filter(([value, unit]) => value > 0 || (unit === 's' && whole < 60))
    .map(([value, unit]) => `${value}${unit}`)
    .join(' ');
}
