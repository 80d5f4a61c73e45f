import type { Keys } from './key-path.ts';
import { MASK } from './mask-template.ts';
import type { Quote, Span } from './occurrence.ts';

/** A line that sets one key to one value, in a file that is no YAML. */
export interface Assignment {
  readonly key: string;
  /** The keys of the blocks around it and its own. */
  readonly keys: Keys;
  readonly value: string;
  /** The characters of the value, without quotes. */
  readonly span: Span;
  readonly quote: Quote;
  /** The line's index, from 0. */
  readonly line: number;
}

const WORD = `"[^"]*"|'[^']*'|[\\w.$-]+`;
const KEYS = `(?:${WORD})(?:\\??:[ \\t]*(?:${WORD}))*`;
const VALUE = `"[^"\\\\]*"|'[^'\\\\]*'|[^\\s"'\`,;{}\\[\\]()]+`;
const ASSIGNMENT = new RegExp(
  `^[ \\t]*(?:- )*(?:export[ \\t]+|local[ \\t]+)?(?<keys>${KEYS})\\??[ \\t]*(?:\\+?:{1,3}|:?=)(?<gap>[ \\t]*)(?<value>${VALUE})[ \\t]*[,;]?[ \\t]*$`,
);

/**
 * The lines `key: value` and `key = value` of HCL, Jsonnet, CUE, `.env`, properties and broken YAML, each with the blocks around it.
 * Anything else on a line (calls, several pairs, text over several lines) is passed over, never guessed.
 */
export function readAssignments(text: string): readonly Assignment[] {
  const masked = maskProse(text.replace(/^\uFEFF/, ' '));
  const assignments: Assignment[] = [];
  const blocks: string[][] = [];
  let start = 0;
  for (const [line, source] of masked.split('\n').entries()) {
    const code = withoutComment(source.replace(/\r$/, ''));
    const groups = ASSIGNMENT.exec(code)?.groups;
    if (groups !== undefined) {
      const assignment = assignmentOf(code, groups, { start, line, blocks });
      if (assignment !== undefined) assignments.push(assignment);
    } else {
      trackBlocks(code, blocks);
    }
    start += source.length + 1;
  }
  return assignments;
}

function assignmentOf(
  code: string,
  { keys = '', gap = '', value = '' }: Readonly<Record<string, string>>,
  { start, line, blocks }: { start: number; line: number; blocks: readonly (readonly string[])[] },
): Assignment | undefined {
  const quoted = /^["']/.test(value);
  // `key:value` without a space is text, not a pair, unless quotes tell the value.
  if (gap === '' && !quoted && code.trimEnd().slice(0, -value.length).endsWith(':')) return undefined;
  const words = wordsOf(keys);
  const at = start + code.lastIndexOf(value) + (quoted ? 1 : 0);
  const inner = quoted ? value.slice(1, -1) : value;
  return {
    key: words.at(-1) ?? '',
    keys: [...blocks.flat(), ...words],
    value: inner,
    span: { start: at, end: at + inner.length },
    quote: quoted ? (value.startsWith('"') ? 'double' : 'single') : 'plain',
    line,
  };
}

function wordsOf(keys: string): string[] {
  return [...keys.matchAll(new RegExp(WORD, 'g'))].map(([word]) => word.replace(/^["']|["']$/g, ''));
}

// A bracket at the end of a line opens the block that the words before it name: `resource "x" "y" {`, `image: {`.
function trackBlocks(code: string, blocks: string[][]): void {
  const outside = code.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (string) => '_'.repeat(string.length));
  const brackets = [...outside.matchAll(/[{}[\]()]/g)];
  for (const [index, bracket] of brackets.entries()) {
    if (/[}\])]/.test(bracket[0])) blocks.pop();
    else {
      const names = index === 0 && brackets.length === 1 && bracket[0] === '{';
      blocks.push(names ? wordsOf(code.slice(0, bracket.index)).filter((word) => word !== 'local') : []);
    }
  }
}

// Comments and text over several lines hold no pairs.
function maskProse(text: string): string {
  return text.replace(
    /^[ \t]*\/\*[\s\S]*?\*\/|<<[-~]?"?(\w+)"?\r?\n[\s\S]*?\n[ \t]*\1\b|\|\|\|[\s\S]*?\|\|\||"""[\s\S]*?"""/gm,
    (prose) => prose.replace(/[^\r\n]/g, MASK),
  );
}

function withoutComment(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (startsComment(line, at)) return line.slice(0, at);
  }
  return line;
}

// `http://x` and `a#b` are no comments.
function startsComment(line: string, at: number): boolean {
  return (line[at] === '#' || line.startsWith('//', at)) && (at === 0 || /\s/.test(line[at - 1] ?? ''));
}
