import { commentsAt, fluxPolicy } from '../find-comment.ts';
import type { MapNode } from '../manifest-node.ts';
import { type KeyedScalar, scalarsOf } from '../scalars-of.ts';
import { type Found, foundFields, foundReference, isBareName, type Style } from '../style.ts';

/** Values that Flux's image automation updates, whatever their key: a `$imagepolicy` comment says what they are. */
export const fluxMarker: Style = {
  name: 'flux-marker',
  family: 'Flux',
  covers:
    'any value with a `{"$imagepolicy": "namespace:name"}` comment, also `:tag`, `:digest` beside `:name`; without a name by `policies`',
  digestPlace: 'nowhere',
  find: ({ text, map }) => {
    if (!text.includes('$imagepolicy')) return [];
    const marked = markedScalars(text, map);
    return marked.flatMap(({ keys, scalar, policy, part }): readonly Found[] => {
      const nameScalar = marked.find((other) => other.policy === policy && other.part === 'name')?.scalar;
      const image = nameScalar !== undefined && isBareName(nameScalar.value) ? nameScalar.value : '';
      const fields = { image, nameScalar, keys, tag: undefined, digest: undefined };
      const found =
        part === 'all'
          ? foundReference(scalar, keys)
          : part === 'name'
            ? undefined
            : foundFields({ ...fields, [part]: scalar });
      return found === undefined ? [] : [found];
    });
  },
};

function markedScalars(text: string, map: MapNode) {
  return scalarsOf(map).flatMap((entry: KeyedScalar) => {
    const marker = fluxPolicy(commentsAt(text, entry.scalar.span).behind);
    return marker === undefined ? [] : [{ ...entry, ...marker }];
  });
}
