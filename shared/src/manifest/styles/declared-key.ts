import { meansKeyPath } from '../key-path.ts';
import { scalarsOf } from '../scalars-of.ts';
import { type Found, foundFields, foundReference, type Style } from '../style.ts';

/** Scalars at key paths that somebody declared to be tags (`image_tag: v12`) or references. */
export function declaredKey(keyPaths: readonly string[]): Style {
  return {
    name: 'declared-key',
    family: 'by selectors only',
    covers: 'any scalar that `key-paths` names',
    find: (place) => {
      if (keyPaths.length === 0) return [];
      return scalarsOf(place.map).flatMap(({ keys, scalar }): readonly Found[] => {
        const isDeclared = keyPaths.some((wanted) => meansKeyPath(wanted, [...place.keys, ...keys], place.document));
        if (!isDeclared || scalar.value === '') return [];
        const reference = foundReference(scalar, keys);
        if (reference !== undefined && (reference.tag !== undefined || reference.digest !== undefined))
          return [reference];
        const found = foundFields({ image: '', keys, tag: scalar, digest: undefined });
        return found === undefined ? [] : [found];
      });
    },
  };
}
