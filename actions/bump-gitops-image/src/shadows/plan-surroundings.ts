import { posix } from 'node:path';
import { parseImageReference } from '#shared/image/reference.ts';
import { positionOf } from '#shared/manifest/find-images.ts';
import type { Keys } from '#shared/manifest/key-path.ts';
import { lookUp, type ManifestNode, resolved, type ScalarNode, textAt } from '#shared/manifest/manifest-node.ts';
import { parseManifest, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { containerLists } from '#shared/manifest/styles/container.ts';
import type { Version } from '../images/image-request.ts';
import { mayDecide, type RawFile, type Surroundings } from '../repository/source.ts';

/** A place that has the last word over another, and what it sets there. */
export interface Ruling {
  readonly file: string;
  readonly line: number;
  readonly version: Version;
  /** What kind of place it is, in words. */
  readonly why: string;
}

/** One document, and the line of the file on which its text begins (from 0); inline patches and values begin within a file. */
export interface Located {
  readonly file: string;
  readonly text: string;
  readonly above: number;
  readonly root: ManifestNode;
}

/** Parsed files around the changes, each parsed once and only when somebody asks. */
export interface Manifests {
  readonly deciders: readonly RawFile[];
  /** Of these the files with objects of Flux or Argo CD. */
  readonly controllers: readonly RawFile[];
  /** The documents of a file; empty where it is missing or no YAML. */
  readonly of: (path: string) => readonly Located[];
  /** The documents inside of a scalar of a file. */
  readonly inside: (outer: Located, scalar: ScalarNode) => readonly Located[];
}

/** Parses on demand; a broken file has no documents, because it is not what this run is about. */
export function openManifests(yaml: YamlLibrary, surroundings: Surroundings): Manifests {
  const known = new Map<string, readonly Located[]>();
  const parse = (file: string, text: string, above: number) => {
    const documents = parseManifest(yaml, text);
    if ('problem' in documents) return [];
    return documents.flatMap(({ root }) => (root === undefined ? [] : [{ file, text, above, root }]));
  };
  const deciders = surroundings.deciders();
  return {
    deciders,
    controllers: deciders.filter(({ path }) => !mayDecide(path)),
    of: (path) => {
      const found = known.get(path) ?? parse(path, surroundings.textOf(path) ?? '', 0);
      known.set(path, found);
      return found;
    },
    inside: (outer, scalar) => {
      // Below the header (`|-`) of a block of several lines.
      const header = scalar.quote === 'block' && !scalar.literal ? 1 : 0;
      return parse(outer.file, scalar.value, lineOf(outer, scalar) - 1 + header);
    },
  };
}

/** The line, from 1, of a scalar in its file. */
export function lineOf({ text, above }: Located, scalar: ScalarNode): number {
  return positionOf(text, scalar.span.start).line + above;
}

/** Whether a place is the image of a container that kustomize's `images:` reach. */
export function isContainerImage(keys: Keys): boolean {
  return /^(?:init)?containers$/i.test(String(keys.at(-3))) && keys.at(-1) === 'image';
}

/** The scalar at `keys`; of a list of containers the one of that name, because patches merge them by name. */
export function scalarBelow(root: ManifestNode, keys: Keys, container?: string): ScalarNode | undefined {
  let node: ManifestNode | undefined = root;
  for (const [depth, key] of keys.entries()) {
    if (node === undefined) return undefined;
    const next: ManifestNode = resolved(node);
    if (next.type === 'scalar') return undefined;
    if (next.type === 'map') node = lookUp(next, String(key));
    else if (container !== undefined && containerLists.has(String(keys[depth - 1]))) {
      const named = (item: ManifestNode) => item.type === 'map' && textAt(item, 'name') === container;
      node = next.items.map(resolved).find(named);
    } else node = next.items[Number(key)];
  }
  const found = node && resolved(node);
  return found?.type === 'scalar' ? found : undefined;
}

/** Splits a whole reference, or `tag[@digest]`; undefined where it is neither. */
export function versionOf(value: string, isReference: boolean): (Version & { name?: string }) | undefined {
  const lead = value.startsWith('@') ? 'name' : 'name:';
  const reference = parseImageReference(isReference ? value : `${lead}${value}`);
  if (reference === undefined) return undefined;
  const { tag, digest, writtenName } = reference;
  return isReference ? { tag, digest, name: writtenName } : { tag, digest };
}

/** A path that a file names relative to a folder; undefined for an address or a path outside of the repository. */
export function pathFrom(folder: string, named: string): string | undefined {
  if (named === '' || named.includes('://')) return undefined;
  const path = posix.join(folder, named).replace(/\/$/, '');
  return path.startsWith('..') ? undefined : path;
}
