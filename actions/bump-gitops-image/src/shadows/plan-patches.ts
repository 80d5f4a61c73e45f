import type { Keys } from '#shared/manifest/key-path.ts';
import {
  itemsAt,
  type ManifestNode,
  type MapNode,
  mapAt,
  resolved,
  type ScalarNode,
  scalarAt,
  textAt,
} from '#shared/manifest/manifest-node.ts';
import type { ObjectFacts } from '#shared/manifest/occurrence.ts';
import type { Builder } from './plan-kustomize-graph.ts';
import { type Located, lineOf, type Manifests, pathFrom, scalarBelow } from './plan-surroundings.ts';

/** A place of an object that patches may overwrite. */
export interface Patched {
  readonly object: ObjectFacts;
  readonly metadata: MapNode | undefined;
  readonly keys: Keys;
  readonly container: string | undefined;
}

/** A patch of a kustomization, and what it applies to. */
export interface Patch {
  readonly document: Located;
  readonly target: MapNode | undefined;
}

/**
 * The patches that a builder declares, in the order in which kustomize applies them.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
 */
export function patchesOf(manifests: Manifests, { document, map, folder }: Builder): readonly Patch[] {
  const entries = ['patchesStrategicMerge', 'patches', 'patchesJson6902'].flatMap((key) => itemsAt(map, key));
  return entries.flatMap((entry): Patch[] => {
    if (entry.type === 'list') return [];
    const target = entry.type === 'map' ? mapAt(entry, 'target') : undefined;
    const body = entry.type === 'map' ? scalarAt(entry, 'patch') : isInline(entry) ? entry : undefined;
    const path = entry.type === 'map' ? textAt(entry, 'path') : entry.value;
    const read = body === undefined ? manifests.of(pathFrom(folder, path) ?? '') : manifests.inside(document, body);
    return read.map((patch) => ({ document: patch, target }));
  });
}

// An item of `patchesStrategicMerge` is a path or a whole patch.
function isInline({ value, quote }: ScalarNode): boolean {
  return quote === 'block' || /[\n{]/.test(value);
}

/** The text that a patch sets at a place, and its line; undefined where it leaves the place alone. */
export function setByPatch({ document, target }: Patch, place: Patched): { value: string; line: number } | undefined {
  const { root } = document;
  const isMeant = target !== undefined ? isSelected(target, place) : isNamed(root, place.object);
  if (!isMeant) return undefined;
  const scalar =
    root.type === 'list' ? setByOperations(root.items, place.keys) : scalarBelow(root, place.keys, place.container);
  if (scalar === undefined || scalar.value === '') return undefined;
  return { value: scalar.value, line: lineOf(document, scalar) };
}

// A strategic merge patch says by its own kind and name what it is for.
function isNamed(root: ManifestNode, { kind, name, namespace }: ObjectFacts): boolean {
  const metadata = root.type === 'map' ? mapAt(root, 'metadata') : undefined;
  if (root.type !== 'map' || metadata === undefined) return false;
  const own = textAt(metadata, 'namespace');
  const isThere = own === '' || namespace === '' || own === namespace;
  return name !== '' && textAt(root, 'kind') === kind && textAt(metadata, 'name') === name && isThere;
}

function isSelected(target: MapNode, { object, metadata }: Patched): boolean {
  const namespace = textAt(target, 'namespace');
  return (
    matches(textAt(target, 'kind'), object.kind) &&
    matches(textAt(target, 'name'), object.name) &&
    (object.namespace === '' || matches(namespace, object.namespace)) &&
    hasLabels(textAt(target, 'labelSelector'), metadata && mapAt(metadata, 'labels')) &&
    hasLabels(textAt(target, 'annotationSelector'), metadata && mapAt(metadata, 'annotations'))
  );
}

// Kustomize's patterns are anchored. One that could take long here (Go's cannot) is taken for no match: nothing is claimed then.
function matches(pattern: string, value: string): boolean {
  if (pattern === '' || pattern === value) return true;
  if (/\)[*+{]/.test(pattern) || count(pattern, /[*+?{]/g) > 3 || count(pattern, /\(/g) > 5) return false;
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return false;
  }
}

function count(text: string, part: RegExp): number {
  return text.match(part)?.length ?? 0;
}

// Of selectors only `key=value` is read; what others select is not claimed.
function hasLabels(selector: string, labels: MapNode | undefined): boolean {
  if (selector === '') return true;
  return selector.split(',').every((term) => {
    const [, key, value] = /^\s*([^\s=!]+)\s*==?\s*([^\s=!]+)\s*$/.exec(term) ?? [];
    return key !== undefined && labels !== undefined && textAt(labels, key) === value;
  });
}

// https://www.rfc-editor.org/rfc/rfc6902
function setByOperations(operations: readonly ManifestNode[], keys: Keys): ScalarNode | undefined {
  const pointer = keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return operations
    .map(resolved)
    .flatMap((operation) => {
      if (operation.type !== 'map' || !/^(?:add|replace)$/.test(textAt(operation, 'op'))) return [];
      const path = textAt(operation, 'path');
      const depth = pointer.findIndex((_, index) => pointer.slice(0, index + 1).join('') === path);
      const value = operation.entries.find(({ key }) => key === 'value')?.node;
      // An `add` at an index puts another item before the one that stands there.
      const isInsertion = textAt(operation, 'op') === 'add' && typeof keys[depth] === 'number';
      if (depth === -1 || value === undefined || isInsertion) return [];
      return scalarBelow(value, keys.slice(depth + 1)) ?? [];
    })
    .at(-1);
}
