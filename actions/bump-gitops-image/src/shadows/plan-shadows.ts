import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import type { Change, Target } from '../images/change.ts';
import { formatVersion, type Version } from '../images/image-request.ts';
import type { Surroundings } from '../repository/source.ts';
import { rulingsByHelm } from './plan-helm-rulings.ts';
import { openGraph } from './plan-kustomize-graph.ts';
import { rulingsByKustomize } from './plan-kustomize-rulings.ts';
import { openManifests, versionOf } from './plan-surroundings.ts';

/** A change that has no effect where something else has the last word. */
export interface Shadowed {
  readonly file: string;
  readonly line: number;
  readonly image: string;
  /** The place that decides instead. */
  readonly by: { readonly file: string; readonly line: number };
  /** The version that it sets. */
  readonly version: string;
  /** What kind of place it is, in words. */
  readonly why: string;
}

/** The changes that kustomizations, patches or Helm values hide; what this run changes along hides nothing. */
export function findShadowed(
  yaml: YamlLibrary,
  {
    changes,
    targets,
    surroundings,
  }: {
    changes: readonly Change[];
    targets: readonly Target[];
    surroundings: Surroundings;
  },
): readonly Shadowed[] {
  const changed = changes.flatMap((change) => {
    const target = targets.find(
      ({ file, occurrence: { line, column } }) =>
        file.path === change.file && line === change.line && column === change.column,
    );
    return target === undefined ? [] : [{ change, target }];
  });
  if (changed.length === 0) return [];
  const manifests = openManifests(yaml, surroundings);
  if (manifests.deciders.length === 0) return [];
  const graph = openGraph(manifests);
  return changed.flatMap(({ change, target }) => {
    const rulings = [...rulingsByKustomize(manifests, graph, target), ...rulingsByHelm(manifests, target)];
    const told = new Map<string, Shadowed>();
    for (const { file, line, version: before, why } of rulings) {
      const along = changes.find((other) => other.file === file && other.line === line && other.image !== '');
      const version = (along && versionOf(along.new, false)) ?? before;
      if (!hides(change, version)) continue;
      const place = { file: change.file, line: change.line, image: change.image };
      told.set(`${file}:${line}`, { ...place, by: { file, line }, version: formatVersion(version), why });
    }
    return [...told.values()];
  });
}

// A digest beside the same tag, there or here, is not known to be of another image.
function hides({ new: wanted }: Change, { tag, digest }: Version): boolean {
  const own = versionOf(wanted, false);
  if (own?.digest !== undefined && digest !== undefined) return own.digest !== digest;
  return tag !== own?.tag || tag === undefined;
}
