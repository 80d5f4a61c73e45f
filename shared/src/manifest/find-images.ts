import { findInLines } from './find-in-lines.ts';
import type { ManifestNode, ScalarNode } from './manifest-node.ts';
import type { Occurrence, Span } from './occurrence.ts';
import { loadYaml, type NotYaml, parseManifest, type YamlLibrary } from './parse-manifest.ts';
import { isInner, liftOccurrence } from './read-block-scalar.ts';
import type { Found, Place, Style } from './style.ts';
import { styles } from './style-table.ts';
import { declaredKey } from './styles/declared-key.ts';
import { walkManifest } from './walk-manifest.ts';

/** Every image of a manifest, in file order; a file that is no YAML is read line by line (`key: reference` only). Never throws. */
export async function findImages(text: string, path: string): Promise<readonly Occurrence[]> {
  return findImagesWith(await loadYaml(), text, path);
}

/** What a caller knows beforehand. */
export interface Declarations {
  /** Key paths of scalars that are tags or references although nothing about them says so, `image_tag` or `spec.images[0]`. */
  readonly keyPaths?: readonly string[];
}

/** `findImages` for callers that have loaded the parser: pure and synchronous. */
export function findImagesWith(
  yaml: YamlLibrary,
  text: string,
  path: string,
  { keyPaths = [] }: Declarations = {},
): readonly Occurrence[] {
  const table = keyPaths.length === 0 ? styles : [...styles, declaredKey(keyPaths)];
  const documents = parseManifest(yaml, text);
  const found = isNotYaml(documents)
    ? findInLines(text, path)
    : documents.flatMap(({ root }, index) => findInDocument({ yaml, text, path, index, table }, root));
  return found.sort((a, b) => startOf(a) - startOf(b));
}

interface Source {
  readonly yaml: YamlLibrary;
  readonly text: string;
  readonly path: string;
  readonly index: number;
  readonly table: readonly Style[];
}

function findInDocument(source: Source, root: ManifestNode | undefined): Occurrence[] {
  const occurrences: Occurrence[] = [];
  if (root === undefined) return occurrences;
  const claims: Claims = { slots: new Map(), names: new Set() };
  const places: Place[] = [];
  const blocks: { scalar: ScalarNode; place: Place; key: string }[] = [];
  walkManifest(root, source.path, {
    map: (place) => places.push(place),
    block: (scalar, place, key) => blocks.push({ scalar, place, key }),
  });
  // Style by style, so that a special one claims its scalars before a general one sees them.
  for (const style of source.table) {
    for (const place of places) {
      for (const found of style.find(place)) {
        if (isClaimed(found, style.name, claims)) continue;
        occurrences.push(occurrenceOf(source, place, { ...found, style: style.name }));
      }
    }
  }
  for (const { scalar, place, key } of blocks) {
    occurrences.push(...findInBlock(source, scalar, { ...place, keys: [...place.keys, key] }));
  }
  return occurrences;
}

interface Claims {
  /** By the start of a slot: the style that has it. Maps may share a scalar through an anchor, styles may not. */
  readonly slots: Map<number, string>;
  /** Starts of scalars that are the name of an image in parts. */
  readonly names: Set<number>;
}

function isClaimed({ slots, image, nameScalar }: Found, style: string, claims: Claims): boolean {
  const [first] = slots;
  if (first === undefined) return true;
  const { start } = first.span;
  if (first.part === 'suffix' && (claims.names.has(start - image.length) || claims.slots.has(start - image.length)))
    return true;
  const owner = claims.slots.get(start);
  if (owner !== undefined && owner !== style) return true;
  for (const { span } of slots) claims.slots.set(span.start, style);
  if (nameScalar !== undefined) claims.names.add(nameScalar.span.start);
  return false;
}

function occurrenceOf(source: Source, place: Place, found: Found & { style: string }): Occurrence {
  const { text, path, index } = source;
  const at = found.slots[0]?.span.start ?? 0;
  const { kind, name, namespace } = place.object;
  return {
    path,
    style: found.style,
    image: found.image,
    ...nameSpanOf(found),
    ...(found.alias === undefined ? {} : { alias: found.alias }),
    tag: found.tag,
    digest: found.digest,
    slots: found.slots,
    ...positionOf(text, at),
    object: { kind, name, namespace },
    container: found.container,
    keyPath: keyPathOf(index, [...place.keys, found.key]),
    ...policyOf(text, found.slots.at(-1)?.span.end ?? at),
  };
}

function nameSpanOf({ nameScalar, slots, image }: Found): { nameSpan: Span } | Record<string, never> {
  if (nameScalar !== undefined) return { nameSpan: nameScalar.span };
  const [first] = slots;
  if (first?.part !== 'suffix') return {};
  return { nameSpan: { start: first.span.start - image.length, end: first.span.start } };
}

// Manifests inside of block scalars: patches of a kustomization, `values: |`, ConfigMaps.
function findInBlock(source: Source, scalar: ScalarNode, place: Place): Occurrence[] {
  const { yaml, text, path } = source;
  const inner = isInner(scalar.value) ? findImagesWith(yaml, scalar.value, path) : [];
  return inner.flatMap((occurrence) => {
    const lifted = liftOccurrence(occurrence, text, scalar);
    if (lifted === undefined) return [];
    const object = occurrence.object.kind === '' ? place.object : occurrence.object;
    const at = lifted.slots[0]?.span.start ?? 0;
    const keyPath = `${keyPathOf(source.index, place.keys)}|${occurrence.keyPath}`;
    return [
      {
        ...lifted,
        ...positionOf(text, at),
        keyPath,
        object: { kind: object.kind, name: object.name, namespace: object.namespace },
      },
    ];
  });
}

/** Line and column, from 1, of an offset. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}

function keyPathOf(document: number, keys: readonly (string | number)[]): string {
  const path = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return document === 0 ? path.replace(/^\./, '') : `[${document}]${path}`;
}

// https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
function policyOf(text: string, end: number): { policy: string } | Record<string, never> {
  const rest = text.slice(end, text.indexOf('\n', end) === -1 ? undefined : text.indexOf('\n', end));
  const marker = /#.*\{\s*"\$imagepolicy"\s*:\s*"([^":]+:[^":]+)(?::[a-z]+)?"/.exec(rest);
  return marker?.[1] === undefined ? {} : { policy: marker[1] };
}

function startOf(occurrence: Occurrence): number {
  return occurrence.slots[0]?.span.start ?? 0;
}

function isNotYaml(parsed: ReturnType<typeof parseManifest>): parsed is NotYaml {
  return 'problem' in parsed;
}
