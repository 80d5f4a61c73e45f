import { parseImageReference } from '../../image/reference.ts';
import { type MapNode, type ScalarNode, scalarAt, textAt } from '../manifest-node.ts';
import { foundFields, type Place, type Style } from '../style.ts';

/**
 * Maps that hold an image in parts, as Helm values, HelmReleases and many custom resources do:
 * `repository` + `tag`, with `registry` and `digest` where they have them.
 */
export const imageMap: Style = {
  name: 'image-map',
  covers: '`repository` + `tag` (+ `registry`, `digest`), `imageTag`, `image` + `tag`, `version` beside `registry`',
  find: (place) => {
    const name = nameOf(place);
    if (name === undefined) return [];
    const { map } = place;
    const [tagKey, tag] = tagOf(map, name.key);
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
    return { scalar, key, prefix: registry === '' ? '' : `${registry.replace(/\/+$/, '')}/` };
  }
  return undefined;
}

function tagOf(map: MapNode, nameKey: string): [key: string, tag: ScalarNode | undefined] {
  const keys = [
    'tag',
    'imageTag',
    ...(nameKey === 'imageRepository' || nameKey === 'imageName' ? ['imageVersion'] : []),
  ];
  // Beside a chart's repository `version` is the chart's; only with a registry it is an image's.
  if (textAt(map, 'registry') !== '') keys.push('version');
  const key = keys.find((candidate) => scalarAt(map, candidate) !== undefined) ?? '';
  return [key, scalarAt(map, key)];
}

function digestOf(map: MapNode): ScalarNode | undefined {
  const digest = scalarAt(map, 'digest') ?? scalarAt(map, 'imageDigest');
  return digest !== undefined && (digest.value === '' || digest.value.includes(':')) ? digest : undefined;
}
