import { posix } from 'node:path';
import type { Keys } from '#shared/manifest/key-path.ts';
import { mapAt } from '#shared/manifest/manifest-node.ts';
import type { Target } from '../images/change.ts';
import { type Builder, imagesOf, type KustomizeGraph, pathsAt } from './plan-kustomize-graph.ts';
import { type Patched, patchesOf, setByPatch } from './plan-patches.ts';
import { isContainerImage, type Manifests, type Ruling, versionOf } from './plan-surroundings.ts';

/** An image on its way up: `newName` renames it, and the last ruling counts. */
interface Carried {
  readonly name: string;
  /** The name by which the last kustomization's own entry knows it: Flux and Argo CD replace the entry of that name. */
  readonly entry: string | undefined;
  readonly ruling: Ruling | undefined;
}

interface Ascent {
  readonly manifests: Manifests;
  readonly graph: KustomizeGraph;
  readonly place: Patched | undefined;
  readonly isReference: boolean;
  /** Whether `images:` reach the place. */
  readonly isImage: boolean;
  /** Ways that were gone already: a cycle, which kustomize refuses, ends here. */
  readonly gone: Set<string>;
}

/**
 * What has the last word over a place, by each way up to something that nothing else builds on.
 * Kustomize accumulates resources, then components in order, then patches, then `images:`.
 */
export function rulingsByKustomize(manifests: Manifests, graph: KustomizeGraph, target: Target): readonly Ruling[] {
  const { path } = target.file;
  const { keys, style, image, alias } = target.occurrence;
  const folder = posix.dirname(path);
  const isOwnFile = graph.has(path);
  const isEntry = style === 'kustomize-images';
  const bar = keys.lastIndexOf('|');
  // Kustomize looks into no text, and `images:` into no other `images:`.
  if (isOwnFile ? !isEntry && bar === -1 : bar !== -1) return [];
  const ascent: Ascent = {
    ...{ manifests, graph, gone: new Set<string>() },
    place: isOwnFile && isEntry ? undefined : patchedOf(manifests, target, keys.slice(bar + 1)),
    isReference: target.occurrence.slots[0]?.part === 'suffix',
    isImage: (isOwnFile && isEntry) || isContainerImage(keys),
  };
  const start: Carried = { name: image, entry: isEntry ? (alias ?? image) : undefined, ruling: undefined };
  if (isOwnFile) {
    const self = isEntry ? undefined : graph.at(folder);
    return climb(ascent, folder, self === undefined ? start : byImages(ascent, self, start));
  }
  const patchers = graph.patchersOf(path);
  const above = patchers.flatMap((patcher) => climb(ascent, patcher.folder, byImages(ascent, patcher, start)));
  return [...climb(ascent, path, start), ...above];
}

function patchedOf(manifests: Manifests, { file, occurrence }: Target, keys: Keys): Patched {
  const { object, container, document } = occurrence;
  const root = manifests.of(file.path)[document]?.root;
  return { object, keys, container, metadata: root?.type === 'map' ? mapAt(root, 'metadata') : undefined };
}

function climb(ascent: Ascent, node: string, carried: Carried): readonly Ruling[] {
  const { name, entry, ruling } = carried;
  const way = JSON.stringify([node, name, entry, ruling?.file, ruling?.line]);
  if (ascent.gone.has(way)) return [];
  ascent.gone.add(way);
  const parents = ascent.graph.parentsOf(node);
  const ended = (end: Carried) => (end.ruling === undefined ? [] : [end.ruling]);
  if (parents.length === 0) return ended(carried);
  return parents.flatMap((parent) => {
    const next = build(ascent, parent, { carried, from: node, inside: [] });
    return parent.tool === 'kustomize' ? climb(ascent, parent.folder, next) : ended(next);
  });
}

function build(
  ascent: Ascent,
  builder: Builder,
  { carried, from, inside }: { carried: Carried; from: string; inside: readonly string[] },
): Carried {
  const components = pathsAt(builder, 'components');
  let composed = carried;
  // Of what a component brings, only the components after it take hold.
  for (const folder of components.slice(components.indexOf(from) + 1)) {
    const component = inside.includes(folder) ? undefined : ascent.graph.at(folder);
    if (component !== undefined)
      composed = build(ascent, component, { carried: composed, from, inside: [...inside, folder] });
  }
  return byImages(ascent, builder, byPatches(ascent, builder, composed));
}

function byPatches({ manifests, place, isReference }: Ascent, builder: Builder, carried: Carried): Carried {
  let { name, ruling } = carried;
  const patches = place === undefined ? [] : patchesOf(manifests, builder);
  for (const patch of patches) {
    const set = place && setByPatch(patch, place);
    const version = set && versionOf(set.value, isReference);
    if (set === undefined || version === undefined) continue;
    name = version.name ?? name;
    ruling = { file: patch.document.file, line: set.line, version, why: 'patch' };
  }
  return { ...carried, name, ruling };
}

const WHY = {
  kustomize: 'images of the overlay',
  flux: 'images of the Flux Kustomization',
  argo: 'images of the Argo CD Application',
} as const;

// Names are compared as they are written, as kustomize does.
function byImages({ isImage }: Ascent, builder: Builder, carried: Carried): Carried {
  if (!isImage) return carried;
  const { tool, document } = builder;
  let { name, ruling } = carried;
  let entry = tool === 'kustomize' ? undefined : carried.entry;
  for (const { name: own, newName, tag, digest, line } of imagesOf(builder)) {
    if (own !== name && !(tool !== 'kustomize' && own === entry)) continue;
    name = newName;
    entry = own;
    if (tag === undefined && digest === undefined) continue;
    ruling = { file: document.file, line, version: { tag: tag?.value, digest: digest?.value }, why: WHY[tool] };
  }
  return { name, entry, ruling };
}
