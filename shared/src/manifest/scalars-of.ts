import type { Keys } from './key-path.ts';
import { type ManifestNode, type MapNode, resolved, type ScalarNode } from './manifest-node.ts';

/** A scalar value of a mapping, or an item of a list in it, or of lists in that. */
export interface KeyedScalar {
  /** Keys from the mapping: its own key, and the indexes in lists. */
  readonly keys: Keys;
  /** The mapping's key alone. */
  readonly key: string;
  readonly scalar: ScalarNode;
}

/** The scalars of a mapping and of the lists in it, through aliases; without keys that stand twice, of which nobody can say which one counts. */
export function scalarsOf(map: MapNode): readonly KeyedScalar[] {
  const seen = new Map<string, number>();
  for (const { key } of map.entries) seen.set(key, (seen.get(key) ?? 0) + 1);
  return map.entries.flatMap(({ key, node }): KeyedScalar[] => {
    if ((seen.get(key) ?? 0) > 1) return [];
    return listed(resolved(node), [key]).map((found) => ({ ...found, key }));
  });
}

// An alias inside of a list may stand for the list itself.
function listed(node: ManifestNode, keys: Keys): Omit<KeyedScalar, 'key'>[] {
  if (node.type === 'list') {
    return node.items.flatMap((item, index) => listed(item.type === 'list' ? item : leaf(item), [...keys, index]));
  }
  return node.type === 'scalar' ? [{ keys, scalar: node }] : [];
}

function leaf(node: ManifestNode): ManifestNode {
  const value = resolved(node);
  return value.type === 'list' ? node : value;
}
