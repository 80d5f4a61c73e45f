import { posix } from 'node:path';
import { isSameImageName } from '#shared/image/reference.ts';
import { positionOf } from '#shared/manifest/find-images.ts';
import { listAt, type MapNode, mapAt, resolved, textAt } from '#shared/manifest/manifest-node.ts';
import { parseManifest, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import type { Change, ScannedFile, Target } from './change.ts';
import { formatVersion, type SourceFile, type Version } from './image-request.ts';
import { seekValue } from './seek-value.ts';

/** A change that has no effect where something else has the last word. */
export interface Shadowed {
  readonly file: string;
  readonly line: number;
  readonly image: string;
  /** The place that decides instead, `file:line`. */
  readonly by: string;
  /** The version that it sets. */
  readonly version: string;
}

interface Plan {
  readonly changes: readonly Change[];
  readonly targets: readonly Target[];
  readonly scanned: readonly ScannedFile[];
  /** Every readable file; asked only when Helm values change. */
  readonly all: () => readonly SourceFile[];
}

/** The changes that an overlay (`images:` of a kustomization above) or other values of the same chart hide. */
export function findShadowed(yaml: YamlLibrary, plan: Plan): readonly Shadowed[] {
  const { targets, scanned, all } = plan;
  const changed = targets.filter(({ file, occurrence: { line, column } }) =>
    plan.changes.some((change) => change.file === file.path && change.line === line && change.column === column),
  );
  if (changed.length === 0) return [];
  const overlays = scanned.flatMap(({ file, occurrences }) => overlaysOf(yaml, file, occurrences));
  const bases = new Map(overlays.map(({ path, covers }) => [path, covers]));
  const byOverlay = changed.flatMap((target) =>
    overlays.flatMap((overlay) => {
      const { occurrence, path } = overlay;
      const name = occurrence.alias ?? occurrence.image;
      if (path === target.file.path || !isSameImageName(name, target.occurrence.image)) return [];
      if (!reaches(overlay.covers, target.file.path, bases)) return [];
      const version = versionAfter(occurrence, targets);
      return hides(target, version) ? [shadowOf(target, `${path}:${occurrence.line}`, version)] : [];
    }),
  );
  const values = changed.filter(({ file }) => /(?:^|\/)values\.ya?ml$/.test(file.path));
  return [...byOverlay, ...(values.length === 0 ? [] : shadowedValues(yaml, values, { targets, files: all() }))];
}

interface Overlay {
  readonly path: string;
  readonly occurrence: ScannedFile['occurrences'][number];
  /** The files and folders that it builds on. */
  readonly covers: readonly string[];
}

function overlaysOf(yaml: YamlLibrary, file: SourceFile, occurrences: ScannedFile['occurrences']): readonly Overlay[] {
  const entries = occurrences.filter(({ style }) => style === 'kustomize-images');
  if (entries.length === 0) return [];
  const documents = parseManifest(yaml, file.text);
  if ('problem' in documents) return [];
  return entries.flatMap((occurrence) => {
    const root = documents[occurrence.document]?.root;
    const covers = root?.type === 'map' ? coveredBy(root, file.path) : [];
    return covers.length === 0 ? [] : [{ path: file.path, occurrence, covers }];
  });
}

// A kustomization names what it builds on relative to itself, Flux's Kustomization a folder of the repository.
function coveredBy(root: MapNode, path: string): readonly string[] {
  const spec = mapAt(root, 'spec');
  const folder = spec === undefined ? '' : textAt(spec, 'path');
  if (folder !== '') return [posix.normalize(folder).replace(/\/$/, '')];
  return ['resources', 'bases', 'components'].flatMap((key) =>
    (listAt(root, key)?.items ?? []).flatMap((item) => {
      const entry = resolved(item);
      return entry.type === 'scalar' && !entry.value.includes('://')
        ? [posix.join(posix.dirname(path), entry.value)]
        : [];
    }),
  );
}

function reaches(
  covers: readonly string[],
  path: string,
  bases: ReadonlyMap<string, readonly string[]>,
  seen: readonly string[] = [],
): boolean {
  return covers.some((covered) => {
    if (path === covered || covered === '.' || path.startsWith(`${covered.replace(/\/$/, '')}/`)) return true;
    const next = [...bases].filter(([base]) => posix.dirname(base) === covered && !seen.includes(base));
    return next.some(([base, below]) => reaches(below, path, bases, [...seen, base]));
  });
}

// What will stand at a place, changed by this run or not.
function versionAfter(occurrence: Target['occurrence'], targets: readonly Target[]): Version {
  const own = targets.find((target) => target.occurrence === occurrence);
  return own === undefined ? occurrence : { tag: own.request.tag ?? occurrence.tag, digest: own.request.digest };
}

function hides({ request }: Target, { tag, digest }: Version): boolean {
  if (request.tag !== undefined && tag !== undefined) return tag !== request.tag;
  return request.digest !== undefined ? digest !== request.digest : tag !== request.tag;
}

function shadowOf({ file, occurrence }: Target, by: string, version: Version): Shadowed {
  return { file: file.path, line: occurrence.line, image: occurrence.image, by, version: formatVersion(version) };
}

// `values-production.yaml` has the last word over `values.yaml` beside it, and a chart over the charts in its `charts/`.
function shadowedValues(
  yaml: YamlLibrary,
  changed: readonly Target[],
  { targets, files }: { targets: readonly Target[]; files: readonly SourceFile[] },
): readonly Shadowed[] {
  return changed.flatMap((target) => {
    const folder = posix.dirname(target.file.path);
    const [, parent, chart] = /^(.*?)\/?charts\/([^/]+)$/.exec(folder) ?? [];
    return files.flatMap(({ path, text }) => {
      const isBeside = posix.dirname(path) === folder && /(?:^|\/)values[-._][^/]+\.ya?ml$/.test(path);
      const isAbove =
        chart !== undefined && posix.dirname(path) === (parent || '.') && /(?:^|\/)values[^/]*\.ya?ml$/.test(path);
      if (!isBeside && !isAbove) return [];
      const documents = parseManifest(yaml, text);
      const root = 'problem' in documents ? undefined : documents[0]?.root;
      if (root === undefined) return [];
      const keys = [...(isAbove ? [chart ?? ''] : []), ...target.occurrence.keys];
      const found = seekValue(root, keys, new Set());
      if (!('value' in found) || found.value === '' || found.value === target.request.tag) return [];
      const { line } = positionOf(text, found.span.start);
      const isChanged = targets.some(({ file, occurrence }) => file.path === path && occurrence.line === line);
      return isChanged ? [] : [shadowOf(target, `${path}:${line}`, { tag: found.value, digest: undefined })];
    });
  });
}
