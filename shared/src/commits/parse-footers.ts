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

const FOOTER = /^([A-Za-z][\w-]*)(?::[ \t]+| (?=#))(.*\S)/;
// No prose looks like this, so up to three spaces before it do no harm; four are code in Markdown.
// The explanation may begin on the next line.
const BREAKING_FOOTER = /^ {0,3}(BREAKING[ -]CHANGE)(?::[ \t]*$|:[ \t]+(.*\S)| (#.*\S))/;
// Most bodies have none, and are not cut into lines.
const ANY_FOOTER = /^(?:[A-Za-z][\w-]*(?::[ \t]| #)| {0,3}BREAKING)/m;
const FENCE = /^ {0,3}(?:```|~~~)/;
const [SPACE, UPPER_B, BACKTICK, TILDE] = [0x20, 0x42, 0x60, 0x7e];

/**
 * Reads the footers of a commit body, in time linear in its length. A footer starts a paragraph or follows a footer,
 * at the start of the line; lines inside a closed code fence are text.
 * Rules 8 to 12 and 16 of https://www.conventionalcommits.org/en/v1.0.0/
 */
export function parseBody(body: string): BodyParts {
  if (!ANY_FOOTER.test(body)) return { text: body.trim(), footers: [], strayBreaking: [] };
  const lines = body.split('\n');
  const fences = closedFences(lines);
  const text: string[] = [];
  const footers: { token: string; value: string[] }[] = [];
  const strayBreaking: string[] = [];
  let current = text;
  let mayStart = true;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const fenceEnd = fences?.get(index);
    if (fenceEnd !== undefined) {
      current.push(...lines.slice(index, fenceEnd + 1));
      [index, mayStart] = [fenceEnd, false];
      continue;
    }
    const footer = mayStart ? (breakingFooter(line) ?? footerOf(line)) : breakingFooter(line);
    if (footer !== undefined && mayStart) {
      current = [footer.value];
      footers.push({ token: footer.token, value: current });
      continue;
    }
    if (footer !== undefined) strayBreaking.push(footer.value);
    mayStart = line === '' || line.trim() === '';
    current.push(line);
  }
  return {
    text: text.join('\n').trim(),
    footers: footers.map(({ token, value }) => ({
      token,
      value: value.length > 1 ? value.join('\n').trim() : (value[0] ?? ''),
    })),
    strayBreaking,
  };
}

/** Whether a footer announces a breaking change; upper case only, with a space or a hyphen. */
export function isBreakingToken(token: string): boolean {
  return token === 'BREAKING CHANGE' || token === 'BREAKING-CHANGE';
}

// Most lines are told by their first letter: a regular expression on each would take most of the time.
function breakingFooter(line: string): Footer | undefined {
  if (firstLetter(line) !== UPPER_B) return undefined;
  const match = BREAKING_FOOTER.exec(line);
  return match === null ? undefined : { token: match[1] ?? '', value: match[2] ?? match[3] ?? '' };
}

function footerOf(line: string): Footer | undefined {
  if (!line.includes(':') && !line.includes('#')) return undefined;
  const match = FOOTER.exec(line);
  return match === null ? undefined : { token: match[1] ?? '', value: match[2] ?? '' };
}

// The last line of each code fence by its first. A fence without an end hides nothing: a footer must not be lost to a stray ```.
function closedFences(lines: readonly string[]): ReadonlyMap<number, number> | undefined {
  const found: number[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const first = firstLetter(line);
    if ((first === BACKTICK || first === TILDE) && FENCE.test(line)) found.push(index);
  }
  if (found.length < 2) return undefined;
  const ends = new Map<number, number>();
  for (let index = 0; index + 1 < found.length; index += 2) ends.set(found[index] ?? 0, found[index + 1] ?? 0);
  return ends;
}

// Four spaces are code in Markdown.
function firstLetter(line: string): number {
  let column = 0;
  while (column < 3 && line.charCodeAt(column) === SPACE) column += 1;
  return line.charCodeAt(column);
}
