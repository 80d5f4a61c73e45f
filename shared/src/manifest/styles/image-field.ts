import { type MapEntry, type MapNode, resolved } from '../manifest-node.ts';
import { type Found, foundReference, type Style } from '../style.ts';

/** Whole references under a key that says image: custom resources, Helm values, compose files, `KUBECTL_IMAGE: ...`. */
export const imageField: Style = {
  name: 'image-field',
  covers: '`image: reference` anywhere, `images: [reference]`, keys such as `inline_image`, `KUBECTL_IMAGE`',
  // Flux's ImageRepository names the image that it watches, not one that runs.
  find: ({ object, map }) =>
    object.kind === 'ImageRepository'
      ? []
      : map.entries.flatMap((entry) => (isTwice(map, entry) ? [] : findEntry(entry))),
};

function findEntry({ key, node }: MapEntry): readonly Found[] {
  // `repository` holds a whole reference in some charts.
  if (!/image/i.test(key) && key !== 'repository') return [];
  const value = resolved(node);
  if (value.type === 'scalar') return present(foundReference(value, key), key === 'image');
  if (value.type !== 'list') return [];
  return value.items.flatMap((item, index) => {
    const scalar = resolved(item);
    return scalar.type === 'scalar' ? present(foundReference(scalar, `${key}[${index}]`), false) : [];
  });
}

// A name alone is half of a pair, or no image at all, unless the key is `image`.
function present(found: Found | undefined, nameAlone: boolean): readonly Found[] {
  return found === undefined || (!nameAlone && found.tag === undefined && found.digest === undefined) ? [] : [found];
}

function isTwice(map: MapNode, { key }: MapEntry): boolean {
  return map.entries.filter((entry) => entry.key === key).length > 1;
}
