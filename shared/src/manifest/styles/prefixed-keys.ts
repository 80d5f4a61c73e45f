import { pairKeys } from '../pair-keys.ts';
import { scalarsOf } from '../scalars-of.ts';
import type { Style } from '../style.ts';

/** Flat keys of one mapping that name an image in parts by a common beginning. */
export const prefixedKeys: Style = {
  name: 'prefixed-keys',
  family: 'Helm and custom resources',
  covers:
    '`fooImage` + `fooImageTag`, `image_repository` + `image_tag`, `IMAGE_NAME` + `IMAGE_VERSION`, `"image.repository"` + `"image.tag"`',
  find: ({ map }) =>
    pairKeys(
      new Map(scalarsOf(map).flatMap(({ keys, key, scalar }) => (keys.length === 1 ? [[key, scalar] as const] : []))),
    ),
};
