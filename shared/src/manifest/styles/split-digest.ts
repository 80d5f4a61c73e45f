import { scalarAt, textAt } from '../manifest-node.ts';
import { type Style, slotOf } from '../style.ts';

const SUFFIX = '@sha256';

/** Charts that print `repository:tag` get a digest by `repository: name@sha256` and the hexadecimal digits as `tag`. */
export const splitDigest: Style = {
  name: 'split-digest',
  family: 'Helm and custom resources',
  covers: '`repository: name@sha256` + `tag: <64 hex digits>`',
  find: ({ map }) => {
    const repository = scalarAt(map, 'repository') ?? scalarAt(map, 'image');
    const key = scalarAt(map, 'tag') === undefined ? 'imageTag' : 'tag';
    const tag = scalarAt(map, key);
    if (repository === undefined || tag === undefined || !repository.value.endsWith(SUFFIX)) return [];
    const registry = textAt(map, 'registry');
    const name = repository.value.slice(0, -SUFFIX.length);
    const image = registry === '' ? name : `${registry}/${name}`;
    const digest = `sha256:${tag.value}`;
    return [{ image, nameScalar: repository, tag: undefined, digest, slots: [slotOf(tag, 'digest-hex')], keys: [key] }];
  },
};
