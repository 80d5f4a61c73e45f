import { posix } from 'node:path';
import { parseImageReference } from '#shared/image/reference.ts';
import {
  itemsAt,
  lookUp,
  type MapNode,
  mapAt,
  type ScalarNode,
  scalarAt,
  textAt,
} from '#shared/manifest/manifest-node.ts';
import { foldersOf } from '../repository/plan-files.ts';
import { isKustomization, type RawFile } from '../repository/source.ts';
import { type Located, lineOf, type Manifests, pathFrom } from './plan-surroundings.ts';

/** A kustomization, or the part of a Flux or Argo CD object that adds to one. */
export interface Builder {
  readonly document: Located;
  /** Where `patches`, `images` and `components` stand. */
  readonly map: MapNode;
  /** The folder that it builds, and that its paths are relative to. */
  readonly folder: string;
  readonly tool: 'kustomize' | 'flux' | 'argo';
}

/** Who builds what: the edges of the graph, from a manifest upwards. */
export interface KustomizeGraph {
  /** Whether a file is the kustomization of its folder. */
  readonly has: (path: string) => boolean;
  /** The kustomization in a folder. */
  readonly at: (folder: string) => Builder | undefined;
  /** Those that take a file, or the kustomization of a folder, among their resources. */
  readonly parentsOf: (path: string) => readonly Builder[];
  /** Those that take a file as a patch. */
  readonly patchersOf: (path: string) => readonly Builder[];
}

/** Reads no more kustomizations and objects than those that name what is asked about. */
export function openGraph(manifests: Manifests): KustomizeGraph {
  const { deciders } = manifests;
  const files = deciders.filter(({ path }) => isKustomization(path));
  const folders = new Map(files.map((file) => [posix.dirname(file.path), file]));
  const climbing = new Set(files.filter((file) => file.includes('..')));
  const at = (folder: string) => {
    const file = folders.get(folder);
    return file && kustomizationIn(manifests, file.path);
  };
  const naming = (path: string) => {
    const above = foldersOf(path).flatMap((folder) => folders.get(folder || '.') ?? []);
    const near = [...new Set([...above, ...climbing])].filter((file) => names(file, path));
    return near.flatMap((file) => kustomizationIn(manifests, file.path) ?? []);
  };
  const controllers = manifests.controllers.filter(isController).map((file) => ({ file, paths: pathsIn(file.text()) }));
  const building = (path: string) =>
    controllers
      .filter(({ paths }) => paths.some((folder) => isWithin(path, folder)))
      .flatMap(({ file }) => controllersIn(manifests, file.path));
  return {
    has: (path) => folders.get(posix.dirname(path))?.path === path,
    at,
    parentsOf: (path) => [
      ...naming(path).filter((one) => resourcesOf(one).includes(path)),
      ...building(path).filter((one) => reaches(one, path, folders)),
    ],
    patchersOf: (path) => naming(path).filter((one) => patchFilesOf(one).includes(path)),
  };
}

function isController(file: RawFile): boolean {
  return file.includes('kustomize.toolkit.fluxcd.io') || file.includes('argoproj.io');
}

// A cheap look before parsing: a word of the file that leads from its folder to `path`.
function names(file: RawFile, path: string): boolean {
  const folder = posix.dirname(file.path);
  const words = file.text().split(/[\s'",[\]{}]+/);
  return words.some((word) => word !== '' && pathFrom(folder, word) === path);
}

// Without a `path` Flux builds the root.
function pathsIn(text: string): readonly string[] {
  const found = [...text.matchAll(/\bpath["']?\s*:\s*["']?([^\s"',}]+)/g)].flatMap(
    ([, path = '']) => pathFrom('.', path) ?? [],
  );
  return found.length === 0 ? ['.'] : found;
}

function isWithin(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}

function kustomizationIn(manifests: Manifests, path: string): Builder | undefined {
  const [document] = manifests.of(path);
  if (document?.root.type !== 'map') return undefined;
  return { document, map: document.root, folder: posix.dirname(path), tool: 'kustomize' };
}

function controllersIn(manifests: Manifests, path: string): readonly Builder[] {
  return manifests.of(path).flatMap((document): Builder[] => {
    const { root } = document;
    const spec = root.type === 'map' ? mapAt(root, 'spec') : undefined;
    if (root.type !== 'map' || spec === undefined) return [];
    const group = textAt(root, 'apiVersion').split('/')[0];
    if (textAt(root, 'kind') === 'Kustomization' && group === 'kustomize.toolkit.fluxcd.io') {
      const source = mapAt(spec, 'sourceRef');
      const folder = pathFrom('.', textAt(spec, 'path') || '.');
      if (folder === undefined || (source !== undefined && textAt(source, 'kind') !== 'GitRepository')) return [];
      return [{ document, map: spec, folder, tool: 'flux' }];
    }
    return sourcesOf(root).flatMap((source) => {
      const map = mapAt(source, 'kustomize');
      const folder = pathFrom('.', textAt(source, 'path'));
      return map === undefined || folder === undefined ? [] : [{ document, map, folder, tool: 'argo' as const }];
    });
  });
}

/** The sources of an Argo CD Application, or of an ApplicationSet's template. */
export function sourcesOf(root: MapNode): readonly MapNode[] {
  const below = textAt(root, 'kind') === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  const spec = mapAt(root, ...below);
  if (spec === undefined || !textAt(root, 'kind').startsWith('Application')) return [];
  const single = mapAt(spec, 'source');
  const several = itemsAt(spec, 'sources').filter((source) => source.type === 'map');
  return [...(single === undefined ? [] : [single]), ...several];
}

/** The scalars of a list that are paths, relative to the builder's folder. */
export function pathsAt({ map, folder }: Builder, key: string): readonly string[] {
  return itemsAt(map, key).flatMap((item) => (item.type === 'scalar' ? pathFrom(folder, item.value) : undefined) ?? []);
}

function resourcesOf(builder: Builder): readonly string[] {
  return ['resources', 'bases', 'components'].flatMap((key) => pathsAt(builder, key));
}

function patchFilesOf(builder: Builder): readonly string[] {
  const entries = ['patches', 'patchesJson6902'].flatMap((key) => itemsAt(builder.map, key));
  const named = entries.flatMap((entry) => (entry.type === 'map' ? textAt(entry, 'path') : []));
  return [
    ...pathsAt(builder, 'patchesStrategicMerge'),
    ...named.flatMap((path) => pathFrom(builder.folder, path) ?? []),
  ];
}

// Where a folder has no kustomization, Flux generates one of all manifests below, and takes folders that have one as they are.
function reaches({ folder, tool }: Builder, path: string, folders: ReadonlyMap<string, RawFile>): boolean {
  if (folder === path) return folders.has(path);
  if (tool === 'argo' || !isWithin(path, folder)) return false;
  const between = foldersOf(path)
    .map((above) => above || '.')
    .filter((above) => isWithin(above, folder));
  return !between.some((above) => folders.has(above));
}

/** What an entry of `images:` makes of an image. */
export interface ImageEntry {
  readonly name: string;
  readonly newName: string;
  readonly tag: ScalarNode | undefined;
  readonly digest: ScalarNode | undefined;
  readonly line: number;
}

/** The entries of `images:` in order; Argo CD writes each as one text, `[name=]newName[:tag][@digest]`. */
export function imagesOf({ document, map }: Builder): readonly ImageEntry[] {
  return itemsAt(map, 'images').flatMap((entry): ImageEntry[] => {
    if (entry.type === 'scalar') return argoEntry(document, entry);
    if (entry.type !== 'map') return [];
    const [tag, digest, name] = [scalarAt(entry, 'newTag'), scalarAt(entry, 'digest'), textAt(entry, 'name')];
    const first = tag ?? digest ?? scalarAt(entry, 'newName');
    if (first === undefined || lookUp(entry, 'name') === undefined) return [];
    return [{ name, newName: textAt(entry, 'newName') || name, tag, digest, line: lineOf(document, first) }];
  });
}

function argoEntry(document: Located, scalar: ScalarNode): ImageEntry[] {
  const [first = '', second] = scalar.value.split('=');
  const reference = parseImageReference(second ?? first);
  if (reference === undefined) return [];
  const part = (value: string | undefined) => (value === undefined ? undefined : { ...scalar, value });
  const { writtenName: newName, tag, digest } = reference;
  const name = second === undefined ? newName : first;
  return [{ name, newName, tag: part(tag), digest: part(digest), line: lineOf(document, scalar) }];
}
