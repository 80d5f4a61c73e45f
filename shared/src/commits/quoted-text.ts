// A closing fence has no words behind it and is at least as long as the opening one.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
const FENCE = /\n {0,3}(`{3,}|~{3,})(?:([^\S\n]*$)|[^`\n]*$)/gm;
const COMMENT = /\n {0,3}<!--/g;

/**
 * The text with each closed code fence below the first line made one line, its line breaks vertical tabs, so that nothing
 * in it is read as a line. A fence without an end hides nothing: a footer must not be lost to a stray one.
 */
export function foldFences(text: string): string {
  if (!text.includes('```') && !text.includes('~~~')) return text;
  let folded = '';
  let from = 0;
  let open: { start: number; marker: string } | undefined;
  for (const { 0: line, 1: marker = '', 2: bare, index } of text.matchAll(FENCE)) {
    if (open === undefined) open = { start: index + 1, marker };
    else if (bare !== undefined && marker.startsWith(open.marker)) {
      const end = index + line.length;
      for (let at = text.indexOf('\n', open.start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
        folded += `${text.slice(from, at)}\v`;
        from = at + 1;
      }
      open = undefined;
    }
  }
  return folded + text.slice(from);
}

/** The text with the line breaks that `foldFences` took. */
export function unfoldFences(text: string): string {
  return text.includes('\v') ? text.replaceAll('\v', '\n') : text;
}

/** The text without the HTML comments that start a line below the first, as the templates of pull requests leave them. */
export function withoutComments(text: string): string {
  if (!text.includes('<!--')) return text;
  let kept = '';
  let from = 0;
  for (const { 0: opening, index } of text.matchAll(COMMENT)) {
    const start = index + opening.length;
    const next = text.indexOf('<!--', start);
    const length = text.slice(start, next < 0 ? undefined : next).indexOf('-->');
    if (length < 0) continue;
    kept += text.slice(from, index + 1);
    from = start + length + '-->'.length;
  }
  return kept + text.slice(from);
}
