import { parseHeader, revertedHeader } from './parse-header.ts';
import { foldFences, withoutComments } from './quoted-text.ts';

// An empty line, and a header of a usual type; elsewhere any word is a type.
const NESTED_START =
  /\n[^\S\n]*\n(?=(?:feat|fix|perf|deps|revert|docs|style|refactor|test|build|ci|chore)(?:\([^()\n]*\))?!?: \S)/;
const [BEGIN_NESTED, END_NESTED, BEGIN_OVERRIDE, END_OVERRIDE] = [
  /^[^\S\n]*BEGIN_NESTED_COMMIT[^\S\n]*$/m,
  /^[^\S\n]*END_NESTED_COMMIT[^\S\n]*$/m,
  /^[^\S\n]*BEGIN_COMMIT_OVERRIDE[^\S\n]*$/m,
  /^[^\S\n]*END_COMMIT_OVERRIDE[^\S\n]*$/m,
];
// What a forge writes when it merges. The title of what was merged is in the next paragraph (GitHub, GitLab, Bitbucket)
// or in the line itself (Azure DevOps, Bitbucket Data Center, Gitea).
const MERGE = /^(?:Merge (?:pull request|branch|remote-tracking branch|tag) |Merged in )/;
const TITLED_MERGE = /^(?:Merged PR \d+: |Pull request #\d+: |Merge pull request '(?=.*' \(#\d+\) from ))(.*)$/;
// A merge may have footers only (Signed-off-by, Reviewed-on, Change-Id, Release-As), and no type is called like these.
const FOOTER_NAME = /-(?:by|on|to|id|as|change)$/;
const GITEA_REST = /' \(#\d+\) from .*$/;
// Text that comes from chats and web pages has them; what looks like `feat!:` or BREAKING CHANGE has to be read as that.
const ODD = /[\u00a0\u2000-\u200b\u200e\u200f\u202a-\u202f\u2060\u2066-\u2069\u3000\ufeff]/g;

/** The message with `\n` as its only line break, without invisible characters, its code fences folded, without HTML comments and blank lines around it. */
export function normalizedMessage(message: string): string {
  return withoutComments(foldFences(asItLooks(message))).trim();
}

/**
 * Cuts the message of one commit into the conventional commits it holds, its own first: paragraphs that start with
 * a header of a usual type, and blocks between BEGIN_NESTED_COMMIT and END_NESTED_COMMIT. A block between
 * BEGIN_COMMIT_OVERRIDE and END_COMMIT_OVERRIDE (in a pull request's body, which a squash may copy) replaces the message.
 * Each marker is a line of its own; nothing of this is read in a closed code fence.
 * The markers are release-please's: https://github.com/googleapis/release-please#fixing-release-notes
 */
export function splitMessage(message: string): string[] {
  const text = foldFences(asItLooks(message));
  // An override may be hidden in a comment.
  const { outer, blocks } = takeNested(mergedMessage(withoutComments(overrideOf(text) ?? text).trim()));
  return [outer, ...blocks].flatMap((part) => part.split(NESTED_START)).map((part) => part.trim());
}

/** What stands between BEGIN_COMMIT_OVERRIDE and END_COMMIT_OVERRIDE, the message to read instead; undefined where there is nothing. */
export function overrideIn(text: string): string | undefined {
  return overrideOf(asItLooks(text));
}

/** The message of what a merge commit has merged, where its title is conventional or a revert; else the message as it is. */
export function mergedMessage(message: string): string {
  const first = cutLine(message);
  const titled = TITLED_MERGE.exec(first.line)?.[1];
  if (titled !== undefined) {
    const title = first.line.startsWith('Merge ') ? titled.replace(GITEA_REST, '') : titled;
    return isTitle(title) ? `${title}\n${first.rest}` : message;
  }
  const paragraph = first.rest.trimStart();
  return MERGE.test(first.line) && isTitle(cutLine(paragraph).line) ? paragraph : message;
}

/** The first line, and what comes after its line break. */
export function cutLine(text: string): { line: string; rest: string } {
  const end = text.indexOf('\n');
  return end < 0 ? { line: text.trim(), rest: '' } : { line: text.slice(0, end).trim(), rest: text.slice(end + 1) };
}

function isTitle(line: string): boolean {
  const header = parseHeader(line);
  return revertedHeader(line, header) !== undefined || (header !== undefined && !FOOTER_NAME.test(header.type));
}

function asItLooks(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return lines.replace(ODD, (character) => (character.trim() === '' ? ' ' : ''));
}

function overrideOf(text: string): string | undefined {
  if (!text.includes('BEGIN_COMMIT_OVERRIDE')) return undefined;
  for (const part of text.split(BEGIN_OVERRIDE).slice(1)) {
    const [block = '', ...rest] = part.split(END_OVERRIDE);
    if (rest.length > 0 && block.trim() !== '') return block.trim();
  }
  return undefined;
}

function takeNested(text: string): { outer: string; blocks: string[] } {
  if (!text.includes('BEGIN_NESTED_COMMIT')) return { outer: text, blocks: [] };
  const [first = '', ...parts] = text.split(BEGIN_NESTED);
  const outer = [first];
  const blocks: string[] = [];
  for (const part of parts) {
    const [block = '', ...rest] = part.split(END_NESTED);
    blocks.push(block.trim());
    outer.push(rest.join(''));
  }
  return { outer: outer.join('').trim(), blocks: blocks.filter((block) => block !== '') };
}
