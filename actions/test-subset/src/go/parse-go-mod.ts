/** A directive of go.mod or go.work: `require example.com/a v1` is the verb with two words. */
export interface GoDirective {
  readonly verb: string;
  readonly words: readonly string[];
}

/** The directives of go.mod or go.work, those in blocks one by one (go.dev/ref/mod, "go.mod files"). */
export function parseGoMod(text: string): GoDirective[] {
  const directives: GoDirective[] = [];
  let block: string | undefined;
  for (const line of text.split('\n')) {
    const words = wordsOf(line);
    const [first, second] = words;
    if (first === undefined) continue;
    if (block !== undefined) {
      if (first === ')') block = undefined;
      else directives.push({ verb: block, words });
    } else if (second === '(') block = first;
    else directives.push({ verb: first, words: words.slice(1) });
  }
  return directives;
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/\/\/.*|"(?:[^"\\]|\\.)*"|`[^`]*`|[()]|(?:(?!\/\/)[^\s()"`])+/g)) {
    if (word.startsWith('//')) break;
    words.push(/^["`]/.test(word) ? word.slice(1, -1) : word);
  }
  return words;
}
