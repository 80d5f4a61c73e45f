import { endOfString, endOfWord, isWordCode, literalOf, skipTrivia } from './parse-javascript-tokens.ts';

/** A value of a configuration file; what is not a literal is kept as the text of its expression. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | Expression
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/** Code that only running the file could evaluate. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** The last string inside: the folder in `path.resolve(__dirname, 'src')` and `new URL('./src', import.meta.url)`. */
  lastString(): string | undefined {
    return [...this.text.matchAll(/(['"`])((?:(?!\1)[^\\\n])*)\1/g)].at(-1)?.[2];
  }
}

const STARTS = [
  /\b(?:defineConfig|defineProject|mergeConfig\s*\([^{]*|createJestConfig)\s*\(\s*(?:(?:async\s*)?\([^)]*\)\s*=>\s*\(?\s*)?(?=\{)/,
  /(?:\bexport\s+default|\bmodule\.exports\s*=)\s*(?:(?:async\s*)?\([^)]*\)\s*=>\s*\(?\s*)?(?=\{)/,
  /\b(?:const|let|var)\s+\w*[cC]onfig\w*\s*(?::[^=]+)?=\s*(?=\{)/,
];

/** The object literal that a configuration file (jest.config.*, vitest.config.*, vite.config.*) exports; undefined where there is none. */
export function parseConfigLiteral(source: string): Readonly<Record<string, ConfigValue>> | undefined {
  for (const pattern of STARTS) {
    const match = pattern.exec(source);
    if (match === null) continue;
    const { value } = readValue(source, match.index + match[0].length);
    if (isConfigObject(value)) return value;
  }
  return undefined;
}

/** Whether a value is an object with keys. */
export function isConfigObject(value: unknown): value is Readonly<Record<string, ConfigValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Expression);
}

/** The strings of a string or a list of strings; undefined where any of it is computed. */
export function stringsOf(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string') ? list : undefined;
}

interface Read {
  readonly value: ConfigValue;
  readonly end: number;
}

function readValue(source: string, from: number): Read {
  const at = skipTrivia(source, from);
  const character = source[at];
  const literal =
    character === '{' ? readObject(source, at) : character === '[' ? readList(source, at) : readScalar(source, at);
  if (literal !== undefined && /[,;}\])]|^$/.test(source[skipTrivia(source, skipCast(source, literal.end))] ?? '')) {
    return { value: literal.value, end: skipCast(source, literal.end) };
  }
  const end = endOfExpression(source, at);
  return { value: new Expression(source.slice(at, end).trim()), end };
}

// `as const`, `satisfies Config`
function skipCast(source: string, end: number): number {
  const cast = /^\s*(?:as|satisfies)\s+[\w.<>]+/.exec(source.slice(end, end + 80));
  return cast === null ? end : end + cast[0].length;
}

function readScalar(source: string, at: number): Read | undefined {
  const character = source[at] ?? '';
  if (character === '"' || character === "'" || character === '`') {
    const end = endOfString(source, at);
    const inside = source.slice(at + 1, end - 1);
    return end === -1 || (character === '`' && inside.includes('${')) ? undefined : { value: literalOf(inside), end };
  }
  const word = /^(?:true|false|null|-?\d+(?:\.\d+)?)\b/.exec(source.slice(at, at + 20))?.[0];
  return word === undefined ? undefined : { value: JSON.parse(word) as ConfigValue, end: at + word.length };
}

function readList(source: string, start: number): Read {
  const items: ConfigValue[] = [];
  let at = skipTrivia(source, start + 1);
  while (at < source.length && source[at] !== ']') {
    const item = readValue(source, at);
    items.push(item.value);
    at = skipTrivia(source, item.end);
    if (source[at] === ',') at = skipTrivia(source, at + 1);
    else if (source[at] !== ']') break;
  }
  return { value: items, end: at + 1 };
}

function readObject(source: string, start: number): Read {
  const object: Record<string, ConfigValue> = {};
  let at = skipTrivia(source, start + 1);
  while (at < source.length && source[at] !== '}') {
    const key = readKey(source, at);
    const colon = skipTrivia(source, key.end);
    if (key.name === '' || source[colon] !== ':') {
      const end = endOfExpression(source, at);
      object[key.name === '' ? '...' : key.name] = new Expression(source.slice(at, end).trim());
      at = end;
    } else {
      const member = readValue(source, colon + 1);
      object[key.name] = member.value;
      at = member.end;
    }
    at = skipTrivia(source, at);
    if (source[at] === ',') at = skipTrivia(source, at + 1);
    else if (source[at] !== '}') break;
  }
  return { value: object, end: at + 1 };
}

function readKey(source: string, at: number): { name: string; end: number } {
  const character = source[at];
  if (character === '"' || character === "'") {
    const end = endOfString(source, at);
    return end === -1 ? { name: '', end: at } : { name: literalOf(source.slice(at + 1, end - 1)), end };
  }
  if (!isWordCode(source.charCodeAt(at))) return { name: '', end: at };
  const end = endOfWord(source, at);
  return { name: source.slice(at, end), end };
}

// The position of the comma or bracket that ends the expression.
function endOfExpression(source: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < source.length) {
    at = skipTrivia(source, at);
    const character = source[at] ?? '';
    if (character === '"' || character === "'" || character === '`') {
      const end = endOfString(source, at);
      at = end === -1 ? at + 1 : end;
      continue;
    }
    if (depth === 0 && (character === ',' || character === ';')) return at;
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character) && --depth < 0) return at;
    at += 1;
  }
  return source.length;
}
