import { createHash } from 'node:crypto';
import { type DeployMarker, parseDeployMarker, renderDeployMarker } from '#shared/marker/deploy-marker.ts';
import { forCodeBlock } from '#shared/untrusted.ts';

/** The body to have, and whether a reviewer's own words are in it. */
export interface PlannedBody {
  readonly body: string;
  readonly isEdited: boolean;
}

const HASH = /^<!-- trunkline:text ([0-9a-f]{64}) -->$/m;
const HIDDEN = /^<!-- trunkline:[^\n]*-->$\n?/gm;
const KEPT = '\n\n<details><summary>Edited by a reviewer, for the version before</summary>\n\n';
const MAX_KEPT = 6000;

/**
 * Plans the body from the rendered text and what the pull request shows now. Ticks of the same version stay ticked; a body
 * that somebody edited stays as it is for the same version, and what only it said is kept in a folded block for the next.
 */
export function planBody(current: string | undefined, text: string, marker: DeployMarker): PlannedBody {
  if (current === undefined || current === '') return { body: compose(text, marker), isEdited: false };
  const body = current.replace(/\r\n?/g, '\n');
  const shown = body.replace(HIDDEN, '').trim();
  const written = HASH.exec(body)?.[1];
  const isEdited = written !== hashOf(shown);
  const isSameVersion = isSameDeployment(parseDeployMarker(body), marker);
  if (!isEdited)
    return { body: compose(isSameVersion ? withTicksOf(shown, text) + keptIn(shown) : text, marker), isEdited };
  if (isSameVersion) return { body: compose(shown.slice(0, 58_000), marker, written ?? hashOf('')), isEdited };
  return { body: compose(text + keep(shown, text), marker), isEdited };
}

// Most of the old body is in the new one again; what is left are the reviewer's words, wherever they stood.
function keep(shown: string, text: string): string {
  const lines = new Set(text.split('\n'));
  const own = shown.split('\n').filter((line) => !lines.has(line));
  return `${KEPT}${forCodeBlock(own.join('\n').slice(0, MAX_KEPT), 'md')}\n\n</details>`;
}

function keptIn(shown: string): string {
  const start = shown.indexOf(KEPT);
  return start < 0 ? '' : shown.slice(start);
}

/** Whether two bodies are the same to GitHub, which may give back other line ends. */
export function isSameText(a: string, b: string): boolean {
  return a.replace(/\r\n?/g, '\n').trim() === b.replace(/\r\n?/g, '\n').trim();
}

function compose(given: string, marker: DeployMarker, hash?: string): string {
  // A commit, a manifest or a reviewer may have written something that looks like our hidden lines.
  const text = given.replaceAll('<!-- trunkline:', '<!- trunkline:').trim().toWellFormed();
  return `${text}\n\n<!-- trunkline:text ${hash ?? hashOf(text)} -->\n${renderDeployMarker(marker)}\n`;
}

// Ticking a box is what the checklist is for, and no edit.
function hashOf(text: string): string {
  const plain = text
    .replace(/^(\s*[-*] )\[[xX ]\]/gm, '$1[ ]')
    .replace(/[ \t]+$/gm, '')
    .trim();
  return createHash('sha256').update(plain).digest('hex');
}

function isSameDeployment(before: DeployMarker | undefined, now: DeployMarker): boolean {
  return before === undefined || (before.version === now.version && before.digest === now.digest);
}

function withTicksOf(old: string, text: string): string {
  const ticked = new Set([...old.matchAll(/^- \[[xX]\] (.*)$/gm)].map((match) => match[1]));
  return text.replace(/^- \[ \] (.*)$/gm, (line, item: string) => (ticked.has(item) ? `- [x] ${item}` : line));
}
