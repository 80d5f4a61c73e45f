import { formatKeyPath } from '#shared/manifest/key-path.ts';
import type { ScalarNode } from '#shared/manifest/manifest-node.ts';
import { readAssignments } from '#shared/manifest/read-assignments.ts';
import { plainType } from '../edits/plan-quoting.ts';
import { type Replacement, splice } from '../edits/plan-splice.ts';
import type { Setting } from './parse-set-lines.ts';
import type { SettingPlace } from './seek-settings.ts';
import { nearest } from './seek-value.ts';

/** Whether a file is read by its lines `key = value`: everything but YAML and JSON. */
export function hasAssignments(path: string): boolean {
  return !/(?:\.ya?ml|\.json|(?:^|\/)[^.]+)$/.test(path);
}

/** The places of `.env`, properties, HCL, Jsonnet or CUE where the setting's key path has a value of one line. */
export function seekAssignments(text: string, { keys }: Setting): SettingPlace[] {
  const all = readAssignments(text);
  const path = keys.join('.');
  const own = all.filter((assignment) => assignment.keys.join('.') === path);
  const facts = { object: { kind: '', name: '', namespace: '' }, container: '', prefix: '', mustBeText: false };
  if (own.length === 0) {
    return [
      {
        ...facts,
        keys,
        sought: {
          near: nearest(
            path,
            all.map((assignment) => formatKeyPath(assignment.keys)),
          ),
        },
      },
    ];
  }
  return own.map(({ value, span, quote }) => {
    const sought: ScalarNode = { type: 'scalar', value, span, quote, literal: true };
    return { ...facts, keys, sought };
  });
}

/** The text that takes the place of a value outside of YAML; only what needs no escape in any of these languages. */
export function replaceAssigned(
  text: string,
  { path, scalar, value }: { path: string; scalar: ScalarNode; value: string },
): Replacement | { problem: string } {
  const isBare = scalar.quote === 'plain';
  if (!(isBare ? /^[\w./:@%+,=-]+$/ : /^[^"'`\\$\n]*$/).test(value))
    return { problem: `${JSON.stringify(value)} would need quotes or escapes, which differ outside of YAML` };
  const isText = /(?:^|[./])env(?:\.[\w-]+)?$|\.properties$/.test(path);
  const [was, becomes] = [plainType(scalar.value), plainType(value)];
  if (isBare && !isText && was !== becomes)
    return { problem: `a ${was} stands here, and ${JSON.stringify(value)} is none` };
  const replacement = { ...scalar.span, text: value };
  return isProved(text, replacement) ? replacement : { problem: 'the edit could not be proved' };
}

// Read again, every other line has the value that it had.
function isProved(text: string, replacement: Replacement): boolean {
  const before = readAssignments(text);
  const after = readAssignments(splice(text, [replacement]));
  return (
    before.length === after.length &&
    before.every(({ keys, value, span }, index) => {
      const expected = span.start === replacement.start ? replacement.text : value;
      return after[index]?.keys.join('.') === keys.join('.') && after[index]?.value === expected;
    })
  );
}
