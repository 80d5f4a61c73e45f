/** The first line of a conventional commit. https://www.conventionalcommits.org/en/v1.0.0/ */
export interface CommitHeader {
  /** In lower case, `feat`. */
  readonly type: string;
  /** As written, without the parentheses: `@org/x`, `a/b`. */
  readonly scope: string | undefined;
  readonly bang: boolean;
  readonly description: string;
}

const TYPE = /^([A-Za-z][\w-]*)/;
// `!` belongs behind the scope; who writes it before the scope, or twice, means the same.
const SCOPE = /^(!*)\((.*?)\)(!*):/;
const PLAIN = /^(!*):/;

/** Reads `type(scope)!: text`; undefined when the line is something else. Takes a missing space, never throws. */
export function parseHeader(line: string): CommitHeader | undefined {
  const type = TYPE.exec(line)?.[1];
  if (type === undefined) return undefined;
  const rest = line.slice(type.length);
  const scoped = SCOPE.exec(rest);
  const match = scoped ?? PLAIN.exec(rest);
  if (match === null) return undefined;
  const text = rest.slice(match[0].length);
  // `https://...` and `Foo::bar` are no headers.
  if (/^(\/\/|:)/.test(text)) return undefined;
  const scope = scoped?.[2]?.trim();
  return {
    type: type.toLowerCase(),
    scope: scope === '' ? undefined : scope,
    bang: Boolean(match[1] || match[3]),
    description: text.trim(),
  };
}

/** What a commit takes back, as Git and GitHub word it. */
export interface Revert {
  /** The header of the commit that is reverted; `''` when only its sha is known. */
  readonly header: string;
  /** Full or short shas, in lower case. */
  readonly shas: readonly string[];
  /** Numbers of reverted pull requests of the same repository ("Reverts owner/name#12"). */
  readonly pulls: readonly number[];
}

const QUOTED = /^(Revert(?:\^\d{1,3})?|Reapply) "(.*)"/;

/** What the line says to revert: `Revert "feat: x"`, `revert: feat: x`; for a revert of a revert `Reapply "feat: x"` (git) or `Revert^2 "feat: x"` (Gerrit). */
export function revertedHeader(line: string, header: CommitHeader | undefined): string | undefined {
  const [, word, title = ''] = QUOTED.exec(line) ?? [];
  if (word === undefined) return header?.type === 'revert' ? header.description : undefined;
  if (word === 'Revert') return title;
  const times = Number(word.split('^')[1] ?? 2) - 1;
  return `Revert${times > 1 ? `^${times}` : ''} "${title}"`;
}

/** The shas and pull requests that a body names as reverted. */
export function revertedObjects(body: string): Pick<Revert, 'shas' | 'pulls'> {
  const lists = matches(body, /\bThis reverts commits? ([0-9a-f]{7,64}(?:(?:,|,? and)\s+[0-9a-f]{7,64})*)\b/gi);
  const shas = lists.flatMap((list) => list.toLowerCase().match(/[0-9a-f]{7,}/g) ?? []);
  const pulls = matches(body, /^Reverts (?:[\w.-]+\/[\w.-]+)?#(\d{1,9})\b/gim);
  return { shas, pulls: pulls.map(Number) };
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}
