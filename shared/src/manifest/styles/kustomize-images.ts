import { listAt, type MapNode, resolved, scalarAt, textAt } from '../manifest-node.ts';
import { type Found, foundFields, type Place, type Style } from '../style.ts';

/**
 * The `images:` of a kustomization or component, and of a Flux Kustomization's spec.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
 */
export const kustomizeImages: Style = {
  name: 'kustomize-images',
  covers: '`images:` of kustomizations, components and Flux Kustomizations: `newTag`, `newName`, `digest`',
  find: (place) => {
    if (!isKustomization(place)) return [];
    const items = listAt(place.map, 'images')?.items ?? [];
    return items.flatMap((item, index) => {
      const entry = resolved(item);
      const found = entry.type === 'map' ? findEntry(entry, index) : undefined;
      return found === undefined ? [] : [found];
    });
  },
};

function isKustomization({ path, object, keys }: Place): boolean {
  if (keys.length === 0 && /(?:^|\/)kustomization\.ya?ml$|(?:^|\/)Kustomization$/.test(path)) return true;
  const kustomize = object.apiVersion === '' || object.apiVersion.startsWith('kustomize.config.k8s.io/');
  if (kustomize) return keys.length === 0 && (object.kind === 'Kustomization' || object.kind === 'Component');
  return object.kind === 'Kustomization' && keys.length === 1 && keys[0] === 'spec';
}

function findEntry(entry: MapNode, index: number): Found | undefined {
  const name = textAt(entry, 'name');
  const newName = textAt(entry, 'newName');
  const tag = scalarAt(entry, 'newTag');
  const key = `images[${index}].${tag === undefined ? 'digest' : 'newTag'}`;
  const found = foundFields({
    image: newName || name,
    nameScalar: scalarAt(entry, newName === '' ? 'name' : 'newName'),
    key,
    tag,
    digest: scalarAt(entry, 'digest'),
  });
  return found === undefined || newName === '' || newName === name ? found : { ...found, alias: name };
}
