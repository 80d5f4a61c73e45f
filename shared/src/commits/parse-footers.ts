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
const BREAKING = /^BREAKING[ -]CHANGE$/;

/**
 * Reads the footers of a commit body, in time linear in its length. A footer starts a paragraph or follows a footer,
 * at the start of the line; lines inside a closed code fence are text.
 * Rules 8 to 12 and 16 of https://www.conventionalcommits.org/en/v1.0.0/
 */
export function parseBody(lines: readonly string[]): BodyParts {
  const fenced = fencedLines(lines);
  const text: string[] = [];
  const footers: { token: string; value: string[] }[] = [];
  const strayBreaking: string[] = [];
  let mayStart = true;
  for (const [index, line] of lines.entries()) {
    const footer = fenced.has(index) ? undefined : footerOf(line);
    if (footer !== undefined && mayStart) {
      footers.push({ token: footer.token, value: [footer.value] });
      continue;
    }
    if (footer !== undefined && isBreakingToken(footer.token)) strayBreaking.push(footer.value);
    mayStart = line.trim() === '';
    (footers.at(-1)?.value ?? text).push(line);
  }
  return {
    text: text.join('\n').trim(),
    footers: footers.map(({ token, value }) => ({ token, value: value.join('\n').trim() })),
    strayBreaking,
  };
}

/** Whether a footer announces a breaking change; upper case only, with a space or a hyphen. */
export function isBreakingToken(token: string): boolean {
  return BREAKING.test(token);
}

function footerOf(line: string): Footer | undefined {
  const match = BREAKING_FOOTER.exec(line) ?? FOOTER.exec(line);
  return match === null ? undefined : { token: match[1] ?? '', value: match[2] ?? match[3] ?? '' };
}

// A fence without an end hides nothing: a footer must not be lost to a stray ```.
function fencedLines(lines: readonly string[]): ReadonlySet<number> {
  const fenced = new Set<number>();
  let start: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (!/^ {0,3}(```|~~~)/.test(line)) continue;
    if (start === undefined) {
      start = index;
      continue;
    }
    for (let inside = start; inside <= index; inside++) fenced.add(inside);
    start = undefined;
  }
  return fenced;
}
