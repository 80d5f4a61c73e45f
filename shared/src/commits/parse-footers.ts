import { unfoldFences } from './quoted-text.ts';

/** What the footers of a commit decide. All other footers only end the one before. */
export interface Footers {
  /** What breaks, a text for each footer; it may be empty. */
  readonly breaking: readonly string[];
  /** The same of "BREAKING CHANGE:" lines that are no footers: an item of a list, in bold type. */
  readonly strayBreaking: readonly string[];
  /** The values of `Release-As`. */
  readonly releaseAs: readonly string[];
  /** The values of `Refs`. */
  readonly refs: readonly string[];
}

type FooterKind = keyof Footers | 'other';

/** A footer whose value begins at the offset `value` and may span lines and paragraphs. */
interface FooterStart {
  readonly kind: FooterKind;
  readonly value: number;
}

const FOOTER = /[A-Za-z][\w-]*(?::[^\S\n]+(?=\S)| (?=#))/y;
const REFS = /refs\b(?!-)/iy;
// A version or a breaking change must not be lost to a missing space.
const RELEASE_AS = /release-as(?::[^\S\n]*(?=\S)| (?=#))/iy;
// No prose looks like this, so it may follow prose without an empty line, as release-please and conventional-changelog
// take it, and up to three spaces before it do no harm; four are code in Markdown. The explanation may begin on the next line.
const BREAKING = / {0,3}BREAKING[ -]CHANGE(?:[ \t]*:| (?=#))/y;
// As an item of a list, or in bold type.
const STRAY_BREAKING = / {0,3}(?:[-*+] +)?[*_]{0,3}BREAKING[ -]CHANGE[*_]{0,3}(?:[ \t]*:[*_]{0,3}| (?=#))/y;
// The answer to a template's question. Other tools take it for a breaking change; nobody who writes it does.
const NOTHING_BREAKS = /^(?:none|no|n\/a)\.?(?:\s*$|[^\S\n]*\n[^\S\n]*\n)/i;
// Most bodies have none, and are not read by the line.
const ANY_FOOTER = /^(?:[A-Za-z][\w-]*(?::| #)|[^\w\n]*BREAKING)/m;

/**
 * Reads the footers of a commit body whose code fences are folded, in time linear in its length. A footer starts
 * a paragraph or follows a footer and the lines of its value, at the start of the line; a breaking change any line.
 * Rules 8 to 12 and 16 of https://www.conventionalcommits.org/en/v1.0.0/
 */
export function parseFooters(body: string): Footers {
  const found = { breaking: [], strayBreaking: [], releaseAs: [], refs: [] } as Record<keyof Footers, string[]>;
  if (!ANY_FOOTER.test(body)) return found;
  const tell = ({ kind, value }: FooterStart, end: number) => {
    if (kind === 'other') return;
    const text = unfoldFences(body.slice(value, end).trim());
    if (kind === 'releaseAs' || kind === 'refs' || !NOTHING_BREAKS.test(text)) found[kind].push(text);
  };
  let open: FooterStart | undefined;
  let before: 'blank' | 'footer' | 'prose' = 'blank';
  for (let line = 0, end = 0; line <= body.length; line = end + 1) {
    end = lineEnd(body, line);
    const footer = footerAt(body, line, before !== 'prose');
    if (footer?.kind === 'strayBreaking') tell(footer, end);
    else if (footer !== undefined) {
      if (open !== undefined) tell(open, line);
      open = footer;
      before = 'footer';
      continue;
    }
    if (body.slice(line, end).trim() === '') before = 'blank';
    else if (before === 'blank') before = 'prose';
  }
  if (open !== undefined) tell(open, body.length);
  return found;
}

function footerAt(body: string, line: number, mayStart: boolean): FooterStart | undefined {
  if (matchesAt(BREAKING, body, line)) return { kind: 'breaking', value: BREAKING.lastIndex };
  if (mayStart) {
    if (matchesAt(RELEASE_AS, body, line)) return { kind: 'releaseAs', value: RELEASE_AS.lastIndex };
    if (matchesAt(FOOTER, body, line)) {
      return { kind: matchesAt(REFS, body, line) ? 'refs' : 'other', value: FOOTER.lastIndex };
    }
  }
  return matchesAt(STRAY_BREAKING, body, line) ? { kind: 'strayBreaking', value: STRAY_BREAKING.lastIndex } : undefined;
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function lineEnd(body: string, from: number): number {
  const end = body.indexOf('\n', from);
  return end < 0 ? body.length : end;
}
