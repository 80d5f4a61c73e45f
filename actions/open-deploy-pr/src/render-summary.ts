import { renderDetails } from '#shared/markdown/table.ts';
import { forMarkdown } from '#shared/untrusted.ts';
import { renderChanges } from './description/render-changes.ts';
import { renderHeader } from './description/render-sections.ts';
import type { DeployFacts } from './facts/deploy-facts.ts';
import type { Risk } from './facts/plan-risk.ts';

/** What the job summary tells; `lines` are plain text. */
export interface Summary {
  readonly title: string;
  readonly url?: string | undefined;
  readonly lines: readonly string[];
  readonly facts?: DeployFacts;
  readonly risk?: Risk;
}

const MAX_CHANGES = 200_000;

/** The job summary; it has room for the whole changelog. */
export function renderSummary({ title, url, lines, facts, risk }: Summary): string {
  const sections = [`### ${forMarkdown(title)}`];
  if (url !== undefined) sections.push(`[Pull request](${url})`);
  if (lines.length > 0) sections.push(lines.map((line) => `- ${forMarkdown(line)}`).join('\n'));
  if (facts !== undefined && risk !== undefined) {
    sections.push(renderHeader(facts, risk), renderDetails('Changes', renderChanges(facts, MAX_CHANGES)));
  }
  return `${sections.join('\n\n')}\n`;
}
