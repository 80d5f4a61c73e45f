import { mapAt, scalarAt, textAt } from '../manifest-node.ts';
import { foundFields, type Style } from '../style.ts';

/** Flux OCIRepository, https://fluxcd.io/flux/components/source/ocirepositories/ */
export const ociRepository: Style = {
  name: 'oci-repository',
  family: 'Flux',
  covers: 'OCIRepository: `url: oci://...` with `ref.tag`, `ref.digest`',
  digestPlace: 'own-key',
  find: ({ object, keys, map }) => {
    if (object.kind !== 'OCIRepository' || keys.length !== 1 || keys[0] !== 'spec') return [];
    const url = textAt(map, 'url');
    const ref = mapAt(map, 'ref');
    if (!url.startsWith('oci://') || ref === undefined) return [];
    const [tag, digest] = [scalarAt(ref, 'tag'), scalarAt(ref, 'digest')];
    const key = tag === undefined ? 'ref.digest' : 'ref.tag';
    const found = foundFields({
      image: url.slice('oci://'.length),
      nameScalar: scalarAt(map, 'url'),
      key,
      tag,
      digest,
    });
    return found === undefined ? [] : [found];
  },
};
