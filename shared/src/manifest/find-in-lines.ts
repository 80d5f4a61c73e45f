import { parseImageReference } from '../image/reference.ts';
import { commentsAt, renovateImage } from './find-comment.ts';
import { meansKeyPath } from './key-path.ts';
import { maskTemplate } from './mask-template.ts';
import type { Occurrence, Slot } from './occurrence.ts';
import { type Assignment, readAssignments } from './read-assignments.ts';
import { hasRegistry, isBareName, isVersionText, saysImage } from './style.ts';

/** What is understood in files that are no YAML, for the table of styles. */
export const lineStyle = {
  name: 'line',
  family: 'no YAML',
  covers:
    '`.env`, HCL, Jsonnet, CUE, TOML, broken templates: lines `key: reference` or `key = reference` whose key says image or whose name has a registry; Renovate comments; `key-paths` through the blocks (`module.api.image_tag`)',
} as const;

/** Files that are never YAML, although a YAML parser may not notice. */
const NOT_YAML = /\.(?:env|tf|tfvars|hcl|nomad|jsonnet|libsonnet|cue|toml|properties|ini|conf)$|(?:^|\/)\.env[\w.-]*$/i;

/** Formats in which a value without quotes is an expression. */
const QUOTED_ONLY = /\.(?:tf|tfvars|hcl|nomad|jsonnet|libsonnet|cue|toml)$/i;

/** Whether a file is read line by line because of its name. */
export function isReadByLines(path: string): boolean {
  return NOT_YAML.test(path);
}

/**
 * Images of a file that is no YAML, by the lines that set a key to a value: a reference under a key that says image or with a
 * registry's host, a tag below a Renovate comment, or what stands at a declared key path. Nothing else is understood.
 */
export function findInLines(text: string, path: string, keyPaths: readonly string[] = []): Occurrence[] {
  const isDeclared = ({ keys }: Assignment) => keyPaths.some((wanted) => meansKeyPath(wanted, keys, 0));
  const lines = text.split('\n');
  const starts = lines.map(() => 0);
  for (let index = 1; index < lines.length; index++)
    starts[index] = (starts[index - 1] ?? 0) + (lines[index - 1]?.length ?? 0) + 1;
  return readAssignments(maskTemplate(text) ?? text).flatMap((assignment) => {
    if (assignment.quote === 'plain' && QUOTED_ONLY.test(path)) return [];
    const found =
      findReference(assignment, isDeclared(assignment)) ?? findTag(text, assignment, isDeclared(assignment));
    if (found === undefined) return [];
    const at = found.slots[0]?.span.start ?? 0;
    return [
      {
        path,
        ...{ line: assignment.line + 1, column: at - (starts[assignment.line] ?? 0) + 1 },
        ...{ object: { kind: '', name: '', namespace: '' }, container: undefined, document: 0, keys: assignment.keys },
        ...found,
        slots: found.slots.map((slot) => asWritten(slot, path)),
      },
    ];
  });
}

type FoundInLine = Pick<Occurrence, 'style' | 'image' | 'nameSpan' | 'tag' | 'digest' | 'slots' | 'digestPlace'>;

function findReference(assignment: Assignment, isDeclared: boolean): FoundInLine | undefined {
  const { key, value, span, quote } = assignment;
  const reference = parseImageReference(value);
  if (reference === undefined || (reference.tag === undefined && reference.digest === undefined)) return undefined;
  const { writtenName: image, tag, digest } = reference;
  if (!saysImage(key) && !hasRegistry(image) && !isDeclared) return undefined;
  const start = span.start + image.length;
  const slots: Slot[] = [{ part: 'suffix', span: { start, end: span.end }, quote }];
  return {
    style: 'line',
    image,
    nameSpan: { start: span.start, end: start },
    tag,
    digest,
    slots,
    digestPlace: 'behind',
  };
}

function findTag(text: string, assignment: Assignment, isDeclared: boolean): FoundInLine | undefined {
  const { value, span, quote } = assignment;
  const { behind, above } = commentsAt(text, span);
  const named = renovateImage(behind) ?? renovateImage(above.split('\n')[0] ?? '');
  const image = named !== undefined && isBareName(named) ? named : undefined;
  if (image === undefined && !isDeclared) return undefined;
  const [tag = '', digest] = value.split('@', 2);
  if (value === '' || !isVersionText(tag, digest ?? '')) return undefined;
  const slots: Slot[] = [{ part: 'tag', span, quote }];
  return {
    ...{ style: image === undefined ? 'declared-key' : 'renovate-comment', image: image ?? '' },
    ...{ tag: tag || undefined, digest, slots, digestPlace: image === undefined ? 'behind' : 'nowhere' },
  };
}

// Only YAML's plain scalars may have to be quoted.
function asWritten(slot: Slot, path: string): Slot {
  return slot.quote === 'plain' && isReadByLines(path) ? { ...slot, quote: 'block' } : slot;
}
