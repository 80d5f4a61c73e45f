/** What the footers of a commit decide. All other footers only end the one before. */
export interface Footers {
  /** What breaks, a text for each footer; it may be empty. */
  readonly breaking: readonly string[];
  /** The same of "BREAKING CHANGE:" lines that stand where no footer may stand, in the middle of a paragraph. */
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
const RELEASE_AS = /release-as\b(?!-)/iy;
const REFS = /refs\b(?!-)/iy;
// No prose looks like this, so up to three spaces before it do no harm; four are code in Markdown.
// The explanation may begin on the next line.
const BREAKING = / {0,3}BREAKING[ -]CHANGE(?::[ \t]*$|:[^\S\n]+(?=\S)| (?=#))/my;
// Most bodies have none, and are not read by the line.
const ANY_FOOTER = /^(?:[A-Za-z][\w-]*(?::[^\S\n]| #)| {0,3}BREAKING)/m;
const FENCE = /^ {0,3}(?:```|~~~)/gm;

/**
 * Reads the footers of a commit body, in time linear in its length. A footer starts a paragraph or follows a footer,
 * at the start of the line; lines inside a closed code fence are text.
 * Rules 8 to 12 and 16 of https://www.conventionalcommits.org/en/v1.0.0/
 */
export function parseFooters(body: string): Footers {
  const found = { breaking: [], strayBreaking: [], releaseAs: [], refs: [] } as Record<keyof Footers, string[]>;
  if (!ANY_FOOTER.test(body)) return found;
  const tell = ({ kind, value }: FooterStart, end: number) => {
    if (kind !== 'other') found[kind].push(body.slice(value, end).trim());
  };
  const fences = closedFences(body);
  let open: FooterStart | undefined;
  let mayStart = true;
  for (let line = 0, end = 0; line <= body.length; line = end + 1) {
    end = lineEnd(body, fences.get(line) ?? line);
    const footer = fences.has(line) ? undefined : footerAt(body, line, mayStart);
    if (footer?.kind === 'strayBreaking') tell(footer, end);
    else if (footer !== undefined) {
      if (open !== undefined) tell(open, line);
      open = footer;
      continue;
    }
    mayStart = !fences.has(line) && body.slice(line, end).trim() === '';
  }
  if (open !== undefined) tell(open, body.length);
  return found;
}

function footerAt(body: string, line: number, mayStart: boolean): FooterStart | undefined {
  if (matchesAt(BREAKING, body, line))
    return { kind: mayStart ? 'breaking' : 'strayBreaking', value: BREAKING.lastIndex };
  if (!mayStart || !matchesAt(FOOTER, body, line)) return undefined;
  const kind = matchesAt(RELEASE_AS, body, line) ? 'releaseAs' : matchesAt(REFS, body, line) ? 'refs' : 'other';
  return { kind, value: FOOTER.lastIndex };
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function lineEnd(body: string, from: number): number {
  const end = body.indexOf('\n', from);
  return end < 0 ? body.length : end;
}

// Where the last line of each code fence begins, by its first. A fence without an end hides nothing: a footer must not be lost to a stray ```.
function closedFences(body: string): ReadonlyMap<number, number> {
  const found = [...body.matchAll(FENCE)].map(({ index }) => index);
  const pairs = found.flatMap((first, index) =>
    index % 2 === 0 && index + 1 < found.length ? [[first, found[index + 1] ?? first] as const] : [],
  );
  return new Map(pairs);
}
