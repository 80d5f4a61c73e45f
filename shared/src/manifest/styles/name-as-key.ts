import { scalarsOf } from '../scalars-of.ts';
import { type Found, foundFields, hasRegistry, isBareName, type Place, type Style } from '../style.ts';

/** Lists of versions by image name, where the keys around or the file's name say what they are. */
export const nameAsKey: Style = {
  name: 'name-as-key',
  family: 'any YAML or JSON',
  covers: '`images: {ghcr.io/acme/api: v1}`, `versions.json` with the names of images as keys',
  digestPlace: 'nowhere',
  find: (place) =>
    saysVersions(place)
      ? scalarsOf(place.map).flatMap(({ keys, key, scalar }): readonly Found[] => {
          if (keys.length > 1 || !isBareName(key) || !hasRegistry(key)) return [];
          const found = foundFields({ image: key, keys, tag: scalar, digest: undefined });
          return found === undefined ? [] : [found];
        })
      : [],
};

function saysVersions({ path, keys }: Place): boolean {
  const around = keys.length === 0 ? path.slice(path.lastIndexOf('/') + 1) : String(keys.at(-1));
  return /(?:images?|tags?|versions?)(?:\.\w+)?$/i.test(around);
}
