import { lookUp, type MapNode, scalarAt, textAt } from '../manifest-node.ts';
import { type Found, foundFields, isBareName, type Place, type Style } from '../style.ts';

/**
 * The `images:` of a kustomization or component, and of a Flux Kustomization's spec.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
 */
export const kustomizeImages: Style = {
  name: 'kustomize-images',
  family: 'kustomize',
  covers:
    "`images:` of kustomizations, components, Flux Kustomizations, a HelmRelease's `postRenderers`, image tag transformers: `newTag`, `newName`, `digest`",
  digestPlace: 'own-key',
  find: (place) => {
    const found = isEntry(place) ? findEntry(place.map) : undefined;
    return found === undefined ? [] : [found];
  },
};

// `newTag` is a word of kustomize's own; a digest alone tells nothing without the list around it.
function isEntry({ keys, map }: Place): boolean {
  if (lookUp(map, 'newTag') !== undefined) return true;
  return lookUp(map, 'digest') !== undefined && (keys.at(-2) === 'images' || keys.at(-1) === 'imageTag');
}

function findEntry(entry: MapNode): Found | undefined {
  const name = textAt(entry, 'name');
  const newName = textAt(entry, 'newName');
  const tag = scalarAt(entry, 'newTag');
  const found = foundFields({
    image: newName || name,
    nameScalar: scalarAt(entry, newName === '' ? 'name' : 'newName'),
    keys: [tag === undefined ? 'digest' : 'newTag'],
    tag,
    digest: scalarAt(entry, 'digest'),
  });
  if (found === undefined || !isBareName(found.image)) return undefined;
  return newName === '' || newName === name ? found : { ...found, alias: name };
}
