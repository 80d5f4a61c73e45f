import {
  endOfString,
  endOfWord,
  isWordCode,
  literalOf,
  skipTrivia,
  TextPositions,
  wordFilter,
} from './parse-javascript-tokens.ts';

/** A module that a file asks for; `glob` texts have `*` where the program computes a part, `asset` texts name a file by URL. */
export interface ImportSpecifier {
  readonly text: string;
  readonly kind: 'import' | 'type' | 'glob' | 'asset';
}

const WORDS = wordFilter(['import', 'export', 'require', 'jest', 'vi', 'vitest', 'mock', 'URL']);
const MOCKS =
  /\s*\??\.\s*(?:mock|doMock|unmock|dontMock|deepUnmock|doUnmock|setMock|unstable_mockModule|unstable_unmockModule|requireActual|requireMock|createMockFromModule|genMockFromModule|importActual|importMock|module)\s*(?:<[^;]{0,400}?>)?\s*\(/y;
const REQUIRE = /\s*(?:\?\.\s*|\.\s*resolve\s*)?(?:<[^;]{0,400}?>)?\(/y;
const IMPORT_PHASE = /\s*\.\s*(?:source|defer)\s*\(/y;
const IMPORT_META_GLOB = /\s*\.\s*meta\s*\.\s*glob(?:Eager)?\s*(?:<[^;]{0,400}?>)?\s*\(/y;
const URL_OF_MODULE = /\s*\(\s*(['"])((?:(?!\1)[^\\\n])+)\1\s*,\s*import\s*\.\s*meta\s*\.\s*url/y;

/**
 * The modules that TypeScript or JavaScript text (also JSX) imports, requires, re-exports, loads dynamically or mocks.
 * Strings, comments, templates and regular expressions are skipped; text that does not parse yields what can be read.
 */
export function parseJavaScriptImports(source: string): ImportSpecifier[] {
  const found: ImportSpecifier[] = [];
  const positions = new TextPositions(source);
  for (let word = positions.nextWord(WORDS); word !== undefined; word = positions.nextWord(WORDS)) {
    const { end } = positions;
    const next = readWord(source, word, end, found);
    if (next > end) positions.jump(next);
  }
  return found;
}

// Answers where to go on reading.
function readWord(source: string, word: string, end: number, found: ImportSpecifier[]): number {
  switch (word) {
    case 'import':
      return readImport(source, end, found);
    case 'export':
      return /[{*t]/.test(source[skipTrivia(source, end)] ?? '') ? readClause(source, end, found) : end;
    case 'require':
      return readCall(source, end, { pattern: REQUIRE, found });
    case 'jest':
    case 'vi':
    case 'vitest':
    case 'mock':
      return readCall(source, end, { pattern: MOCKS, found });
    case 'URL': {
      URL_OF_MODULE.lastIndex = end;
      const match = URL_OF_MODULE.exec(source);
      if (match !== null) found.push({ text: match[2] as string, kind: 'asset' });
      return end;
    }
    default:
      return end;
  }
}

function readImport(source: string, end: number, found: ImportSpecifier[]): number {
  const at = skipTrivia(source, end);
  const character = source[at];
  if (character === '(') return readArgument(source, at + 1, found);
  if (character === '"' || character === "'") return readSpecifier(source, at, { found, kind: 'import' });
  if (character !== '.') return readClause(source, end, found);
  const glob = readGlobCall(source, end, found);
  return glob ?? readCall(source, end, { pattern: IMPORT_PHASE, found });
}

function readGlobCall(source: string, end: number, found: ImportSpecifier[]): number | undefined {
  IMPORT_META_GLOB.lastIndex = end;
  if (!IMPORT_META_GLOB.test(source)) return undefined;
  let at = skipTrivia(source, IMPORT_META_GLOB.lastIndex);
  if (source[at] === '[') at = skipTrivia(source, at + 1);
  while (source[at] === '"' || source[at] === "'" || source[at] === '`') {
    at = readSpecifier(source, at, { found, kind: 'glob' });
    at = skipTrivia(source, at);
    if (source[at] !== ',') break;
    at = skipTrivia(source, at + 1);
  }
  return at;
}

function readCall(
  source: string,
  end: number,
  { pattern, found }: { pattern: RegExp; found: ImportSpecifier[] },
): number {
  pattern.lastIndex = end;
  return pattern.test(source) ? readArgument(source, pattern.lastIndex, found) : end;
}

function readArgument(source: string, start: number, found: ImportSpecifier[]): number {
  const at = skipTrivia(source, start);
  const quote = source[at];
  if (quote !== '"' && quote !== "'" && quote !== '`') return start;
  const end = endOfString(source, at);
  if (end === -1) return start;
  const text = literalOf(source.slice(at + 1, end - 1));
  const computed = source[skipTrivia(source, end)] === '+';
  const pattern = quote === '`' ? text.replace(/\$\{[^}]*\}/g, '*') : text;
  if (computed) found.push({ text: `${pattern}*`, kind: 'glob' });
  else found.push({ text: pattern, kind: pattern === text ? 'import' : 'glob' });
  return end;
}

function readSpecifier(
  source: string,
  at: number,
  { found, kind }: { found: ImportSpecifier[]; kind: ImportSpecifier['kind'] },
): number {
  const end = endOfString(source, at);
  if (end === -1) return at + 1;
  found.push({ text: literalOf(source.slice(at + 1, end - 1)), kind });
  return end;
}

// `{ a, b as c } from 'x'`, `* as n from 'x'`, `type T from 'x'`, `d, { a } from 'x'`; anything else is left alone.
function readClause(source: string, start: number, found: ImportSpecifier[]): number {
  let depth = 0;
  let at = skipTrivia(source, start);
  const typeOnly = isTypeOnly(source, at);
  for (let first = true; at < source.length; first = false) {
    const character = source[at] as string;
    if (isWordCode(source.charCodeAt(at))) {
      const end = endOfWord(source, at);
      const next = skipTrivia(source, end);
      const quoted = source[next] === '"' || source[next] === "'";
      if (depth === 0 && quoted && source.slice(at, end) === 'from') {
        return readSpecifier(source, next, { found, kind: typeOnly ? 'type' : 'import' });
      }
      if (
        depth === 0 &&
        first &&
        /^(?:const|let|var|function|class|default|async|enum|interface|abstract)$/.test(source.slice(at, end))
      )
        return start;
      at = next;
      continue;
    }
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (depth > 0 && (character === '"' || character === "'")) at = Math.max(at, endOfString(source, at) - 1);
    else if (character !== ',' && character !== '*') return start;
    if (depth < 0) return start;
    at = skipTrivia(source, at + 1);
  }
  return start;
}

// `import type from 'x'` and `import type, { a } from 'x'` import a value that is called `type`.
function isTypeOnly(source: string, at: number): boolean {
  const match = /^type(?:of)?(?![\w$])/.exec(source.slice(at, at + 8));
  if (match === null) return false;
  const next = skipTrivia(source, at + match[0].length);
  if (source[next] === ',') return false;
  if (!/^from(?![\w$])/.test(source.slice(next, next + 6))) return true;
  const after = source[skipTrivia(source, next + 4)];
  return after !== '"' && after !== "'";
}
