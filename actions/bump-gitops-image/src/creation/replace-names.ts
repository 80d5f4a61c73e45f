import { listScalars } from '#shared/manifest/list-scalars.ts';
import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { isInner, liftSpan } from '#shared/manifest/read-block-scalar.ts';
import type { Replacement } from '../edits/plan-splice.ts';
import { replaceValue } from '../settings/plan-settings.ts';

/** Names that become others, and the characters that may stand around a name within a value. */
export interface Renaming {
  readonly names: readonly { readonly old: string; readonly next: string }[];
  /** Empty: only values that are the name as a whole. */
  readonly boundaries: string;
}

/** A value in which a name cannot be replaced. */
export interface Unrenamed {
  /** Offset in the text. */
  readonly at: number;
  readonly problem: string;
}

/**
 * Replaces names in the values of a YAML text, never in keys and comments: where the name is the whole value, or stands
 * between declared boundaries. A text that is no YAML has no values.
 */
export function planRenaming(
  yaml: YamlLibrary,
  text: string,
  renaming: Renaming,
): { replacements: readonly Replacement[]; problems: readonly Unrenamed[] } {
  const replacements: Replacement[] = [];
  const problems: Unrenamed[] = [];
  for (const scalar of listScalars(yaml, text) ?? []) {
    if (scalar.quote === 'block') {
      const inner = isInner(scalar.value) ? planRenaming(yaml, scalar.value, renaming).replacements : [];
      for (const { start, end, text: replaced } of inner) {
        const span = liftSpan({ start, end }, text, scalar);
        if (span === undefined)
          problems.push({ at: scalar.span.start, problem: 'folded text cannot be edited exactly' });
        else replacements.push({ ...span, text: replaced });
      }
      continue;
    }
    const value = renameIn(scalar.value, renaming);
    if (value === scalar.value) continue;
    const replacement = replaceValue(text, { scalar, prefix: '', value, mustBeText: false });
    if ('problem' in replacement) problems.push({ at: scalar.span.start, problem: replacement.problem });
    else replacements.push(replacement);
  }
  return { replacements: replacements.sort((a, b) => a.start - b.start), problems };
}

/** `value` with every name replaced that is the whole of it or stands between boundaries; each place changes once. */
export function renameIn(value: string, { names, boundaries }: Renaming): string {
  const isEdge = (character: string | undefined) => character === undefined || boundaries.includes(character);
  let result = '';
  for (let at = 0; at < value.length; ) {
    const name =
      isEdge(value[at - 1]) && names.find(({ old }) => value.startsWith(old, at) && isEdge(value[at + old.length]));
    if (name) result += name.next;
    else result += value[at];
    at += name ? name.old.length : 1;
  }
  return result;
}
