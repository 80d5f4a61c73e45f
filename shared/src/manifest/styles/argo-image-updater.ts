import type { Keys } from '../key-path.ts';
import { itemsAt, type MapNode, mapAt, type ScalarNode, scalarAt, textAt } from '../manifest-node.ts';
import { type Found, foundFields, foundReference, type Style } from '../style.ts';

const ANNOTATION = 'argocd-image-updater.argoproj.io/';

/**
 * Applications whose annotations tell Argo CD Image Updater which Helm parameters hold an image; the alias is the place's policy.
 * https://argocd-image-updater.readthedocs.io/en/stable/configuration/images/
 */
export const argoImageUpdater: Style = {
  name: 'argo-image-updater',
  family: 'Argo CD',
  covers:
    "the Helm parameters or `valuesObject` keys that Argo CD Image Updater's annotations name (`image-list`, `ALIAS.helm.image-tag`, `ALIAS.helm.image-spec`)",
  digestPlace: 'own-key',
  find: ({ object, map }) => {
    if (object.kind !== 'Application' || textAt(map, 'kind') !== 'Application') return [];
    const annotations = mapAt(map, 'metadata', 'annotations');
    const spec = mapAt(map, 'spec');
    if (annotations === undefined || spec === undefined) return [];
    const images = listedImages(textAt(annotations, `${ANNOTATION}image-list`));
    return helmSources(spec).flatMap((source) =>
      images.flatMap(({ alias, name }) => findIn(source, annotations, { alias, name })),
    );
  },
};

interface HelmSource {
  readonly helm: MapNode;
  readonly keys: Keys;
}

// Entries are `[alias=]name[:constraint]`; the constraint is a rule, never an image that runs.
function listedImages(list: string): readonly { alias: string; name: string }[] {
  return list.split(',').flatMap((entry) => {
    const [, alias = '', name = ''] = /^\s*(?:([\w.-]+)=)?(.+?)(?::[^/:]*)?\s*$/.exec(entry) ?? [];
    return alias === '' ? [] : [{ alias, name }];
  });
}

function helmSources(spec: MapNode): readonly HelmSource[] {
  const source = mapAt(spec, 'source');
  const sources = [
    ...(source === undefined ? [] : [{ node: source, keys: ['spec', 'source'] }]),
    ...itemsAt(spec, 'sources').map((node, index) => ({ node, keys: ['spec', 'sources', index] })),
  ];
  return sources.flatMap(({ node, keys }) => {
    const helm = node.type === 'map' ? mapAt(node, 'helm') : undefined;
    return helm === undefined ? [] : [{ helm, keys: [...keys, 'helm'] }];
  });
}

function findIn(
  source: HelmSource,
  annotations: MapNode,
  { alias, name }: { alias: string; name: string },
): readonly Found[] {
  const setting = (what: string) => findValue(source, textAt(annotations, `${ANNOTATION}${alias}.helm.${what}`));
  const whole = setting('image-spec');
  const tag = setting('image-tag');
  const nameScalar = setting('image-name')?.scalar;
  const found =
    whole === undefined
      ? tag &&
        foundFields({
          image: nameScalar?.value || name,
          nameScalar,
          keys: tag.keys,
          tag: tag.scalar,
          digest: undefined,
        })
      : foundReference(whole.scalar, whole.keys);
  return found === undefined ? [] : [{ ...found, policy: alias }];
}

function findValue({ helm, keys }: HelmSource, name: string): { scalar: ScalarNode; keys: Keys } | undefined {
  if (name === '') return undefined;
  for (const [index, parameter] of itemsAt(helm, 'parameters').entries()) {
    const scalar =
      parameter.type === 'map' && textAt(parameter, 'name') === name ? scalarAt(parameter, 'value') : undefined;
    if (scalar !== undefined) return { scalar, keys: [...keys, 'parameters', index, 'value'] };
  }
  const parts = name.split('.');
  const last = parts.pop() ?? '';
  const parent = mapAt(helm, 'valuesObject', ...parts);
  const scalar = parent && scalarAt(parent, last);
  return scalar && { scalar, keys: [...keys, 'valuesObject', ...parts, last] };
}
