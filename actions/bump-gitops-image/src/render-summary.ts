import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import { forCode, forCodeBlock, forMarkdown } from '#shared/untrusted.ts';
import type { Change, FileChange } from './images/change.ts';
import type { Unrecognised } from './refusals/plan-missing.ts';
import type { Shadowed } from './shadows/plan-shadows.ts';

/** What became of one of several images. */
export interface ImageResult {
  readonly image: string;
  /** The versions that stood there, without repetitions. */
  readonly from: readonly string[];
  readonly to: string;
  readonly result: string;
}

/** What a summary tells. */
export interface Told {
  readonly title: string;
  /** What became of each image of a release train; empty where one image was asked for. */
  readonly images: readonly ImageResult[];
  readonly files: readonly FileChange[];
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
  readonly unrecognised: readonly Unrecognised[];
  readonly shadowed: readonly Shadowed[];
  readonly reason: string;
}

// GitHub takes a summary of 1 MiB at most.
const MAX_DIFF = 100_000;

/** The job summary: a table of the changes, the diff, and what was not understood. */
export function renderSummary(told: Told): string {
  const { title, images, files, changes, warnings, unrecognised, shadowed, reason } = told;
  const sections = [`### ${title}`];
  if (images.length > 0) sections.push(renderImages(images));
  const places = renderChanges(changes);
  if (changes.length > 0)
    sections.push(images.length > 0 ? renderDetails(`Places: ${changes.length}`, places) : places);
  if (shadowed.length > 0) sections.push(renderShadowed(shadowed));
  if (reason !== '') sections.push(`**Reason:** ${forMarkdown(reason)}`);
  if (files.length > 0) sections.push(renderDetails('Diff', forCodeBlock(shorten(renderDiff(files)), 'diff')));
  if (warnings.length > 0) sections.push(warnings.map((warning) => `- ⚠️ ${forMarkdown(warning)}`).join('\n'));
  if (unrecognised.length > 0) {
    const rows = unrecognised
      .slice(0, 50)
      .map(({ file, line, image }) => `- ${forCode(`${file}:${line}`)} ${forCode(image)}`);
    sections.push(renderDetails(`Not understood, left alone: ${unrecognised.length}`, rows.join('\n')));
  }
  return `${sections.join('\n\n')}\n`;
}

function renderImages(images: readonly ImageResult[]): string {
  const rows = images.map(({ image, from, to, result }) => [
    ...[forCode(image), from.map((version) => forCode(version || 'none')).join(', '), forCode(to), result],
  ]);
  return renderTable(['image', 'from', 'to', 'result'], rows);
}

const MAX_SHADOWED = 50;

function renderShadowed(shadowed: readonly Shadowed[]): string {
  const rows = shadowed
    .slice(0, MAX_SHADOWED)
    .map(({ file, line, image, by, version, why }) => [
      ...[forCode(`${file}:${line}`), forCode(image), forCode(`${by.file}:${by.line}`), forCode(version || 'none')],
      forMarkdown(why),
    ]);
  const more = shadowed.length - rows.length;
  const rest = more > 0 ? `\n\n${more} more are in the output \`shadowed\`.` : '';
  const table = renderTable(['change', 'image', 'decided by', 'version there', 'why'], rows);
  return `**⚠️ Changes without effect, because another place has the last word:**\n\n${table}${rest}`;
}

function renderChanges(changes: readonly Change[]): string {
  const rows = changes.map((change) => [
    forCode(`${change.file}:${change.line}`),
    forMarkdown([change.object, change.container].filter((part) => part !== '').join(' ')),
    forCode(change.image || change.keyPath || 'the whole file'),
    forCode(change.old === '' ? 'none' : change.old),
    change.style === 'created' ? 'new' : forCode(change.new),
    change.direction,
  ]);
  return renderTable(['file', 'object', 'image or setting', 'from', 'to', 'direction'], rows);
}

/** The changed lines of each file, in unified form without context. */
export function renderDiff(files: readonly FileChange[]): string {
  return files
    .flatMap(({ file, after }) => {
      if (file.created) return renderNewFile(file.path, after);
      const [old, now] = [file.text.split('\n'), after.split('\n')];
      const changed = [...old.keys()].filter((index) => old[index] !== now[index]);
      const hunks = changed.flatMap((index) => [
        `@@ -${index + 1} +${index + 1} @@`,
        `-${old[index]}`,
        `+${now[index]}`,
      ]);
      return [`--- a/${file.path}`, `+++ b/${file.path}`, ...hunks];
    })
    .join('\n');
}

function shorten(diff: string): string {
  if (diff.length <= MAX_DIFF) return diff;
  const end = diff.lastIndexOf('\n', MAX_DIFF);
  return `${diff.slice(0, end)}\n… ${diff.slice(end + 1).split('\n').length} more lines`;
}

function renderNewFile(path: string, text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return ['--- /dev/null', `+++ b/${path}`, `@@ -0,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`)];
}
