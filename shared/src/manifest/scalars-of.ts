import type { Keys } from './key-path.ts';
import { type MapNode, resolved, type ScalarNode } from './manifest-node.ts';

/** A scalar value of a mapping, or an item of a list in it. */
export interface KeyedScalar {
  /** Keys from the mapping: its own key, and the index in a list. */
  readonly keys: Keys;
  /** The mapping's key alone. */
  readonly key: string;
  readonly scalar: ScalarNode;
}

/** The scalars of a mapping and of the lists directly in it, through aliases; without keys that stand twice, of which nobody can say which one counts. */
export function scalarsOf(map: MapNode): readonly KeyedScalar[] {
  const seen = new Map<string, number>();
  for (const { key } of map.entries) seen.set(key, (seen.get(key) ?? 0) + 1);
  return map.entries.flatMap(({ key, node }): KeyedScalar[] => {
    if ((seen.get(key) ?? 0) > 1) return [];
    const value = resolved(node);
    if (value.type === 'scalar') return [{ keys: [key], key, scalar: value }];
    if (value.type !== 'list') return [];
    return value.items.flatMap((item, index) => {
      const scalar = resolved(item);
      return scalar.type === 'scalar' ? [{ keys: [key, index], key, scalar }] : [];
    });
  });
}
