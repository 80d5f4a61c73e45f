import { lookUp, type MapNode, type ScalarNode, scalarAt, textAt } from '../manifest-node.ts';
import { foundFields, isBareName, type Place, type Style } from '../style.ts';

/**
 * Maps that hold an image in parts, as Helm values, HelmReleases and many custom resources do:
 * `repository` + `tag`, with `registry` and `digest` where they have them.
 */
export const imageMap: Style = {
  name: 'image-map',
  family: 'Helm and custom resources',
  covers:
    'Helm values, HelmReleases and others: `repository` + `tag` (+ `registry`, `digest`, `sha`), `imageTag`, `image` + `tag`, `baseImage` + `version`, `version` beside `registry` or below `image`',
  find: (place) => {
    const name = nameOf(place);
    if (name === undefined) return [];
    const { map } = place;
    const [tagKey, tag] = tagOf(map, name);
    const digest = digestOf(map);
    if (tag === undefined && digest === undefined) return [];
    const image = name.prefix + name.scalar.value;
    const key = tag === undefined ? 'digest' : tagKey;
    const found = foundFields({
      image,
      nameScalar: name.scalar,
      keys: [key],
      tag,
      digest: digest?.scalar,
      isHex: digest?.isHex,
    });
    return found === undefined ? [] : [found];
  },
};

const NAME_KEYS = ['repository', 'repo', 'imageRepository', 'imageName', 'baseImage', 'image', 'name'];

interface Name {
  readonly scalar: ScalarNode;
  readonly key: string;
  readonly prefix: string;
  /** The key above says image. */
  readonly inImage: boolean;
}

function nameOf({ map, keys }: Place): Name | undefined {
  const inImage = /image/i.test(String(keys.findLast((part) => typeof part === 'string') ?? ''));
  for (const key of NAME_KEYS) {
    const scalar = scalarAt(map, key);
    if (scalar === undefined || !isBareName(scalar.value)) continue;
    // A `name` with a `tag` is an image only where the key above says so: many things have a name and a tag.
    if ((key === 'name' || key === 'repo') && !inImage) continue;
    const registry = textAt(map, 'registry') || textAt(map, 'imageRegistry');
    const prefix = registry === '' ? '' : `${registry.replace(/\/+$/, '')}/`;
    const image = scalarAt(map, 'image');
    // `repository: nvcr.io/nvidia`, `image: driver`, as operators write it.
    if (key === 'repository' && image !== undefined && /^[a-z0-9][\w.-]*$/.test(image.value)) {
      return { scalar: image, key: 'image', prefix: `${prefix}${scalar.value}/`, inImage };
    }
    return { scalar, key, prefix, inImage };
  }
  return undefined;
}

function tagOf(map: MapNode, name: Name): [key: string, tag: ScalarNode | undefined] {
  const keys = ['tag', 'imageTag'];
  if (['imageRepository', 'imageName', 'baseImage'].includes(name.key)) keys.push('imageVersion');
  // Beside a chart's repository `version` is the chart's; a registry, both parts of a name, or the key above say that it is an image's.
  const isChart = lookUp(map, 'chart') !== undefined || textAt(map, 'repository').includes('://');
  if (!isChart && (name.prefix !== '' || name.inImage || name.key === 'baseImage')) keys.push('version');
  const key = keys.find((candidate) => scalarAt(map, candidate) !== undefined) ?? '';
  return [key, scalarAt(map, key)];
}

function digestOf(map: MapNode): { scalar: ScalarNode; isHex: boolean } | undefined {
  for (const key of ['digest', 'imageDigest', 'sha']) {
    const scalar = scalarAt(map, key);
    if (scalar === undefined || (scalar.value === '' && scalar.quote === 'plain')) continue;
    return { scalar, isHex: key === 'sha' };
  }
  return undefined;
}
