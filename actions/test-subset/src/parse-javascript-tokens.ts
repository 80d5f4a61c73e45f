const NEWLINE = 10;
const BACKSLASH = 92;
const SLASH = 47;
const BACKTICK = 96;
const OPEN = 123;
const CLOSE = 125;
const DOT = 46;

// After these words a slash begins a regular expression.
const BEFORE_EXPRESSION = /^(?:return|typeof|case|in|of|delete|void|throw|new|do|else|yield|await|instanceof)$/;
const BEFORE_REGEX = new Uint8Array(128);
for (const character of '(,=:[!&|?{;+-*%~^>') BEFORE_REGEX[character.charCodeAt(0)] = 1;

/** Words to look for. */
export interface WordFilter {
  readonly all: ReadonlySet<string>;
  readonly maxLength: number;
  /** 1 for the character code of each first letter. */
  readonly firstLetters: Uint8Array;
}

/** Prepares a search for `words` (ASCII). */
export function wordFilter(words: readonly string[]): WordFilter {
  const firstLetters = new Uint8Array(128);
  for (const word of words) firstLetters[word.charCodeAt(0)] = 1;
  return { all: new Set(words), maxLength: Math.max(...words.map((word) => word.length)), firstLetters };
}

/** Walks over the words of JavaScript code; comments, strings, template texts and regular expressions are stepped over. */
export class TextPositions {
  readonly #source: string;
  #at = 0;
  #braces = 0;
  // The brace depth at which each open `${` ends.
  readonly #templates: number[] = [];
  #regexMayFollow = true;
  // Where the word began that was read last; -1 when something else followed it.
  #lastWord = -1;

  constructor(source: string) {
    this.#source = source;
    if (source.startsWith('#!')) this.#at = endOfLine(source, 0);
  }

  /** Goes on at `at`, behind a value. */
  jump(at: number): void {
    this.#at = at;
    this.#regexMayFollow = false;
    this.#lastWord = -1;
  }

  /** The next one of `words` in code, undefined at the end. Other words are passed without a copy: this loop is what scanning costs. */
  nextWord(words: WordFilter): string | undefined {
    const source = this.#source;
    const { length } = source;
    while (this.#at < length) {
      const code = source.charCodeAt(this.#at);
      if (code <= 32) this.#at += 1;
      else if (isWordCode(code)) {
        const start = this.#at;
        this.#at = endOfWord(source, start);
        this.#lastWord = start;
        this.#regexMayFollow = false;
        if (this.#at - start > words.maxLength || code > 127 || words.firstLetters[code] === 0) continue;
        // A property of that name is none of the words; `...require` is.
        if (source.charCodeAt(start - 1) === DOT && source.charCodeAt(start - 2) !== DOT) continue;
        const word = source.slice(start, this.#at);
        if (words.all.has(word)) return word;
      } else this.#step(code);
    }
    return undefined;
  }

  /** The position behind the word that was read last. */
  get end(): number {
    return this.#at;
  }

  #step(code: number): void {
    const source = this.#source;
    if (code === 34 || code === 39) this.#pass(endOfString(source, this.#at));
    else if (code === BACKTICK) this.#template(this.#at + 1);
    else if (code === SLASH) this.#slash();
    else this.#punctuation(code);
  }

  #punctuation(code: number): void {
    if (code === OPEN) this.#braces += 1;
    if (code === CLOSE) {
      if (this.#templates.at(-1) === this.#braces) {
        this.#templates.pop();
        this.#template(this.#at + 1);
        return;
      }
      this.#braces -= 1;
    }
    this.#regexMayFollow = BEFORE_REGEX[code] === 1;
    this.#lastWord = -1;
    this.#at += 1;
  }

  // A quote that does not close on its line is an apostrophe of JSX text.
  #pass(end: number): void {
    this.#at = end === -1 ? this.#at + 1 : end;
    this.#regexMayFollow = false;
    this.#lastWord = -1;
  }

  #template(from: number): void {
    const source = this.#source;
    for (let at = from; at < source.length; at++) {
      const code = source.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === BACKTICK) {
        this.#pass(at + 1);
        return;
      } else if (code === 36 && source.charCodeAt(at + 1) === OPEN) {
        this.#templates.push(this.#braces);
        this.#at = at + 2;
        this.#regexMayFollow = true;
        this.#lastWord = -1;
        return;
      }
    }
    this.#at = source.length;
  }

  #slash(): void {
    const source = this.#source;
    const comment = endOfComment(source, this.#at);
    if (comment !== -1) {
      this.#at = comment;
      return;
    }
    const keyword = this.#lastWord !== -1 && BEFORE_EXPRESSION.test(source.slice(this.#lastWord, this.#at).trimEnd());
    const end = this.#regexMayFollow || keyword ? endOfRegex(source, this.#at) : -1;
    if (end !== -1) {
      this.#pass(end);
      return;
    }
    this.#regexMayFollow = true;
    this.#lastWord = -1;
    this.#at += 1;
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
  for (let end = at + 1; end < source.length; end++) {
    const code = source.charCodeAt(end);
    if (code === BACKSLASH) end += 1;
    else if (code === quote) return end + 1;
    else if (code === NEWLINE && quote !== BACKTICK) return -1;
  }
  return -1;
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

function endOfRegex(source: string, at: number): number {
  let inClass = false;
  for (let end = at + 1; end < source.length; end++) {
    const code = source.charCodeAt(end);
    if (code === NEWLINE) return -1;
    if (code === BACKSLASH) end += 1;
    else if (code === 91) inClass = true;
    else if (code === 93) inClass = false;
    else if (code === SLASH && !inClass) return end + 1;
  }
  return -1;
}
