import { normalizeName, parseImageReference } from '../image/reference.ts';
import type { Keys } from './key-path.ts';
import type { MapNode, ScalarNode } from './manifest-node.ts';
import type { DigestPlace, ObjectFacts, Slot } from './occurrence.ts';

/** A mapping of a manifest and where it stands. */
export interface Spot {
  /** The file's path. */
  readonly path: string;
  readonly object: ObjectFacts & { readonly apiVersion: string };
  /** Keys and indexes from the document's root to the mapping. */
  readonly keys: Keys;
  readonly map: MapNode;
}

/** A spot with what surrounds it. */
export interface Place extends Spot {
  /** The text that all spans count in, comments and all. */
  readonly text: string;
  /** The document's index in its file, from 0. */
  readonly document: number;
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
  /** Who updates this place, where the manifest says so otherwise than by a Flux comment. */
  readonly policy?: string;
  /** Keys from the mapping to the tag. */
  readonly keys: Keys;
}

/** One way of writing an image into a manifest. Pure: looks at one mapping (and what is below it) and says what stands there. */
export interface Style {
  readonly name: string;
  /** The heading under which the README shows it. */
  readonly family: string;
  /** What it covers, for the table in the README. */
  readonly covers: string;
  /** Where a digest stands that comes to a tag of this style; behind the tag unless said otherwise. */
  readonly digestPlace?: DigestPlace;
  readonly find: (place: Place) => readonly Found[];
}

/** The parts of a scalar that is a whole reference, `name[:tag][@digest]`; undefined when it is none. */
export function foundReference(scalar: ScalarNode | undefined, keys: Keys, prefix = ''): Found | undefined {
  if (scalar === undefined) return undefined;
  const reference = parseImageReference(scalar.value.slice(prefix.length));
  if (reference === undefined) return undefined;
  const { writtenName: image, tag, digest } = reference;
  const start = scalar.span.start + prefix.length + image.length;
  return { image, tag, digest, keys, slots: [slotOf(scalar, 'suffix', start)] };
}

/**
 * The parts of an image whose name, tag and digest are scalars of their own; undefined when there is neither tag nor digest to change,
 * or when what stands there can be neither (a template expression, a variable).
 */
export function foundFields(fields: {
  image: string;
  nameScalar?: ScalarNode | undefined;
  keys: Keys;
  tag: ScalarNode | undefined;
  digest: ScalarNode | undefined;
  /** The digest's key takes the hexadecimal digits alone. */
  isHex?: boolean | undefined;
}): Found | undefined {
  if (fields.tag === undefined && fields.digest === undefined) return undefined;
  const [tag, inlineDigest] = splitAt(fields.tag?.value ?? '');
  const isHex = /^[0-9a-f]{64}$/.test(fields.digest?.value ?? '') || fields.isHex === true;
  const digest = fields.digest?.value ? `${isHex ? 'sha256:' : ''}${fields.digest.value}` : inlineDigest;
  if (!isVersionText(tag, digest) || !isVersionText('', inlineDigest)) return undefined;
  const slots = [
    ...(fields.tag === undefined ? [] : [slotOf(fields.tag, 'tag')]),
    ...(fields.digest === undefined ? [] : [slotOf(fields.digest, isHex ? 'digest-hex' : 'digest')]),
  ];
  const { image, keys, nameScalar } = fields;
  const found = { image, keys, tag: tag || undefined, digest: digest || undefined, slots };
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

/** Whether these may be a tag and a digest; an empty text stands for none. */
export function isVersionText(tag: string, digest: string): boolean {
  const reference = `name${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
  return parseImageReference(reference) !== undefined;
}

function splitAt(text: string): [tag: string, digest: string] {
  const at = text.indexOf('@');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether a text is an image's name without tag and digest. */
export function isBareName(text: string): boolean {
  return normalizeName(text) !== undefined;
}

/** Whether a name begins with a registry's host, which nothing but an image has: `team/role` may be anything. */
export function hasRegistry(name: string): boolean {
  return normalizeName(name)?.registry !== 'docker.io' || /^(?:[\w-]+\.)?docker\.io\//.test(name);
}

/** Whether a key promises a whole reference: it says image, and not that a part of one stands here. */
export function saysImage(key: string): boolean {
  return /image/i.test(key) && !/(?:tag|version|digest|policy)$/i.test(key);
}
