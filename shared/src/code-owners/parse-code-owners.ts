/** One line of a CODEOWNERS file; without owners it takes them away again. */
export interface OwnerRule {
  readonly pattern: RegExp;
  /** `@user`, `@organisation/team` or an e-mail address. */
  readonly owners: readonly string[];
}

/** Where GitHub looks for the file, in this order. */
export const CODE_OWNER_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const OWNER = /^(?:@[A-Za-z0-9][\w-]*(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/**
 * Reads a CODEOWNERS file. A line that GitHub does not understand is left out, the others count.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function parseCodeOwners(text: string): OwnerRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = wordsOf(line);
    if (pattern === undefined || !isKnownPattern(pattern)) return [];
    return owners.every((owner) => OWNER.test(owner)) ? [{ pattern: patternOf(pattern), owners }] : [];
  });
}

/** The owners of a file: those of the last line that matches. */
export function ownersOf(rules: readonly OwnerRule[], path: string): readonly string[] {
  return rules.findLast(({ pattern }) => pattern.test(path))?.owners ?? [];
}

// A space may be escaped; a `#` that starts a word starts a comment unless it is escaped.
function wordsOf(line: string): string[] {
  const words = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment === -1 ? words : words.slice(0, comment)).map((word) => word.replace(/\\([ #])/g, '$1'));
}

// Negation and character ranges work in .gitignore files, and not here.
function isKnownPattern(pattern: string): boolean {
  return !pattern.startsWith('!') && !/(?<!\\)[[\]]/.test(pattern);
}

function patternOf(pattern: string): RegExp {
  const inner = pattern.replace(/^\//, '').replace(/\/$/, '');
  const isAnchored = pattern.startsWith('/') || inner.includes('/');
  const source = inner.replace(/\\.|\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    if (found === '?') return '[^/]';
    return `\\${found.at(-1)}`;
  });
  // `docs/*` means the files of that folder only; a plain name also means all below it.
  const below = pattern.endsWith('/') ? '/.+' : inner.endsWith('/*') ? '' : '(?:/.*)?';
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${source}${below}$`);
}
