import type { Edit } from './plan-edits.ts';
import { staysPlain } from './plan-quoting.ts';

/** What `splice` did at one place of the old text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What the whole scalar has to be when it is read again; undefined where images are searched again instead. */
  readonly value?: string;
}

/**
 * The replacements for edits and settings, in file order; an edit that occurs twice (a shared anchor) counts once.
 * Plain scalars that would not be text get quotes.
 */
export function planReplacements(
  text: string,
  edits: readonly Edit[],
  settings: readonly Replacement[] = [],
): readonly Replacement[] {
  const byStart = new Map<number, Replacement>(settings.map((setting) => [setting.start, setting]));
  for (const { slot, text: value } of edits) {
    const { start, end } = slot.span;
    const bare = slot.part === 'suffix' || slot.quote !== 'plain' || staysPlain(text.slice(start, end), value);
    byStart.set(start, { start, end, text: bare ? value : `"${value}"` });
  }
  return [...byStart.values()].sort((a, b) => a.start - b.start);
}

/** Puts each replacement into the text, from right to left so that offsets stay true. */
export function splice(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduceRight(
    (result, { start, end, text: replacement }) => result.slice(0, start) + replacement + result.slice(end),
    text,
  );
}
