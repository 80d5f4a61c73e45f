const BACKSLASH = 92;
const SLASH = 47;
const BACKTICK = 96;
const OPEN = 123;
const CLOSE = 125;
const DOT = 46;

// After these words and characters a slash begins a regular expression.
const BEFORE_EXPRESSION = /^(?:return|typeof|case|in|of|delete|void|throw|new|do|else|yield|await|instanceof)$/;
const BEFORE_REGEX = '(,=:[!&|?{;+-*%~^>';
const REGEX = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//y;
const DOUBLE_QUOTED = /"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"/y;
const SINGLE_QUOTED = /'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'/y;
const TEMPLATE = /`[^`\\]*(?:\\[\s\S][^`\\]*)*`/y;
const TEMPLATE_STOP = /[`\\]|\$\{/g;

/** Words to look for. */
export interface WordFilter {
  readonly all: ReadonlySet<string>;
  /** Finds the next word, quote or slash; `nested` finds braces too. */
  readonly plain: RegExp;
  readonly nested: RegExp;
}

/** Prepares a search for `words` (ASCII letters). */
export function wordFilter(words: readonly string[]): WordFilter {
  const alternatives = `(?:${words.join('|')})(?![\\w$])`;
  return {
    all: new Set(words),
    plain: new RegExp(`["'\`/]|${alternatives}`, 'g'),
    nested: new RegExp(`["'\`/{}]|${alternatives}`, 'g'),
  };
}

/**
 * Walks over the words of JavaScript code; comments, strings, template texts and regular expressions are stepped over.
 * Regular expressions do the walking: they run compiled at once, where a loop over characters has to warm up first.
 */
export class TextPositions {
  readonly #source: string;
  #at = 0;
  #braces = 0;
  // The brace depth at which each open `${` ends.
  readonly #templates: number[] = [];
  // The last comments with nothing but space between them.
  #comments = { start: -1, end: -1 };

  constructor(source: string) {
    this.#source = source;
    if (source.startsWith('#!')) this.#at = endOfLine(source, 0);
  }

  /** Goes on at `at`, behind a value. */
  jump(at: number): void {
    this.#at = at;
  }

  /** The position behind the word that was read last. */
  get end(): number {
    return this.#at;
  }

  /** The next one of `words` in code, undefined at the end. */
  nextWord(words: WordFilter): string | undefined {
    const source = this.#source;
    for (;;) {
      const next = this.#templates.length > 0 ? words.nested : words.plain;
      next.lastIndex = this.#at;
      if (!next.test(source)) return undefined;
      this.#at = next.lastIndex;
      const code = source.charCodeAt(this.#at - 1);
      if (!isWordCode(code)) {
        this.#step(code, this.#at - 1);
        continue;
      }
      const start = startOfWord(source, this.#at);
      const word = source.slice(start, this.#at);
      // A property of that name is none of the words; `...require` is.
      const property = source.charCodeAt(start - 1) === DOT && source.charCodeAt(start - 2) !== DOT;
      if (!property && words.all.has(word)) return word;
    }
  }

  // A quote that does not close on its line is an apostrophe of JSX text: it is passed alone.
  #step(code: number, start: number): void {
    if (code === BACKTICK) this.#template(start + 1);
    else if (code === SLASH) this.#slash(start);
    else if (code === OPEN) this.#braces += 1;
    else if (code !== CLOSE) this.#at = Math.max(this.#at, endOfString(this.#source, start));
    else if (this.#templates.at(-1) === this.#braces) {
      this.#templates.pop();
      this.#template(start + 1);
    } else this.#braces -= 1;
  }

  #template(from: number): void {
    const source = this.#source;
    TEMPLATE_STOP.lastIndex = from;
    while (TEMPLATE_STOP.test(source)) {
      const code = source.charCodeAt(TEMPLATE_STOP.lastIndex - 1);
      if (code === BACKSLASH) {
        TEMPLATE_STOP.lastIndex += 1;
        continue;
      }
      this.#at = TEMPLATE_STOP.lastIndex;
      if (code === OPEN) this.#templates.push(this.#braces);
      return;
    }
    this.#at = source.length;
  }

  #slash(start: number): void {
    const source = this.#source;
    const comment = endOfComment(source, start);
    if (comment !== -1) {
      const follows = this.#comments.end !== -1 && source.slice(this.#comments.end, start).trim() === '';
      this.#comments = { start: follows ? this.#comments.start : start, end: comment };
      this.#at = comment;
      return;
    }
    REGEX.lastIndex = start;
    if (this.#regexMayFollow(start) && REGEX.test(source)) this.#at = REGEX.lastIndex;
  }

  #regexMayFollow(slash: number): boolean {
    const source = this.#source;
    let at = startOfSpace(source, slash);
    if (at === this.#comments.end) at = startOfSpace(source, this.#comments.start);
    if (at === 0) return true;
    const code = source.charCodeAt(at - 1);
    if (!isWordCode(code)) return BEFORE_REGEX.includes(source[at - 1] as string);
    return BEFORE_EXPRESSION.test(source.slice(startOfWord(source, at), at));
  }
}

const ASCII_WORD = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$') {
  ASCII_WORD[character.charCodeAt(0)] = 1;
}

/** Whether a character code can be part of an identifier (ASCII letters, digits, `_`, `$`, and all above ASCII). */
export function isWordCode(code: number): boolean {
  if (code < 128) return ASCII_WORD[code] === 1;
  return code !== 0xa0 && code !== 0xfeff && code !== 0x2028 && code !== 0x2029;
}

/** The position behind the word at `at`. */
export function endOfWord(source: string, at: number): number {
  const { length } = source;
  let end = at + 1;
  while (end < length && isWordCode(source.charCodeAt(end))) end += 1;
  return end;
}

/** The position behind the string or template that begins at `at`; -1 where it does not close (strings: on its line). */
export function endOfString(source: string, at: number): number {
  const quote = source.charCodeAt(at);
  const pattern = quote === BACKTICK ? TEMPLATE : quote === 34 ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : -1;
}

/** The position of the first character from `at` on that is neither space nor comment. */
export function skipTrivia(source: string, at: number): number {
  let position = at;
  while (position < source.length) {
    const code = source.charCodeAt(position);
    if (code <= 32 || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029) position += 1;
    else {
      const comment = code === SLASH ? endOfComment(source, position) : -1;
      if (comment === -1) return position;
      position = comment;
    }
  }
  return position;
}

/** The value of a string literal's inside: escapes are decoded. */
export function literalOf(inside: string): string {
  if (!inside.includes('\\')) return inside;
  return inside.replace(/\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, decodeEscape);
}

function decodeEscape(_: string, point?: string, unit?: string, byte?: string, character?: string): string {
  if (character !== undefined) return character === '\n' ? '' : character;
  const code = Number.parseInt(point ?? unit ?? byte ?? '0', 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function endOfComment(source: string, at: number): number {
  const next = source.charCodeAt(at + 1);
  if (next === SLASH) return endOfLine(source, at);
  if (next !== 42) return -1;
  const end = source.indexOf('*/', at + 2);
  return end === -1 ? source.length : end + 2;
}

const LINE = /[^\n\r\u2028\u2029]*/y;

// U+2028 and U+2029 end a line as well (ECMA-262, "Line Terminators").
function endOfLine(source: string, at: number): number {
  LINE.lastIndex = at;
  LINE.test(source);
  return LINE.lastIndex;
}

function startOfWord(source: string, end: number): number {
  let start = end;
  while (start > 0 && isWordCode(source.charCodeAt(start - 1))) start -= 1;
  return start;
}

function startOfSpace(source: string, end: number): number {
  let start = end;
  while (start > 0 && source.charCodeAt(start - 1) <= 32) start -= 1;
  return start;
}
