import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import { forCode, forMarkdown } from '#shared/untrusted.ts';
import type { JudgedCommit } from './bump/plan-bump.ts';
import type { TagPlan } from './version/plan-tag.ts';

const MAX_ROWS = 20;
const MAX_HEADER = 200;

const verbs: Readonly<Record<string, string>> = { created: 'created', 'dry-run': 'would be created' };

/** What happened, in one line of plain text. */
export function renderHeadline({ reason, plan, sha }: { reason: string; plan: TagPlan; sha: string }): string {
  const after = plan.previous === undefined ? '' : ` after ${plan.previous.tag}`;
  const because = plan.because.startsWith(`${plan.tag?.tag} `) ? '' : `: ${plan.because}`;
  if (plan.tag === undefined) return `no new version${after}${because}`;
  if (reason === 'contained') return `${plan.tag.tag} contains ${sha.slice(0, 7)} already`;
  return `${plan.tag.tag} ${verbs[reason] ?? 'exists'} on ${sha.slice(0, 7)}${after}${because}`;
}

/** The job summary of a run, in Markdown. */
export function renderSummary(told: {
  reason: string;
  plan: TagPlan;
  /** The commit, or the number of the pull request whose merge is previewed. */
  subject: string | number;
  notes: string;
  links: { releaseUrl: string | undefined; dispatchedRunUrl: string | undefined };
  /** What failed after the tag, and what to change. */
  failure: { what: string; remedy: string } | undefined;
}): string {
  const { plan, failure } = told;
  const { superseding } = plan;
  const parts = [`### ${titleOf(told)}`, sentenceOf(told)];
  if (failure !== undefined) {
    parts.push(`> [!CAUTION]\n> ${forMarkdown(failure.what)}\n>\n> **To do:** ${forMarkdown(failure.remedy)}`);
  }
  if (superseding !== undefined && plan.tag !== undefined && superseding.tag !== plan.tag.tag) {
    parts.push(
      `> [!WARNING]\n> ${forCode(superseding.tag)} contains this commit too: do not deploy ${forCode(plan.tag.tag)} over it.`,
    );
  }
  const links = linksOf(told.links);
  if (links !== '') parts.push(links);
  if (plan.deciding.length > 0) parts.push(commitTable(plan.deciding));
  // The sections of the notes go below the title of this summary.
  if (plan.outcome === 'create' && told.notes !== '') parts.push(told.notes.replace(/^###(?= )/gm, '####'));
  const others = plan.commits.filter((commit) => !plan.deciding.includes(commit));
  if (others.length > 0) parts.push(renderDetails(`${others.length} other commits`, commitTable(others)));
  return `${parts.join('\n\n')}\n`;
}

function linksOf({
  releaseUrl,
  dispatchedRunUrl,
}: {
  releaseUrl: string | undefined;
  dispatchedRunUrl: string | undefined;
}) {
  const links = [
    ...(releaseUrl ? [`[Release](${releaseUrl})`] : []),
    ...(dispatchedRunUrl ? [`[Started run](${dispatchedRunUrl})`] : []),
  ];
  return links.join(' · ');
}

function titleOf({ reason, plan }: { reason: string; plan: TagPlan }): string {
  if (plan.tag === undefined) return 'create-tag: no new version';
  return `🏷️ ${forCode(plan.tag.tag)} ${verbs[reason] ?? 'exists'}`;
}

function sentenceOf({ plan, subject }: { plan: TagPlan; subject: string | number }): string {
  const from = plan.previous === undefined ? '' : ` The version before is ${forCode(plan.previous.tag)}.`;
  const when =
    typeof subject === 'number'
      ? `Once pull request ${subject} is merged`
      : `For commit ${forCode(subject.slice(0, 7))}`;
  return `${when}: ${forMarkdown(plan.because)}.${from}`;
}

function commitTable(commits: readonly JudgedCommit[]): string {
  const rows = commits
    .slice(0, MAX_ROWS)
    .map(({ sha, header, bump, rule, overruled }) => [
      forCode(sha.slice(0, 7)),
      forMarkdown(header.slice(0, MAX_HEADER)),
      forMarkdown(overruled === undefined ? rule : `${rule}, not ${overruled.rule}: ${overruled.why}`),
      bump,
    ]);
  const more = commits.length > MAX_ROWS ? [`\n… and ${commits.length - MAX_ROWS} more`] : [];
  return [renderTable(['Commit', 'Title', 'Rule', 'Bump'], rows), ...more].join('\n');
}
