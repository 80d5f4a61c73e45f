// An empty line, and a header of a usual type; elsewhere any word is a type.
const NESTED_START =
  /\n[^\S\n]*\n(?=(?:feat|fix|perf|deps|revert|docs|style|refactor|test|build|ci|chore)(?:\([^()\n]*\))?!?: \S)/;

/** The message with `\n` as its only line break, without blank lines around it. */
export function normalizedMessage(message: string): string {
  return (message.includes('\r') ? message.replace(/\r\n?/g, '\n') : message).trim();
}

/**
 * Cuts the message of one commit into the conventional commits it holds, its own first: paragraphs that start with
 * a header of a usual type, and blocks between BEGIN_NESTED_COMMIT and END_NESTED_COMMIT. A block between
 * BEGIN_COMMIT_OVERRIDE and END_COMMIT_OVERRIDE (in a pull request's body, which a squash may copy) replaces the message.
 * The markers are release-please's: https://github.com/googleapis/release-please#fixing-release-notes
 */
export function splitMessage(message: string): string[] {
  const { outer, blocks } = takeNested(overrideIn(message) ?? normalizedMessage(message));
  return [outer, ...blocks].flatMap((text) => text.split(NESTED_START)).map((part) => part.trim());
}

/** What stands between BEGIN_COMMIT_OVERRIDE and END_COMMIT_OVERRIDE, the message to read instead; undefined where there is nothing. */
export function overrideIn(text: string): string | undefined {
  const [begin, end] = ['BEGIN_COMMIT_OVERRIDE', 'END_COMMIT_OVERRIDE'];
  const start = text.indexOf(begin);
  const stop = start < 0 ? -1 : text.indexOf(end, start);
  const found =
    stop < 0
      ? ''
      : text
          .slice(start + begin.length, stop)
          .replace(/\r\n?/g, '\n')
          .trim();
  return found === '' ? undefined : found;
}

function takeNested(text: string): { outer: string; blocks: string[] } {
  const [first = '', ...parts] = text.split('BEGIN_NESTED_COMMIT');
  const outer = [first];
  const blocks: string[] = [];
  for (const part of parts) {
    const stop = part.indexOf('END_NESTED_COMMIT');
    blocks.push((stop < 0 ? part : part.slice(0, stop)).trim());
    if (stop >= 0) outer.push(part.slice(stop + 'END_NESTED_COMMIT'.length));
  }
  return { outer: outer.join('').trim(), blocks: blocks.filter((block) => block !== '') };
}
