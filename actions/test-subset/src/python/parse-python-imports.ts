/** One `import` of a Python file: `level` counts the leading dots of a relative import, `names` follow `from … import`. */
export interface PythonImport {
  readonly module: string;
  readonly level: number;
  /** Empty for `import module`; `*` for a star import. */
  readonly names: readonly string[];
}

const NAME = String.raw`[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*`;
const DOTTED = new RegExp(String.raw`^${NAME}(?:\s*\.\s*${NAME})*$`);
const STRING_START = /^(?:[rRbBuUfFtT]{0,3})$/;
const LOADERS =
  /\b(?:import_module|__import__|importorskip|patch|setattr|delattr)\s*\(\s*(['"])([\w.]+)\1|\bpytest_plugins\s*(?::[^=\n]*)?=\s*([[(]?\s*['"][^\])]*|['"][\w.]+['"])/g;

/**
 * The imports of Python text, wherever they stand (also in functions and behind `if`), as CPython's `ast` reports them.
 * Strings, comments and brackets are skipped; text that does not parse yields what can be read.
 */
export function parsePythonImports(source: string): PythonImport[] {
  const found: PythonImport[] = [];
  let depth = 0;
  let statementMayStart = true;
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (isNameStart(code)) {
      const end = endOfName(source, at);
      const word = end - at <= 6 ? source.slice(at, end) : '';
      const next = source.charCodeAt(end);
      if ((next === 34 || next === 39) && STRING_START.test(word)) at = endOfPythonString(source, end);
      else if (statementMayStart && depth === 0 && (word === 'import' || word === 'from')) {
        const statement = readStatement(source, at);
        found.push(...parseStatement(statement.text));
        at = statement.end;
      } else at = end;
      statementMayStart = false;
    } else if (code === 34 || code === 39) {
      at = endOfPythonString(source, at);
      statementMayStart = false;
    } else if (code === 35) at = endOfLine(source, at);
    else {
      if (code === 40 || code === 91 || code === 123) depth += 1;
      else if (code === 41 || code === 93 || code === 125) depth = Math.max(0, depth - 1);
      if (code === 92 && isLineBreak(source.charCodeAt(at + 1))) at += source.startsWith('\r\n', at + 1) ? 2 : 1;
      else if (isLineBreak(code) || code === 59 || code === 58) statementMayStart = depth === 0;
      else if (code !== 32 && code !== 9 && code !== 12) statementMayStart = false;
      at += 1;
    }
  }
  return found;
}

/** Modules that a file loads by name: `import_module("a.b")`, `patch("a.b.c")`, `pytest_plugins = ["a.b"]`. */
export function parsePythonLoads(source: string): string[] {
  if (!/import_module|__import__|importorskip|patch|attr\s*\(|pytest_plugins/.test(source)) return [];
  const found: string[] = [];
  for (const match of source.matchAll(LOADERS)) {
    if (match[2] !== undefined) found.push(match[2]);
    for (const quoted of (match[3] ?? '').matchAll(/['"]([\w.]+)['"]/g)) found.push(quoted[1] as string);
  }
  return found.filter((name) => !name.startsWith('.') && !name.endsWith('.'));
}

// One logical line as plain text: comments and line continuations become spaces.
function readStatement(source: string, start: number): { text: string; end: number } {
  let depth = 0;
  let text = '';
  let at = start;
  while (at < source.length) {
    const character = source[at] as string;
    if (character === '#') {
      at = endOfLine(source, at);
      continue;
    }
    if (character === '\\' && isLineBreak(source.charCodeAt(at + 1))) {
      at += source.startsWith('\r\n', at + 1) ? 3 : 2;
      text += ' ';
      continue;
    }
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth <= 0 && (character === ';' || isLineBreak(character.charCodeAt(0)))) break;
    text += character === '(' || character === ')' ? ' ' : character;
    at += 1;
  }
  return { text, end: at };
}

function parseStatement(statement: string): PythonImport[] {
  const from = /^from\s*(\.[.\s]*)?([^.\s][\s\S]*?|)\s*\bimport\b\s*([\s\S]*)$/.exec(statement);
  if (from !== null) {
    const level = (from[1] ?? '').replace(/\s/g, '').length;
    const module = (from[2] ?? '').replace(/\s/g, '');
    const names = namesOf(from[3] ?? '');
    const named = module === '' ? level > 0 : DOTTED.test(module);
    return named && names.length > 0 ? [{ module, level, names }] : [];
  }
  if (!/^import\s/.test(statement)) return [];
  return namesOf(statement.slice('import'.length)).map((module) => ({ module, level: 0, names: [] }));
}

function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((item) => (item.trim().split(/\s+as\s+/)[0] as string).replace(/\s/g, ''))
    .filter((name) => name === '*' || DOTTED.test(name));
}

function endOfPythonString(source: string, at: number): number {
  const quote = source[at] as string;
  const triple = source.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  for (let end = at + close.length; end < source.length; end++) {
    const code = source.charCodeAt(end);
    if (code === 92) end += source.startsWith('\r\n', end + 1) ? 2 : 1;
    else if (source.startsWith(close, end)) return end + close.length;
    else if (!triple && isLineBreak(code)) return end;
  }
  return source.length;
}

function endOfLine(source: string, at: number): number {
  let end = at;
  while (end < source.length && !isLineBreak(source.charCodeAt(end))) end += 1;
  return end;
}

function isLineBreak(code: number): boolean {
  return code === 10 || code === 13;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127;
}

function endOfName(source: string, at: number): number {
  let end = at + 1;
  while (end < source.length && (isNameStart(source.charCodeAt(end)) || isDigit(source.charCodeAt(end)))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
