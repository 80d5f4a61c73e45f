import { type MapNode, type ScalarNode, scalarAt } from './manifest-node.ts';
import type { Slot } from './occurrence.ts';
import { isStoredValue } from './parse-manifest.ts';
import type { Found, Spot } from './style.ts';

/**
 * What was found, where a merge key brings its tag or digest beside a name from elsewhere with the number of all places that take it:
 * a mapping that names no image takes `tag` from `<<: *defaults` as well. `spots` are all mappings of the document.
 */
export function countMergers(spots: readonly Spot[], spot: Spot, found: Found): Found {
  const { nameScalar } = found;
  if (nameScalar === undefined || !hasOwn(spot.map, '<<')) return found;
  return { ...found, slots: found.slots.map((slot) => withMergers(spots, spot, slot, nameScalar)) };
}

function withMergers(spots: readonly Spot[], { map }: Spot, slot: Slot, nameScalar: ScalarNode): Slot {
  const { start } = slot.span;
  const home = spots.find((spot) => keyOf(spot.map, start) !== undefined);
  const key = home && keyOf(home.map, start);
  // With the name in the same mapping, whoever takes the tag takes the image.
  if (home === undefined || key === undefined || home.map.entries.some(({ node }) => node === nameScalar)) return slot;
  const takes = (other: MapNode) => !hasOwn(other, key) && scalarAt(other, key)?.span.start === start;
  if (!takes(map)) return slot;
  const isRead = /image$/i.test(String(home.keys.at(-1))) && !isStoredValue(home.keys);
  const others = slot.anchor?.places ?? (isRead ? 1 : 0);
  return { ...slot, merged: others + spots.filter((spot) => takes(spot.map)).length };
}

// The key of the mapping that holds the scalar itself.
function keyOf(map: MapNode, start: number): string | undefined {
  return map.entries.find(({ node }) => node.type === 'scalar' && node.span.start === start)?.key;
}

function hasOwn(map: MapNode, key: string): boolean {
  return map.entries.some((entry) => entry.key === key);
}
