import type { Keys } from '#shared/manifest/key-path.ts';
import { itemsAt, type MapNode, textAt } from '#shared/manifest/manifest-node.ts';
import type { Target } from '../images/change.ts';
import { fileLayer, type Layer, type Release, releasesNear } from './plan-helm-releases.ts';
import { type Manifests, type Ruling, versionOf } from './plan-surroundings.ts';

/** What has the last word over a value, by each HelmRelease, Argo CD Application and chart around that reads it. */
export function rulingsByHelm(manifests: Manifests, { file, occurrence }: Target): readonly Ruling[] {
  const releases = releasesNear(manifests, file.path);
  const isReference = occurrence.slots[0]?.part === 'suffix';
  const chart = /^(?:(.*)\/)?values\.ya?ml$/.exec(file.path);
  const around = chart === null ? [] : stacksOf({ manifests, releases }, chart[1] ?? '.', file.path);
  return [...releases.map(({ layers }) => layers), ...around].flatMap((stack) => {
    for (const [index, layer] of stack.entries()) {
      const inner = layer.file === file.path ? keysWithin(layer, occurrence) : undefined;
      if (inner !== undefined) return lastWord(stack.slice(index + 1), [...layer.below, ...inner], isReference);
    }
    return [];
  });
}

// The keys among the layer's values: without those that lead to them in the file.
function keysWithin(layer: Layer, { keys, line }: Target['occurrence']): Keys | undefined {
  return keys.map((_, index) => keys.slice(index)).find((some) => layer.get(some)?.line === line);
}

function lastWord(later: readonly Layer[], keys: Keys, isReference: boolean): readonly Ruling[] {
  const rulings = later.flatMap(({ file, below, get, why }): Ruling[] => {
    const found = below.every((key, index) => keys[index] === key) ? get(keys.slice(below.length)) : undefined;
    const version = found && versionOf(found.value, isReference);
    if (found === undefined || version === undefined) return [];
    const { tag, digest } = version;
    return [{ file, line: found.line, version: { tag, digest }, why }];
  });
  return rulings.slice(-1);
}

interface Around {
  readonly manifests: Manifests;
  readonly releases: readonly Release[];
}

/** The stacks that start with a chart's own values: by releases of it, by the chart around it, else by the names of files. */
function stacksOf(around: Around, chart: string, path: string): readonly (readonly Layer[])[] {
  const own = fileLayer(around.manifests, path, 'values of the chart');
  const declared = around.releases.filter((release) => release.chart === chart).map(({ layers }) => layers);
  const beside = besideOf(around.manifests, chart).map((file) => [own, file]);
  const read = declared.length > 0 ? declared : [[own], ...beside];
  const [, parent = '.', name] = /^(?:(.*)\/)?charts\/([^/]+)$/.exec(chart) ?? [];
  const outer = parent === '.' ? '' : `${parent}/`;
  const [definition] = name === undefined ? [] : around.manifests.of(`${outer}Chart.yaml`);
  if (name === undefined || definition?.root.type !== 'map') return read;
  const inner = { ...own, below: [aliasOf(definition.root, name)] };
  return [...read, ...stacksOf(around, parent, `${outer}values.yaml`).map((stack) => [inner, ...stack])];
}

// `values-production.yaml`: nothing in the repository says when it is read, so the words do.
function besideOf(manifests: Manifests, chart: string): readonly Layer[] {
  const start = chart === '.' ? '' : `${chart}/`;
  return manifests.deciders
    .filter(({ path }) => path.startsWith(start) && /^values[-._][^/]+\.ya?ml$/.test(path.slice(start.length)))
    .map(({ path }) => fileLayer(manifests, path, 'Helm values, when that file is used'));
}

// https://helm.sh/docs/topics/charts/#alias-field-in-dependencies
function aliasOf(definition: MapNode, name: string): string {
  const own = itemsAt(definition, 'dependencies').find((one) => one.type === 'map' && textAt(one, 'name') === name);
  return (own?.type === 'map' && textAt(own, 'alias')) || name;
}
