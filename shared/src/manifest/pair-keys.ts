import type { ScalarNode } from './manifest-node.ts';
import { type Found, foundFields, isBareName } from './style.ts';

/** Scalars by the name under which they stand: the keys of a mapping, or the names of a list of parameters. */
export type NamedScalars = ReadonlyMap<string, ScalarNode>;

const TAG_KEY = /^(?:(?<prefix>.*?[A-Za-z0-9])(?<separator>[._-]?))?(?<word>tag|version)$/i;
const NAME_WORDS = ['repository', 'repo', 'name', ''];

/**
 * Images in parts whose keys share a beginning: `image.repository` + `image.tag`, `sidecarImage` + `sidecarImageTag`,
 * `IMAGE_NAME` + `IMAGE_VERSION`. The beginning has to say image, or one key has to be `repository`.
 */
export function pairKeys(named: NamedScalars): readonly (Found & { readonly tagKey: string })[] {
  const byLower = new Map([...named].map(([key, scalar]) => [key.toLowerCase(), scalar]));
  return [...named].flatMap(([tagKey, tag]) => {
    const groups = TAG_KEY.exec(tagKey)?.groups;
    if (groups === undefined) return [];
    const { prefix = '', separator = '', word = '' } = groups;
    const beginning = `${prefix}${separator}`.toLowerCase();
    const part = (name: string) => byLower.get(`${beginning}${name}`);
    const saysImage = /image$/i.test(prefix);
    const names = saysImage
      ? NAME_WORDS.map((name) => (name === '' ? byLower.get(prefix.toLowerCase()) : part(name)))
      : word.toLowerCase() === 'tag'
        ? [part('repository')]
        : [];
    const nameScalar = names.find((scalar) => scalar !== undefined);
    if (nameScalar === undefined || !isBareName(nameScalar.value)) return [];
    const registry = part('registry')?.value.replace(/\/+$/, '') ?? '';
    const image = registry === '' ? nameScalar.value : `${registry}/${nameScalar.value}`;
    const digest = part('digest');
    const found = foundFields({
      image,
      nameScalar,
      keys: [tagKey],
      tag,
      digest: digest?.value === '' ? undefined : digest,
    });
    return found === undefined ? [] : [{ ...found, tagKey }];
  });
}
