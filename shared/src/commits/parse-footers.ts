/** One footer, `Release-As: 2.0.0` or `Closes #12`; the value may span lines and paragraphs. */
export interface Footer {
  readonly token: string;
  readonly value: string;
}

/** A body cut into its text and its footers. */
export interface BodyParts {
  readonly text: string;
  readonly footers: readonly Footer[];
  /** Texts of "BREAKING CHANGE:" lines that stand where no footer may stand, in the middle of a paragraph. */
  readonly strayBreaking: readonly string[];
}

const FOOTER = /[A-Za-z][\w-]*(?::[ \t]+| (?=#))(?=.*\S)/y;
// No prose looks like this, so up to three spaces before it do no harm; four are code in Markdown.
// The explanation may begin on the next line.
const BREAKING_FOOTER = /BREAKING[ -]CHANGE(?::[ \t]*$|:[ \t]+(?=.*\S)| (?=#))/my;
// Most bodies have none, and are not read by the line.
const ANY_FOOTER = /^(?:[A-Za-z][\w-]*(?::[ \t]| #)| {0,3}BREAKING)/m;
const FENCE = /^ {0,3}(?:```|~~~)/gm;
const [TAB, SPACE, COLON, UPPER_B] = [0x09, 0x20, 0x3a, 0x42];

/**
 * Reads the footers of a commit body, in time linear in its length. A footer starts a paragraph or follows a footer,
 * at the start of the line; lines inside a closed code fence are text.
 * Rules 8 to 12 and 16 of https://www.conventionalcommits.org/en/v1.0.0/
 */
export function parseBody(body: string): BodyParts {
  if (!ANY_FOOTER.test(body)) return { text: body.trim(), footers: [], strayBreaking: [] };
  const fences = closedFences(body);
  const starts: FooterStart[] = [];
  const strayBreaking: string[] = [];
  let mayStart = true;
  for (let [line, end] = [0, 0]; line <= body.length; line = end + 1) {
    end = lineEnd(body, fences.get(line) ?? line);
    if (fences.has(line)) {
      mayStart = false;
      continue;
    }
    const footer = breakingAt(body, line) ?? (mayStart ? footerAt(body, line) : undefined);
    if (footer !== undefined && mayStart) {
      starts.push(footer);
      continue;
    }
    if (footer !== undefined) strayBreaking.push(body.slice(footer.value, end).trim());
    mayStart = line === end || body.slice(line, end).trim() === '';
  }
  return {
    text: body.slice(0, starts[0]?.line ?? body.length).trim(),
    footers: starts.map(({ token, value }, index) => ({
      token,
      value: body.slice(value, starts[index + 1]?.line).trim(),
    })),
    strayBreaking,
  };
}

/** Whether a footer announces a breaking change; upper case only, with a space or a hyphen. */
export function isBreakingToken(token: string): boolean {
  return token === 'BREAKING CHANGE' || token === 'BREAKING-CHANGE';
}

/** Where the line of a footer and its value begin. */
interface FooterStart {
  readonly line: number;
  readonly token: string;
  readonly value: number;
}

// Most lines are told by their first letter: a regular expression on each would take most of the time.
function breakingAt(body: string, line: number): FooterStart | undefined {
  let start = line;
  while (start < line + 3 && body.charCodeAt(start) === SPACE) start += 1;
  if (body.charCodeAt(start) !== UPPER_B || !matchesAt(BREAKING_FOOTER, body, start)) return undefined;
  const token = body.startsWith('BREAKING CHANGE', start) ? 'BREAKING CHANGE' : 'BREAKING-CHANGE';
  return { line, token, value: BREAKING_FOOTER.lastIndex };
}

function footerAt(body: string, line: number): FooterStart | undefined {
  if (!matchesAt(FOOTER, body, line)) return undefined;
  const value = FOOTER.lastIndex;
  let end = value;
  for (let code = COLON; code === SPACE || code === TAB || code === COLON; code = body.charCodeAt(end - 1)) end -= 1;
  return { line, token: body.slice(line, end), value };
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
