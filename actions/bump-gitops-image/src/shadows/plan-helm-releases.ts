import { posix } from 'node:path';
import type { Keys } from '#shared/manifest/key-path.ts';
import { itemsAt, type ManifestNode, type MapNode, mapAt, scalarAt, textAt } from '#shared/manifest/manifest-node.ts';
import { sourcesOf } from './plan-kustomize-graph.ts';
import { type Located, lineOf, type Manifests, pathFrom, scalarBelow } from './plan-surroundings.ts';

/** Values of one place; of several that make the values of a chart the later has the last word. */
export interface Layer {
  readonly file: string;
  /** Where they belong among the values of the chart: below the name of a chart inside. */
  readonly below: Keys;
  readonly why: string;
  /** The value at keys of this layer, and its line; undefined where it sets none. */
  readonly get: (keys: Keys) => { value: string; line: number } | undefined;
}

/** A HelmRelease or an Argo CD Application with the values that it reads, the weakest first. */
export interface Release {
  /** The chart's folder; undefined for a chart of another repository. */
  readonly chart: string | undefined;
  readonly layers: readonly Layer[];
}

/** The releases that may read a file: objects of Flux and Argo CD that name it, its folder or a chart around it. */
export function releasesNear(manifests: Manifests, path: string): readonly Release[] {
  const chart = posix.dirname(path);
  const around = chart.split(/\/?charts\//).slice(0, -1);
  const isInRoot = around[0] === '' && manifests.of('Chart.yaml').length > 0;
  const words = [chart, ...around.filter((outer) => outer !== '' || isInRoot)];
  if (!/^values\.ya?ml$/.test(posix.basename(path))) words.push(posix.basename(path));
  return manifests.controllers
    .filter((file) => file.includes('helm.toolkit.fluxcd.io') || file.includes('argoproj.io'))
    .filter((file) => file.path === path || words.some((word) => file.includes(word)))
    .flatMap((file) => manifests.of(file.path))
    .flatMap((document): Release[] => {
      const { root } = document;
      if (root.type !== 'map') return [];
      if (textAt(root, 'kind') === 'HelmRelease') return fluxRelease(manifests, document, root);
      return sourcesOf(root).map((source) => argoRelease(manifests, document, source));
    });
}

// https://fluxcd.io/flux/components/helm/helmreleases/#values
function fluxRelease(manifests: Manifests, document: Located, root: MapNode): Release[] {
  const spec = mapAt(root, 'spec');
  const template = spec && mapAt(spec, 'chart', 'spec');
  const source = template && mapAt(template, 'sourceRef');
  if (spec === undefined || template === undefined || source === undefined) return [];
  const isHere = textAt(source, 'kind') === 'GitRepository';
  const chart = isHere ? pathFrom('.', textAt(template, 'chart')) : undefined;
  const own = chart === undefined ? [] : [ownValues(chart)];
  const named = isHere ? [...textsAt(template, 'valuesFiles'), textAt(template, 'valuesFile')] : [];
  const files = named.flatMap((file) => (file === 'values.yaml' ? own : (pathFrom('.', file) ?? [])));
  const first = own.filter((file) => !files.includes(file));
  const layers = [...first, ...files].map((file) => fileLayer(manifests, file, 'values file of the HelmRelease'));
  const values = nodeLayer(document, mapAt(spec, 'values'), 'values of the HelmRelease');
  return [{ chart, layers: [...layers, ...values] }];
}

// https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ : parameters > valuesObject > values > valueFiles.
function argoRelease(manifests: Manifests, document: Located, source: MapNode): Release {
  const chart = pathFrom('.', textAt(source, 'path'));
  const helm = mapAt(source, 'helm');
  if (helm === undefined) return { chart: undefined, layers: [] };
  const files = textsAt(helm, 'valueFiles').flatMap((file) => {
    const fromRoot = /^(?:\$[^/]+)?\/(.*)$/.exec(file)?.[1];
    return (fromRoot === undefined ? pathFrom(chart ?? '', file) : pathFrom('.', fromRoot)) ?? [];
  });
  const own = chart === undefined ? [] : [ownValues(chart)];
  const object = mapAt(helm, 'valuesObject');
  const text = object === undefined ? scalarAt(helm, 'values') : undefined;
  const parsed = text === undefined ? [] : manifests.inside(document, text);
  return {
    chart,
    layers: [
      ...[...own, ...files].map((file) => fileLayer(manifests, file, 'value file of the Argo CD Application')),
      ...parsed.flatMap((inner) => nodeLayer(inner, inner.root, 'values of the Argo CD Application')),
      ...nodeLayer(document, object, 'valuesObject of the Argo CD Application'),
      parametersLayer(document, helm),
    ],
  };
}

function ownValues(chart: string): string {
  return chart === '.' ? 'values.yaml' : `${chart}/values.yaml`;
}

function textsAt(map: MapNode, key: string): readonly string[] {
  return itemsAt(map, key).flatMap((item) => (item.type === 'scalar' ? item.value : []));
}

/** The values of a file, parsed when they are asked for. */
export function fileLayer(manifests: Manifests, file: string, why: string): Layer {
  const get: Layer['get'] = (keys) => {
    const [document] = manifests.of(file);
    return document && valueAt(document, document.root, keys);
  };
  return { file, below: [], why, get };
}

function nodeLayer(document: Located, node: ManifestNode | undefined, why: string): readonly Layer[] {
  return node === undefined
    ? []
    : [{ file: document.file, below: [], why, get: (keys) => valueAt(document, node, keys) }];
}

function valueAt(document: Located, node: ManifestNode, keys: Keys): ReturnType<Layer['get']> {
  const scalar = scalarBelow(node, keys);
  return scalar === undefined || scalar.value === ''
    ? undefined
    : { value: scalar.value, line: lineOf(document, scalar) };
}

// `image.tag`, `list[0].name`, `with\.dot`, as `helm --set` reads them.
function parametersLayer(document: Located, helm: MapNode): Layer {
  const named = itemsAt(helm, 'parameters').flatMap((item) => {
    const value = item.type === 'map' ? scalarAt(item, 'value') : undefined;
    return item.type !== 'map' || value === undefined ? [] : [{ name: textAt(item, 'name'), value }];
  });
  const get: Layer['get'] = (keys) => {
    const wanted = keys
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key.replaceAll('.', '\\.')}`))
      .join('')
      .slice(1);
    const value = named.findLast(({ name }) => name === wanted)?.value;
    return value && { value: value.value, line: lineOf(document, value) };
  };
  return { file: document.file, below: [], why: 'parameter of the Argo CD Application', get };
}
