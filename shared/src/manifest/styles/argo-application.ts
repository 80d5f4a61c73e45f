import { parseImageReference } from '../../image/reference.ts';
import { listAt, type MapNode, mapAt, resolved, scalarAt, textAt } from '../manifest-node.ts';
import { type Found, foundFields, foundReference, type Style } from '../style.ts';

/** Sources of Argo CD Applications and ApplicationSets; https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/ */
export const argoApplication: Style = {
  name: 'argo-application',
  covers: 'Argo CD: `kustomize.images`, `helm.parameters` (`image.repository` + `image.tag`)',
  find: ({ object, map }) => {
    if (object.kind !== 'Application' && object.kind !== 'ApplicationSet') return [];
    return [...findKustomizeImages(map), ...findParameters(map)];
  },
};

// Entries are `name:tag`, `name@digest` or `alias=name:tag`.
function findKustomizeImages(map: MapNode): readonly Found[] {
  const kustomize = mapAt(map, 'kustomize');
  const items = (kustomize === undefined ? undefined : listAt(kustomize, 'images'))?.items ?? [];
  return items.flatMap((item, index) => {
    const scalar = resolved(item);
    if (scalar.type !== 'scalar') return [];
    const equals = scalar.value.indexOf('=');
    const alias = equals === -1 ? undefined : parseImageReference(scalar.value.slice(0, equals))?.writtenName;
    const found = foundReference(scalar, `kustomize.images[${index}]`, scalar.value.slice(0, equals + 1));
    if (found === undefined) return [];
    return [alias === undefined ? found : { ...found, alias }];
  });
}

function findParameters(map: MapNode): readonly Found[] {
  const helm = mapAt(map, 'helm');
  const items = (helm === undefined ? undefined : listAt(helm, 'parameters'))?.items ?? [];
  const parameters = items.map(resolved).filter((item) => item.type === 'map');
  return parameters.flatMap((parameter, index) => {
    const tagName = /^(.*\b)tag$/.exec(textAt(parameter, 'name'));
    if (tagName === null) return [];
    const value = (part: string) =>
      textAt(parameters.find((other) => textAt(other, 'name') === `${tagName[1]}${part}`) ?? noMap, 'value');
    const repository = value('repository');
    if (repository === '') return [];
    const registry = value('registry');
    const image = registry === '' ? repository : `${registry}/${repository}`;
    const key = `helm.parameters[${index}].value`;
    const found = foundFields({ image, key, tag: scalarAt(parameter, 'value'), digest: undefined });
    return found === undefined ? [] : [found];
  });
}

const noMap: MapNode = { type: 'map', entries: [] };
