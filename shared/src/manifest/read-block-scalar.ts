import type { ScalarNode } from './manifest-node.ts';
import type { Occurrence, Slot, Span } from './occurrence.ts';

/** Whether the text of a block scalar may be a manifest itself: some line is `key: value` or `- value`, or it is JSON on one line. */
export function isInner(text: string): boolean {
  return /^[[{].*[\]}]$/.test(text.trim()) || /^[ -]*["']?[\w.$/-]+["']?\s*:(?:\s|$)/m.test(text);
}

/** Moves an occurrence found in a block scalar's text to its place in the file; undefined where the two do not line up (folded text). */
export function liftOccurrence(occurrence: Occurrence, text: string, scalar: ScalarNode): Occurrence | undefined {
  const slots: Slot[] = [];
  for (const slot of occurrence.slots) {
    const span = liftSpan(slot.span, text, scalar);
    if (span === undefined) return undefined;
    slots.push({ ...slot, span });
  }
  const nameSpan = occurrence.nameSpan && liftSpan(occurrence.nameSpan, text, scalar);
  return { ...occurrence, slots, ...(nameSpan === undefined ? {} : { nameSpan }) };
}

/** Where a span of a block scalar's text stands in the file; undefined where the two do not line up (folded text). */
export function liftSpan(span: Span, text: string, scalar: ScalarNode): Span | undefined {
  if (scalar.literal) return { start: span.start + scalar.span.start, end: span.end + scalar.span.start };
  const before = scalar.value.slice(0, span.start).split('\n');
  const column = before.at(-1)?.length ?? 0;
  const innerLine = scalar.value.split('\n')[before.length - 1] ?? '';
  // The header line (`|-`, with a comment or not) comes first.
  let lineStart = text.indexOf('\n', scalar.span.start) + 1;
  for (let skipped = 1; skipped < before.length; skipped++) lineStart = text.indexOf('\n', lineStart) + 1;
  if (lineStart === 0) return undefined;
  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).replace(/\r$/, '');
  const indent = line.length - innerLine.length;
  if (indent < 0 || line.slice(indent) !== innerLine || line.slice(0, indent).trim() !== '') return undefined;
  const start = lineStart + indent + column;
  return { start, end: start + (span.end - span.start) };
}
