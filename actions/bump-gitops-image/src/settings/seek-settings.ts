import type { Keys } from '#shared/manifest/key-path.ts';
import { type ManifestNode, mapAt, textAt } from '#shared/manifest/manifest-node.ts';
import type { ObjectFacts } from '#shared/manifest/occurrence.ts';
import type { ManifestDocument } from '#shared/manifest/parse-manifest.ts';
import type { Spot } from '#shared/manifest/style.ts';
import { walkManifest } from '#shared/manifest/walk-manifest.ts';
import type { Setting } from './parse-set-lines.ts';
import { type Member, seekLiterals, seekVariables } from './seek-members.ts';
import { seekValue } from './seek-value.ts';

/** A place that a setting means, with the facts that selectors and reports use. */
export interface SettingPlace extends Member {
  readonly object: ObjectFacts;
}

interface Source {
  readonly root: ManifestNode;
  readonly places: readonly Spot[];
  /** What some alias of the document stands for. */
  readonly shared: ReadonlySet<ManifestNode>;
}

/** Every place of a file that the setting means, and those where only its neighbours stand. */
export function seekSettings(documents: readonly ManifestDocument[], setting: Setting, path: string): SettingPlace[] {
  return documents.flatMap(({ root }, index) => {
    if (root === undefined) return [];
    const places: Spot[] = [];
    walkManifest(root, path, { map: (place) => void places.push(place), block: () => undefined });
    const source: Source = { root, places, shared: aliased(root) };
    const several = documents.length > 1;
    const found =
      setting.object === undefined ? seekPath(source, setting, several ? index : -1) : seekObjects(source, setting);
    return several ? found.map((place) => ({ ...place, keys: [index, ...place.keys] })) : found;
  });
}

// Of several documents `[1].path` names one; in a file with one document it is an item of a list.
function seekPath({ root, places, shared }: Source, { keys }: Setting, document: number): SettingPlace[] {
  const [first, ...rest] = keys;
  const isIndexed = document >= 0 && typeof first === 'number' && rest.length > 0;
  if (isIndexed && first !== document) return [];
  const own = isIndexed ? rest : keys;
  const object = places.find((place) => place.keys.length === 0)?.object ?? { kind: '', name: '', namespace: '' };
  const mustBeText = isTextOnly(object, own);
  return [{ object, keys: own, sought: seekValue(root, own, shared), container: '', prefix: '', mustBeText }];
}

function seekObjects({ places, shared }: Source, setting: Setting): SettingPlace[] {
  const { kind, name } = setting.object ?? { kind: '', name: '' };
  const own = places.filter(({ object }) => object.kind.toLowerCase() === kind && object.name === name);
  const roots = own.filter(({ map }) => textAt(map, 'kind') !== '' && mapAt(map, 'metadata') !== undefined);
  const below = (keys: Keys) =>
    roots.map(({ map, keys: above, object }) => {
      const sought = seekValue(map, keys, shared);
      return {
        object,
        keys: [...above, ...keys],
        sought,
        container: '',
        prefix: '',
        mustBeText: isTextOnly(object, keys),
      };
    });
  if (kind === 'configmap')
    return [...below(['data', setting.key]), ...seekLiterals(places, setting.key, { name, shared })];
  if (setting.keys.length > 1) return below(setting.keys);
  return own.flatMap((place) =>
    seekVariables(place, String(setting.keys[0]), shared).map((member) => ({ ...member, object: place.object })),
  );
}

// ConfigMaps, environment variables, labels and annotations: the API server refuses anything but text.
function isTextOnly({ kind }: ObjectFacts, keys: Keys): boolean {
  const [last, parent] = [keys.at(-1), keys.at(-2)];
  if (kind === 'ConfigMap' && keys[0] === 'data') return true;
  return parent === 'labels' || parent === 'annotations' || (last === 'value' && keys.at(-3) === 'env');
}

function aliased(root: ManifestNode): ReadonlySet<ManifestNode> {
  const targets = new Set<ManifestNode>();
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'alias') targets.add(node.target);
    if (node.type === 'list') pending.push(...node.items);
    if (node.type === 'map') pending.push(...node.entries.map((entry) => entry.node));
  }
  return targets;
}
