import { parseImageReference } from '../../image/reference.ts';
import { type MapNode, type ScalarNode, scalarAt, textAt } from '../manifest-node.ts';
import { foundFields, type Place, type Style } from '../style.ts';

/**
 * Maps that hold an image in parts, as Helm values, HelmReleases and many custom resources do:
 * `repository` + `tag`, with `registry` and `digest` where they have them.
 */
export const imageMap: Style = {
  name: 'image-map',
  covers:
    'Helm values, HelmReleases and others: `repository` + `tag` (+ `registry`, `digest`), `imageTag`, `image` + `tag`, `version` beside `registry`',
  find: (place) => {
    const name = nameOf(place);
    if (name === undefined) return [];
    const { map } = place;
    const [tagKey, tag] = tagOf(map, name);
    const digest = digestOf(map);
    if (tag === undefined && digest === undefined) return [];
    const image = name.prefix + name.scalar.value;
    const key = tag === undefined ? 'digest' : tagKey;
    const found = foundFields({ image, nameScalar: name.scalar, key, tag, digest });
    return found === undefined ? [] : [found];
  },
};

const NAME_KEYS = ['repository', 'imageRepository', 'imageName', 'image', 'name'];

function nameOf({ map, keys }: Place): { scalar: ScalarNode; key: string; prefix: string } | undefined {
  for (const key of NAME_KEYS) {
    const scalar = scalarAt(map, key);
    if (scalar === undefined || parseImageReference(scalar.value)?.writtenName !== scalar.value) continue;
    // A `name` with a `tag` is an image only where the key above says so: many things have a name and a tag.
    if (key === 'name' && !/image/i.test(String(keys.findLast((part) => typeof part === 'string') ?? ''))) continue;
    const registry = textAt(map, 'registry') || textAt(map, 'imageRegistry');
    const prefix = registry === '' ? '' : `${registry.replace(/\/+$/, '')}/`;
    const image = scalarAt(map, 'image');
    // `repository: nvcr.io/nvidia`, `image: driver`, as operators write it.
    if (key === 'repository' && image !== undefined && /^[a-z0-9][\w.-]*$/.test(image.value)) {
      return { scalar: image, key: 'image', prefix: `${prefix}${scalar.value}/` };
    }
    return { scalar, key, prefix };
  }
  return undefined;
}

function tagOf(
  map: MapNode,
  { key: nameKey, prefix }: { key: string; prefix: string },
): [key: string, tag: ScalarNode | undefined] {
  const keys = [
    'tag',
    'imageTag',
    ...(nameKey === 'imageRepository' || nameKey === 'imageName' ? ['imageVersion'] : []),
  ];
  // Beside a chart's repository `version` is the chart's; only with a registry (or both parts of a name) it is an image's.
  if (prefix !== '') keys.push('version');
  const key = keys.find((candidate) => scalarAt(map, candidate) !== undefined) ?? '';
  return [key, scalarAt(map, key)];
}

function digestOf(map: MapNode): ScalarNode | undefined {
  const digest = scalarAt(map, 'digest') ?? scalarAt(map, 'imageDigest');
  if (digest === undefined || (digest.value === '' && digest.quote === 'plain')) return undefined;
  return digest.value === '' || digest.value.includes(':') ? digest : undefined;
}
