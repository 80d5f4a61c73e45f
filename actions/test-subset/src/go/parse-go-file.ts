/** What a Go file says about other files. */
export interface GoFile {
  /** Import paths, in the order of the file; `C` is cgo. */
  readonly imports: readonly string[];
  /** Patterns of `//go:embed`, without `all:`. */
  readonly embeds: readonly string[];
  /** Strings in the rest of the file that may name a package's folder, as `go build ./cmd/server` does. */
  readonly paths: readonly string[];
}

const TOKEN = /[\s\ufeff]+|\/\/[^\n]*|\/\*.*?\*\/|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|([\p{L}_][\p{L}\p{N}_]*|[().;])/suy;
const EMBED = /^[ \t]*\/\/go:embed[ \t]+(.+)$/gm;
const PATH = /(["`])((?:\.{1,2}\/)?[\w.~-]+(?:\/[\w.~-]+)*)\1/g;

/**
 * Reads the imports as the go command does (The Go Programming Language Specification, "Source file organization": they stand
 * before every other declaration), whatever the build constraints say; text that does not parse yields what can be read.
 */
export function parseGoFile(source: string): GoFile {
  const header = parseHeader(source);
  const embeds = source.includes('//go:embed')
    ? [...source.matchAll(EMBED)].flatMap(([, words]) => patternsOf(words))
    : [];
  const paths = [...source.slice(header.end).matchAll(PATH)].map((match) => match[2] as string);
  return { imports: header.imports, embeds, paths: [...new Set(paths.filter((path) => path.includes('/')))] };
}

// `package name`, then nothing but imports: in a list, each alone, with a name, `.` or `_` before the path.
function parseHeader(source: string): { imports: string[]; end: number } {
  const imports: string[] = [];
  const token = new RegExp(TOKEN);
  let end = 0;
  let state: 'name' | 'between' | 'import' | 'list' = 'between';
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    const [, text, word] = match;
    if (text !== undefined) {
      if (state !== 'import' && state !== 'list') break;
      imports.push(unquote(text));
      if (state === 'import') state = 'between';
    } else if (word === '(' && state === 'import') state = 'list';
    else if (word === ')') state = 'between';
    else if (state === 'name' && word !== undefined) state = 'between';
    else if (state === 'between' && word !== undefined && word !== ';') {
      if (word !== 'package' && word !== 'import') break;
      state = word === 'package' ? 'name' : 'import';
    }
    end = token.lastIndex;
  }
  return { imports, end };
}

// Patterns are divided by spaces, or quoted as Go strings (pkg.go.dev/embed, "Directives").
function patternsOf(words: string | undefined): string[] {
  const patterns = (words ?? '').matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|\S+/g);
  return [...patterns].map(([word]) => (/^["`]/.test(word) ? unquote(word) : word).replace(/^all:/, ''));
}

function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner.replaceAll('\r', '');
  return inner.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g,
    (_, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
      const hex = x ?? u ?? long;
      if (hex === undefined && octal === undefined) return other ?? '';
      const code = hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}
