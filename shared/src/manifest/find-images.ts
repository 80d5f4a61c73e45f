import { countMergers } from './count-mergers.ts';
import { commentsAt, fluxPolicy } from './find-comment.ts';
import { findInLines, isReadByLines } from './find-in-lines.ts';
import { meansKeyPath } from './key-path.ts';
import type { ManifestNode, ScalarNode } from './manifest-node.ts';
import { type Occurrence, type Span, spansOf } from './occurrence.ts';
import { loadYaml, type ManifestDocument, type NotYaml, parseManifest, type YamlLibrary } from './parse-manifest.ts';
import { isInner, liftOccurrence } from './read-block-scalar.ts';
import type { Found, Place, Spot, Style } from './style.ts';
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
  const documents = isReadByLines(path) ? [] : parseManifest(yaml, text);
  const found = isNotYaml(documents)
    ? []
    : documents.flatMap(({ root }, index) => findInDocument({ yaml, text, path, index, table, keyPaths }, root));
  if (isNotYaml(documents) || !documents.some(isPlainYaml)) {
    const known = found.flatMap(spansOf);
    const isKnown = ({ start, end }: Span) => known.some((span) => span.start <= end && start <= span.end);
    found.push(...findInLines(text, path, keyPaths).filter((occurrence) => !spansOf(occurrence).some(isKnown)));
  }
  return found.sort((a, b) => startOf(a) - startOf(b));
}

interface Source {
  readonly yaml: YamlLibrary;
  readonly text: string;
  readonly path: string;
  readonly index: number;
  readonly table: readonly Style[];
  readonly keyPaths: readonly string[];
}

function findInDocument(source: Source, root: ManifestNode | undefined): Occurrence[] {
  const occurrences: Occurrence[] = [];
  if (root === undefined) return occurrences;
  const claims: Claims = { slots: new Map(), names: new Set() };
  const places: Place[] = [];
  const blocks: { scalar: ScalarNode; place: Place; key: string }[] = [];
  const placeOf = (spot: Spot): Place => ({ ...spot, text: source.text, document: source.index });
  walkManifest(root, source.path, {
    map: (spot) => {
      if (!WATCHERS.has(spot.object.kind)) places.push(placeOf(spot));
    },
    block: (scalar, spot, key) => blocks.push({ scalar, place: placeOf(spot), key }),
  });
  // Style by style, so that a special one claims its scalars before a general one sees them.
  for (const style of source.table) {
    for (const place of places) {
      for (const found of style.find(place)) {
        if (isClaimed(found, style.name, claims)) continue;
        occurrences.push(occurrenceOf(source, place, { ...countMergers(places, place, found), style }));
      }
    }
  }
  for (const { scalar, place, key } of blocks) {
    occurrences.push(...findInBlock(source, scalar, { ...place, keys: [...place.keys, key] }));
  }
  return occurrences;
}

// They name images that tools watch, not ones that run.
const WATCHERS = new Set(['ImageRepository', 'ImagePolicy', 'ImageUpdater']);

interface Claims {
  /** By the start of a slot: the style that has it. Maps may share a scalar through an anchor, styles may not. */
  readonly slots: Map<number, string>;
  /** Starts of scalars that are the name of an image in parts. */
  readonly names: Set<number>;
}

function isClaimed({ slots, image, nameScalar }: Found, style: string, claims: Claims): boolean {
  const [first] = slots;
  if (first === undefined || claims.names.has(first.span.start)) return true;
  const { start } = first.span;
  if (first.part === 'suffix' && (claims.names.has(start - image.length) || claims.slots.has(start - image.length)))
    return true;
  const owner = claims.slots.get(start);
  if (owner !== undefined && owner !== style) return true;
  for (const { span } of slots) claims.slots.set(span.start, style);
  if (nameScalar !== undefined) claims.names.add(nameScalar.span.start);
  return false;
}

function occurrenceOf(source: Source, place: Place, found: Found & { style: Style }): Occurrence {
  const { text, path, index } = source;
  const at = found.slots[0]?.span.start ?? 0;
  const { kind, name, namespace } = place.object;
  return {
    path,
    style: found.style.name,
    image: found.image,
    ...nameSpanOf(found),
    ...(found.alias === undefined ? {} : { alias: found.alias }),
    tag: found.tag,
    digest: found.digest,
    slots: found.slots,
    digestPlace: found.style.digestPlace ?? 'behind',
    ...positionOf(text, at),
    object: { kind, name, namespace },
    container: found.container,
    document: index,
    keys: [...place.keys, ...found.keys],
    ...policyOf(text, found),
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
  const { yaml, text, path, index, keyPaths } = source;
  if (!isInner(scalar.value) || place.keys.at(-1) === LAST_APPLIED) return [];
  const declared = keyPaths.flatMap((wanted) => {
    const bar = wanted.indexOf('|');
    return bar !== -1 && meansKeyPath(wanted.slice(0, bar), place.keys, index) ? [wanted.slice(bar + 1)] : [];
  });
  return findImagesWith(yaml, scalar.value, path, { keyPaths: declared }).flatMap((occurrence) => {
    const lifted = liftOccurrence(occurrence, text, scalar);
    if (lifted === undefined) return [];
    const { kind, name, namespace } = occurrence.object.kind === '' ? place.object : occurrence.object;
    const inner = occurrence.document === 0 ? occurrence.keys : [occurrence.document, ...occurrence.keys];
    return [
      {
        ...lifted,
        ...positionOf(text, lifted.slots[0]?.span.start ?? 0),
        document: index,
        keys: [...place.keys, '|', ...inner],
        object: { kind, name, namespace },
      },
    ];
  });
}

// kubectl's copy of the object, which it writes itself.
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

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

function policyOf(text: string, { policy, slots }: Found): { policy: string } | Record<string, never> {
  if (policy !== undefined) return { policy };
  const markers = slots.map(({ span }) => fluxPolicy(commentsAt(text, span).behind));
  const marker = markers.findLast((candidate) => candidate !== undefined);
  return marker === undefined ? {} : { policy: marker.policy };
}

function startOf(occurrence: Occurrence): number {
  return occurrence.slots[0]?.span.start ?? 0;
}

// The branches of a template may hold the same key twice, which no document may; a text of one scalar is no manifest.
function isPlainYaml({ root, isTemplate }: ManifestDocument): boolean {
  return !isTemplate && (root?.type === 'map' || root?.type === 'list');
}

function isNotYaml(parsed: ReturnType<typeof parseManifest>): parsed is NotYaml {
  return 'problem' in parsed;
}
