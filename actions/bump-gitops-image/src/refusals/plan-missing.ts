import { findMentions } from '#shared/manifest/find-mentions.ts';
import { formatKeyPath, type Keys, parseKeyPath } from '#shared/manifest/key-path.ts';
import type { ManifestNode } from '#shared/manifest/manifest-node.ts';
import { spansOf } from '#shared/manifest/occurrence.ts';
import { type ManifestDocument, parseManifest, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { editDistance } from '#shared/nearest.ts';
import type { ScannedFile, Target } from '../images/change.ts';
import type { ImageRequest } from '../images/image-request.ts';
import { seekValue } from '../settings/seek-value.ts';

/** A place where an image's name stands and was not understood. */
export interface Unrecognised {
  readonly file: string;
  readonly line: number;
  readonly image: string;
}

/** The requests that mean no place at all. */
export function missingRequests(
  requests: readonly ImageRequest[],
  targets: readonly Target[],
): readonly ImageRequest[] {
  return requests.filter((request) => !targets.some((target) => target.request === request));
}

/** Where the names of the requests stand outside of every understood image. */
export function findUnrecognised(
  scanned: readonly ScannedFile[],
  requests: readonly ImageRequest[],
): readonly Unrecognised[] {
  return requests.flatMap(({ image }) =>
    scanned.flatMap(({ file, occurrences }) => {
      const understood = occurrences.flatMap(spansOf);
      return findMentions(file.text, image, understood).map(({ line }) => ({ file: file.path, line, image }));
    }),
  );
}

const MAX_NAMES = 5;

/** The known names that are nearest to a name: the same last part first, then few letters apart. */
export function nearNames(image: string, scanned: readonly ScannedFile[]): readonly string[] {
  const known = new Set(scanned.flatMap(({ occurrences }) => occurrences.map((occurrence) => occurrence.image)));
  const last = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const scored = [...known]
    .filter((name) => name !== '')
    .map((name) => ({ name, distance: last(name) === last(image) ? 0 : editDistance(last(name), last(image)) }));
  return scored
    .filter(({ distance }) => distance <= Math.max(2, last(image).length / 3))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}

/** For each key path that leads nowhere: the paths that come nearest, such as the indexes that a list has. */
export function explainKeyPaths(
  yaml: YamlLibrary,
  scanned: readonly ScannedFile[],
  keyPaths: readonly string[],
): readonly string[] {
  return keyPaths.flatMap((path) => {
    const keys = parseKeyPath(path.replace(/^\$\.?/, '')) ?? [];
    const near = scanned.flatMap(({ file }) => {
      const documents = parseManifest(yaml, file.text);
      if ('problem' in documents) return [];
      return nearIn(documents, keys);
    });
    const shared = (candidate: string) => commonStart(candidate, path);
    const nearest = [...new Set(near)].sort((a, b) => shared(b) - shared(a)).slice(0, MAX_NAMES);
    return nearest.length === 0 ? [] : [`The key path ${path} leads nowhere; near paths: ${nearest.join(', ')}.`];
  });
}

// An index in front is the document's.
function nearIn(documents: readonly ManifestDocument[], keys: Keys): readonly string[] {
  const [first, ...rest] = keys;
  if (typeof first !== 'number') return documents.flatMap(({ root }) => nearOf(root, keys));
  const root = documents[first]?.root;
  if (root === undefined) return documents.map((_, index) => formatKeyPath([index, ...rest]));
  return nearOf(root, rest).map((path) => formatKeyPath([first, ...(parseKeyPath(path) ?? [])]));
}

function nearOf(root: ManifestNode | undefined, keys: Keys): readonly string[] {
  const found = root === undefined ? { near: [] } : seekValue(root, keys, new Set());
  return 'near' in found ? found.near : [];
}

function commonStart(a: string, b: string): number {
  const end = [...a].findIndex((character, index) => character !== b[index]);
  return end === -1 ? a.length : end;
}
