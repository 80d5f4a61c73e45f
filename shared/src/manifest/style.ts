import { parseImageReference } from '../image/reference.ts';
import type { MapNode, ScalarNode } from './manifest-node.ts';
import type { ObjectFacts, Slot } from './occurrence.ts';

/** A mapping of a manifest and where it stands. */
export interface Place {
  /** The file's path. */
  readonly path: string;
  readonly object: ObjectFacts & { readonly apiVersion: string };
  /** Keys and indexes from the document's root to the mapping. */
  readonly keys: readonly (string | number)[];
  readonly map: MapNode;
}

/** What a style found at a place. */
export interface Found {
  readonly image: string;
  readonly alias?: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly slots: readonly Slot[];
  /** The scalar with the name where that is another than the slots'; no other style may read it as a reference. */
  readonly nameScalar?: ScalarNode;
  readonly container?: string;
  /** Key path from the mapping to the tag, `image` or `images[0].newTag`. */
  readonly key: string;
}

/** One way of writing an image into a manifest. Pure: looks at one mapping (and what is below it) and says what stands there. */
export interface Style {
  readonly name: string;
  /** What it covers, for the table in the README. */
  readonly covers: string;
  readonly find: (place: Place) => readonly Found[];
}

/** The parts of a scalar that is a whole reference, `name[:tag][@digest]`; undefined when it is none. */
export function foundReference(scalar: ScalarNode | undefined, key: string, prefix = ''): Found | undefined {
  if (scalar === undefined) return undefined;
  const reference = parseImageReference(scalar.value.slice(prefix.length));
  if (reference === undefined) return undefined;
  const { writtenName: image, tag, digest } = reference;
  const start = scalar.span.start + prefix.length + image.length;
  return { image, tag, digest, key, slots: [slotOf(scalar, 'suffix', start)] };
}

/** The parts of an image whose name, tag and digest are scalars of their own; undefined when there is neither tag nor digest to change. */
export function foundFields(fields: {
  image: string;
  nameScalar?: ScalarNode | undefined;
  key: string;
  tag: ScalarNode | undefined;
  digest: ScalarNode | undefined;
}): Found | undefined {
  if (fields.tag === undefined && fields.digest === undefined) return undefined;
  const [tag, inlineDigest] = splitAt(fields.tag?.value ?? '');
  const slots = [
    ...(fields.tag === undefined ? [] : [slotOf(fields.tag, 'tag')]),
    ...(fields.digest === undefined ? [] : [slotOf(fields.digest, 'digest')]),
  ];
  const digest = fields.digest?.value || inlineDigest;
  const { image, key, nameScalar } = fields;
  const found = { image, key, tag: tag || undefined, digest: digest || undefined, slots };
  return nameScalar === undefined ? found : { ...found, nameScalar };
}

/** The slot that a scalar is; it begins at `start` where a name stands before it. */
export function slotOf(scalar: ScalarNode, part: Slot['part'], start?: number): Slot {
  const { anchor } = scalar;
  return {
    part,
    span: { start: start ?? scalar.span.start, end: scalar.span.end },
    quote: scalar.quote,
    ...(anchor === undefined ? {} : { anchor: { name: anchor.name, places: anchor.places() } }),
    ...lockOf(scalar),
  };
}

function lockOf({ value, quote, literal }: ScalarNode): { locked?: string } {
  if (value === '' && quote === 'plain') return { locked: 'the value is missing; write at least empty quotes' };
  return literal ? {} : { locked: 'the scalar has escapes or spans several lines' };
}

function splitAt(text: string): [tag: string, digest: string] {
  const at = text.indexOf('@');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
