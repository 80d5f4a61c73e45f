import { mapAt, scalarAt, textAt } from '../manifest-node.ts';
import { foundFields, type Style } from '../style.ts';

/** Flux OCIRepository, https://fluxcd.io/flux/components/source/ocirepositories/ */
export const ociRepository: Style = {
  name: 'oci-repository',
  family: 'Flux',
  covers: 'OCIRepository: `url: oci://...` with `ref.tag`, `ref.digest`',
  digestPlace: 'own-key',
  find: ({ object, keys: above, map }) => {
    if (object.kind !== 'OCIRepository' || above.length !== 1 || above[0] !== 'spec') return [];
    const url = textAt(map, 'url');
    const ref = mapAt(map, 'ref');
    if (!url.startsWith('oci://') || ref === undefined) return [];
    const [tag, digest] = [scalarAt(ref, 'tag'), scalarAt(ref, 'digest')];
    const keys = ['ref', tag === undefined ? 'digest' : 'tag'];
    const found = foundFields({
      image: url.slice('oci://'.length),
      nameScalar: scalarAt(map, 'url'),
      keys,
      tag,
      digest,
    });
    return found === undefined ? [] : [found];
  },
};
