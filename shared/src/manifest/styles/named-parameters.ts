import { type ListNode, resolved, type ScalarNode, scalarAt, textAt } from '../manifest-node.ts';
import { pairKeys } from '../pair-keys.ts';
import type { Found, Style } from '../style.ts';

/** Lists of `{name, value}` that name an image in parts. */
export const namedParameters: Style = {
  name: 'named-parameters',
  family: 'Helm and custom resources',
  covers:
    "`{name, value}` pairs: Argo CD's `helm.parameters`, helmfile's `set`, env (`image.repository` + `image.tag`, `IMAGE_NAME` + `IMAGE_TAG`)",
  digestPlace: 'own-key',
  find: ({ map }) =>
    map.entries.flatMap(({ key, node }) => {
      const list = resolved(node);
      return list.type === 'list' ? findPairs(list, key) : [];
    }),
};

function findPairs(list: ListNode, key: string): readonly Found[] {
  const named = new Map<string, { scalar: ScalarNode; index: number }>();
  const twice = new Set<string>();
  for (const [index, item] of list.items.entries()) {
    const parameter = resolved(item);
    const scalar = parameter.type === 'map' ? scalarAt(parameter, 'value') : undefined;
    if (parameter.type !== 'map' || scalar === undefined) continue;
    const name = textAt(parameter, 'name');
    if (named.has(name)) twice.add(name);
    named.set(name, { scalar, index });
  }
  for (const name of twice) named.delete(name);
  const pairs = pairKeys(new Map([...named].map(([name, { scalar }]) => [name, scalar])));
  return pairs.map(({ tagKey, ...found }) => ({ ...found, keys: [key, named.get(tagKey)?.index ?? 0, 'value'] }));
}
