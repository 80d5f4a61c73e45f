import { type Footers, parseFooters } from './parse-footers.ts';
import { parseHeader, type Revert, revertedHeader, revertedObjects } from './parse-header.ts';
import { normalizedMessage, splitMessage } from './split-message.ts';

/** A commit message, understood as far as it goes. Nothing in it is escaped: it is untrusted text. */
export interface ParsedCommit {
  /** The line that was read as the header; for a merge commit the title of what was merged. */
  readonly header: string;
  /** In lower case; undefined where the header is not conventional. */
  readonly type: string | undefined;
  readonly scope: string | undefined;
  /** A `!` in the header or a breaking footer. */
  readonly breaking: boolean;
  /** The strongest place where a breaking change is announced; `body` is the middle of a paragraph and no footer. */
  readonly breakingIn: 'header' | 'footer' | 'body' | undefined;
  /** What breaks, in the words of the footers. */
  readonly breakingNotes: readonly string[];
  /** The header without type and scope, or the whole header where it is not conventional. */
  readonly description: string;
  readonly revert: Revert | undefined;
  /** The version a `Release-As` footer asks for, without a leading `v`; not checked. */
  readonly releaseAs: string | undefined;
}

const MERGE = /^(?:Merge (?:pull request|branch|remote-tracking branch|tag) |Merged in |Merged PR \d+: )/;

/** Reads the message of one commit. Never throws, in time linear in its length; an empty message has an empty header. */
export function parseCommit(message: string): ParsedCommit {
  return parseNormalized(normalizedMessage(message));
}

/** Every conventional commit inside one message (see `splitMessage`), the message's own first. Never throws. */
export function parseCommits(message: string): ParsedCommit[] {
  return splitMessage(message).map(parseNormalized);
}

function parseNormalized(message: string): ParsedCommit {
  const { header: line, body } = headerLine(message);
  const header = parseHeader(line);
  const footers = parseFooters(body);
  const breakingIn = placeOfBreaking(header?.bang === true, footers);
  const reverted = revertedHeader(line, header);
  return {
    header: line,
    type: reverted === undefined ? header?.type : 'revert',
    scope: header?.scope,
    breaking: breakingIn === 'header' || breakingIn === 'footer',
    breakingIn,
    breakingNotes: [...footers.breaking, ...footers.strayBreaking].filter((note) => note !== ''),
    description: header?.description ?? line,
    revert: reverted === undefined ? undefined : revertOf(reverted, message, footers.refs),
    releaseAs: releaseAsOf(footers.releaseAs),
  };
}

function placeOfBreaking(bang: boolean, { breaking, strayBreaking }: Footers): ParsedCommit['breakingIn'] {
  if (bang) return 'header';
  if (breaking.length > 0) return 'footer';
  return strayBreaking.length > 0 ? 'body' : undefined;
}

// A merge commit says what was merged in its first paragraph: "Merge pull request #1 from a/b", empty line, title.
function headerLine(message: string): { header: string; body: string } {
  const first = cutLine(message);
  if (MERGE.test(first.line)) {
    const { line, rest } = cutLine(first.rest.trimStart());
    if (parseHeader(line) !== undefined) return { header: line, body: rest };
  }
  return { header: first.line, body: first.rest };
}

function cutLine(text: string): { line: string; rest: string } {
  const end = text.indexOf('\n');
  return end < 0 ? { line: text.trim(), rest: '' } : { line: text.slice(0, end).trim(), rest: text.slice(end + 1) };
}

function revertOf(header: string, message: string, refs: readonly string[]): Revert {
  const { shas, pulls } = revertedObjects(cutLine(message).rest);
  const references = refs.flatMap((value) => value.toLowerCase().match(/\b[0-9a-f]{7,64}\b/g) ?? []);
  return { header, shas: [...shas, ...references], pulls };
}

function releaseAsOf(values: readonly string[]): string | undefined {
  const value = values.at(-1)?.split(/\s/, 1)[0]?.replace(/^v/i, '');
  return value === '' ? undefined : value;
}
