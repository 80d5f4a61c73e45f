import { type MapNode, textAt } from '../manifest-node.ts';
import { scalarsOf } from '../scalars-of.ts';
import { type Found, foundReference, hasRegistry, type Style } from '../style.ts';

/** Whole references wherever they stand, so long as nothing else can be meant: env, parameters, arguments, patches, ConfigMaps. */
export const referenceValue: Style = {
  name: 'reference-value',
  family: 'any YAML or JSON',
  covers:
    'whole references elsewhere: `value:` of env, parameters and JSON 6902 patches, `--flag=reference`, `KEY=reference`, ConfigMap data, `oci://` addresses',
  find: ({ map }) =>
    scalarsOf(map).flatMap(({ keys, key, scalar }): readonly Found[] => {
      if (COPIES.test(key)) return [];
      const lead = LEAD.exec(scalar.value)?.[0] ?? '';
      const found = foundReference(scalar, keys, lead);
      if (found === undefined || !isPatched(map)) return [];
      const said =
        /image/i.test(lead) || (key === 'value' && /image/i.test(textAt(map, 'name') || textAt(map, 'path')));
      return isSure(found, said) ? [found] : [];
    }),
};

const LEAD = /^(?:--?[\w.-]+=|[A-Za-z_][\w.]*=|(?:oci|docker):\/\/)/;

// What tools keep of an object, and the rules of tools that update images.
const COPIES =
  /^(?:kubectl\.kubernetes\.io\/last-applied-configuration|(?:argocd-image-updater\.argoproj|keel|fluxcd)\..*)$/;

// A JSON patch writes its value with `add` and `replace`; `test` says what the base holds.
function isPatched(map: MapNode): boolean {
  return !/^(?:test|remove|move|copy)$/.test(textAt(map, 'op'));
}

/**
 * `redis:6379` and `default/api:8080` are addresses and `apps/api:http` a port: a digest, a registry's host, a version behind a path,
 * or a word that says image tells an image from them.
 */
function isSure({ image, tag, digest }: Found, said: boolean): boolean {
  if (digest !== undefined) return true;
  if (tag === undefined) return false;
  if (said || (image.includes('/') && hasRegistry(image))) return true;
  return image.includes('/') && /\d/.test(tag) && !/^\d{1,5}$/.test(tag);
}
