const CUT = '… shortened';

/** The first lines of Markdown that fit in so many bytes, with a word about the rest; `sizeOf` measures a line where it is not for a file. */
export function cutLines(text: string, bytes: number, sizeOf: (line: string) => number = Buffer.byteLength): string {
  if (sizeOf(text) <= bytes) return text;
  const kept: string[] = [];
  let left = bytes - sizeOf(`\n\n${CUT}`);
  for (const line of text.split('\n')) {
    left -= sizeOf(`${line}\n`);
    if (left < 0) break;
    kept.push(line);
  }
  const whole = withoutOpenDetails(kept.join('\n')).trimEnd();
  return whole === '' ? '' : `${whole}\n\n${CUT}`;
}

// A section that is folded may not stay open, or all that follows is in it.
function withoutOpenDetails(markdown: string): string {
  const open = markdown.lastIndexOf('<details>');
  return open > markdown.lastIndexOf('</details>') ? markdown.slice(0, open) : markdown;
}
