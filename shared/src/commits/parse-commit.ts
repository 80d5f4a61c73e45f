import { type Footers, parseFooters } from './parse-footers.ts';
import { parseHeader, type Revert, revertedHeader, revertedObjects } from './parse-header.ts';
import { cutLine, mergedMessage, normalizedMessage, splitMessage } from './split-message.ts';

/** A commit message, understood as far as it goes. Nothing in it is escaped: it is untrusted text. */
export interface ParsedCommit {
  /** The line that was read as the header; for a merge commit the title of what was merged. */
  readonly header: string;
  /** In lower case; undefined where the header is not conventional. */
  readonly type: string | undefined;
  readonly scope: string | undefined;
  /** The strongest place where a breaking change is announced; `body` is an item of a list or bold. */
  readonly breakingIn: 'header' | 'footer' | 'body' | undefined;
  /** What breaks, in the words behind "BREAKING CHANGE:", wherever it stands. */
  readonly breakingNotes: readonly string[];
  /** The header without type and scope, or the whole header where it is not conventional. */
  readonly description: string;
  readonly revert: Revert | undefined;
  /** The version a `Release-As` footer asks for, without a leading `v`; not checked. */
  readonly releaseAs: string | undefined;
}

/** Where a breaking change may be announced; each place includes the ones before. */
export type BreakingScope = 'header' | 'footer' | 'anywhere';

/** Whether the commit announces a breaking change in a place where that counts. */
export function isBreaking({ breakingIn }: ParsedCommit, scope: BreakingScope = 'footer'): boolean {
  if (breakingIn === undefined || scope === 'anywhere') return breakingIn !== undefined;
  return breakingIn === 'header' || breakingIn === scope;
}

/** Reads the message of one commit. Never throws, in time linear in its length; an empty message has an empty header. */
export function parseCommit(message: string): ParsedCommit {
  return parseNormalized(mergedMessage(normalizedMessage(message)));
}

/** Every conventional commit inside one message (see `splitMessage`), the message's own first. Never throws. */
export function parseCommits(message: string): ParsedCommit[] {
  return splitMessage(message).map(parseNormalized);
}

function parseNormalized(message: string): ParsedCommit {
  const { line, rest: body } = cutLine(message);
  const header = parseHeader(line);
  const footers = parseFooters(body);
  const breakingIn = placeOfBreaking(header?.bang === true, footers);
  const reverted = revertedHeader(line, header);
  return {
    header: line,
    type: reverted === undefined ? header?.type : 'revert',
    scope: header?.scope,
    breakingIn,
    breakingNotes: [...footers.breaking, ...footers.strayBreaking].filter((note) => note !== ''),
    description: header?.description ?? line,
    revert: reverted === undefined ? undefined : revertOf(reverted, body, footers.refs),
    releaseAs: releaseAsOf(footers.releaseAs),
  };
}

function placeOfBreaking(bang: boolean, { breaking, strayBreaking }: Footers): ParsedCommit['breakingIn'] {
  if (bang) return 'header';
  if (breaking.length > 0) return 'footer';
  return strayBreaking.length > 0 ? 'body' : undefined;
}

function revertOf(header: string, body: string, refs: readonly string[]): Revert {
  const { shas, pulls } = revertedObjects(body);
  const references = refs.flatMap((value) => value.toLowerCase().match(/\b[0-9a-f]{7,64}\b/g) ?? []);
  return { header, shas: shas.length > 0 ? shas : references, pulls };
}

function releaseAsOf(values: readonly string[]): string | undefined {
  const value = values
    .at(-1)
    ?.split(/\s/, 1)[0]
    ?.replace(/^v(?=\d)/i, '');
  return value === '' ? undefined : value;
}
