import { parseImageReference } from '../../image/reference.ts';
import type { Keys } from '../key-path.ts';
import { itemsAt, type ScalarNode } from '../manifest-node.ts';
import { type Found, foundReference, type Style } from '../style.ts';

/** The `kustomize.images` of Argo CD Applications, ApplicationSets and of the files that Argo CD Image Updater writes; https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/ */
export const argoApplication: Style = {
  name: 'argo-application',
  family: 'Argo CD',
  covers: "`kustomize.images` (`name:tag`, `alias=name:tag`), also in Image Updater's `.argocd-source-*.yaml`",
  find: ({ path, object, keys, map }) => {
    const isSource = /(?:^|\/)\.argocd-source[\w.-]*\.ya?ml$/.test(path);
    if (!isSource && object.kind !== 'Application' && object.kind !== 'ApplicationSet') return [];
    if (keys.at(-1) !== 'kustomize') return [];
    return itemsAt(map, 'images').flatMap((item, index) =>
      item.type === 'scalar' ? findImage(item, ['images', index]) : [],
    );
  },
};

function findImage(scalar: ScalarNode, keys: Keys): readonly Found[] {
  const equals = scalar.value.indexOf('=');
  const alias = equals === -1 ? undefined : parseImageReference(scalar.value.slice(0, equals))?.writtenName;
  const found = foundReference(scalar, keys, scalar.value.slice(0, equals + 1));
  if (found === undefined) return [];
  return [alias === undefined ? found : { ...found, alias }];
}
