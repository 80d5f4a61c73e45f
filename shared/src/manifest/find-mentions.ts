import type { Span } from './occurrence.ts';

/** A line on which an image's name stands. */
export interface Mention {
  readonly line: number;
  readonly column: number;
}

/** Where `image` stands as a whole name outside of `understood` and of comment lines; never inside of a longer name. */
export function findMentions(text: string, image: string, understood: readonly Span[]): readonly Mention[] {
  const mentions: Mention[] = [];
  for (let at = text.indexOf(image); at !== -1; at = text.indexOf(image, at + 1)) {
    const end = at + image.length;
    // A dot or slash before, or a path or word after it, makes it a part of another name.
    if (
      /[\w./@-]/.test(text[at - 1] ?? ' ') ||
      /[\w/-]/.test(text[end] ?? ' ') ||
      /^\.\w/.test(text.slice(end, end + 2))
    )
      continue;
    if (understood.some((span) => at < span.end && end > span.start)) continue;
    const lineStart = text.lastIndexOf('\n', at - 1) + 1;
    if (/^\s*(?:#|\/\/)/.test(text.slice(lineStart, at))) continue;
    mentions.push({ line: text.slice(0, lineStart).split('\n').length, column: at - lineStart + 1 });
  }
  return mentions;
}

/** What a file has to contain for an image to stand in it: the last part of the name. Compare bytes before parsing anything. */
export function needleOf(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}
