import { scalarsOf } from '../scalars-of.ts';
import { type Found, foundReference, type Place, type Style, saysImage } from '../style.ts';

/** Whole references under a key that says image: custom resources, Helm values, compose files, `KUBECTL_IMAGE: ...`. */
export const imageField: Style = {
  name: 'image-field',
  family: 'Helm and custom resources',
  covers:
    '`image: reference` anywhere, `images: [reference]`, `images: {web: reference}`, `image: {name: reference}`, keys such as `inline_image`, `KUBECTL_IMAGE`',
  find: (place) =>
    scalarsOf(place.map).flatMap(({ keys, key, scalar }): readonly Found[] => {
      if (!isImageKey(place, key)) return [];
      const found = foundReference(scalar, keys);
      const isImage = key === 'image' && keys.length === 1;
      // A name alone is half of a pair, or no image at all, unless the key is `image`.
      if (found === undefined || (!isImage && found.tag === undefined && found.digest === undefined)) return [];
      return [found];
    }),
};

function isImageKey({ keys }: Place, key: string): boolean {
  // `repository` holds a whole reference in some charts.
  if (saysImage(key) || key === 'repository') return !RULES.test(key);
  const parent = String(keys.at(-1) ?? '');
  return /images$/i.test(parent) || (/image$/i.test(parent) && /^(?:name|ref|reference|url|uri|full.*)$/i.test(key));
}

// Annotations of tools that update images hold rules (`nginx:1.x`), and kubectl's copy of the object is its own.
const RULES = /^argocd-image-updater\.argoproj\.io\/|^keel\.sh\/|^fluxcd\.io\//;
