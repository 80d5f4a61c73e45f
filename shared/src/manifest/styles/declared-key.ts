import { type MapEntry, resolved } from '../manifest-node.ts';
import { type Found, foundFields, foundReference, type Place, type Style } from '../style.ts';

/** Scalars at key paths that somebody declared to be tags (`image_tag: v12`) or references. */
export function declaredKey(keyPaths: readonly string[]): Style {
  const wanted = new Set(keyPaths.map(normalizeKeyPath));
  return {
    name: 'declared-key',
    family: 'by selectors only',
    covers: 'any scalar that `key-paths` names',
    find: (place) =>
      place.map.entries.flatMap((entry) => (wanted.has(pathOf(place, entry)) ? findDeclared(entry) : [])),
  };
}

/** One spelling for `containers.0.image`, `containers[0].image` and `$.containers[0].image`; a document index in front (`[1].image`) stays. */
export function normalizeKeyPath(path: string): string {
  return path
    .replace(/^\$\.?/, '')
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/^\./, '');
}

function pathOf({ keys }: Place, { key }: MapEntry): string {
  return [...keys, key].join('.');
}

function findDeclared({ key, node }: MapEntry): readonly Found[] {
  const scalar = resolved(node);
  if (scalar.type !== 'scalar' || scalar.value === '') return [];
  const reference = foundReference(scalar, key);
  if (reference !== undefined && (reference.tag !== undefined || reference.digest !== undefined)) return [reference];
  const found = foundFields({ image: '', key, tag: scalar, digest: undefined });
  return found === undefined ? [] : [found];
}
