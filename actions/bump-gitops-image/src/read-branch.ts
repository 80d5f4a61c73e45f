import { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import {
  type BlobText,
  type BranchHead,
  type FolderEntry,
  readBlobBytes,
  readBlobs,
  readBranchFiles,
} from '#shared/github/read-files.ts';
import { explained } from '#shared/github/reasons.ts';
import { readTree } from '#shared/github/trees.ts';
import type { SourceFile } from './image-request.ts';
import { isExplicit, pathMatcher } from './plan-files.ts';
import { reasons } from './reasons.ts';
import { decodeManifest, MAX_FILE_BYTES, type ReadFiles, type RefusedFile, type Wanted } from './source.ts';

/** The manifests of a branch at one commit, and what is needed to commit on top of it. */
export interface BranchSnapshot extends ReadFiles {
  readonly base: BranchHead;
  /** The deploy branch as it is now; undefined when there is none. */
  readonly head: BranchHead | undefined;
  /** Entries of the folders of all files, by path, for computing trees without a request. */
  readonly folders: ReadonlyMap<string, readonly FolderEntry[]>;
}

interface Reading {
  readonly github: GitHubClient;
  readonly repository: string;
  readonly base: string;
  readonly head: string | undefined;
}

/** Reads manifests of a branch through the API: one request for explicit files, three for globs. */
export function readBranch(reading: Reading, wanted: Wanted): Promise<BranchSnapshot> {
  return explained(`reading ${reading.base} of ${reading.repository}`, () =>
    wanted.globs.every(isExplicit) ? readExplicit(reading, wanted) : readMatching(reading, wanted),
  );
}

async function readExplicit(reading: Reading, wanted: Wanted): Promise<BranchSnapshot> {
  const { github, repository, base, head } = reading;
  const files = [...wanted.globs];
  const parents = [...new Set(files.flatMap(foldersOf))];
  const asked = { base, ...(head === undefined ? {} : { head }), folders: parents, files };
  const answer = await readBranchFiles(github, repository, asked);
  const found = requireBase(answer.base, reading);
  const entries = files.map((path) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const name = path.slice(folder === '' ? 0 : folder.length + 1);
    return { path, mode: answer.folders.get(folder)?.find((entry) => entry.name === name)?.mode };
  });
  const read = await decodeAll(reading, entries, { blobOf: (path) => answer.blobs.get(path), needles: wanted.needles });
  return { ...read, matched: files.length, base: found, head: answer.head, folders: answer.folders };
}

async function readMatching(reading: Reading, wanted: Wanted): Promise<BranchSnapshot> {
  const { github, repository, base, head } = reading;
  const answer = await readBranchFiles(github, repository, { base, ...(head === undefined ? {} : { head }) });
  const found = requireBase(answer.base, reading);
  const { entries, truncated } = await readTree(github, repository, found.commit);
  if (truncated) {
    throw new UserError('tree-truncated', `${repository} has more files than GitHub lists in one answer.`, {
      remedy: reasons['tree-truncated'].remedy,
    });
  }
  const isWanted = pathMatcher(wanted.globs);
  const files = entries.filter(({ path, mode }) => mode !== '040000' && isWanted(path));
  const readable = files.filter(({ mode, sizeBytes }) => mode.startsWith('100') && sizeBytes <= MAX_FILE_BYTES);
  const blobs = await readBlobs(github, repository, [...new Set(readable.map(({ sha }) => sha))]);
  const shas = new Map(files.map(({ path, sha }) => [path, sha]));
  const blobOf = (path: string) => blobs.get(shas.get(path) ?? '');
  const read = await decodeAll(reading, readable, { blobOf, needles: wanted.needles });
  return { ...read, matched: files.length, base: found, head: answer.head, folders: groupByFolder(entries) };
}

async function decodeAll(
  { github, repository }: Reading,
  entries: readonly { path: string; mode: string | undefined }[],
  { blobOf, needles }: { blobOf: (path: string) => BlobText | undefined; needles: readonly string[] },
): Promise<Pick<ReadFiles, 'files' | 'refused'>> {
  const files: SourceFile[] = [];
  const refused: RefusedFile[] = [];
  for (const { path, mode } of entries) {
    const blob = blobOf(path);
    const why = whyNoFile(mode, blob);
    if (why !== undefined || blob === undefined) {
      refused.push({ path, why: why ?? 'it is no file' });
      continue;
    }
    const decoded =
      blob.text === undefined ? decodeManifest(await readBlobBytes(github, repository, blob.sha)) : { text: blob.text };
    if ('why' in decoded) refused.push({ path, why: decoded.why });
    else if (needles.length === 0 || needles.some((needle) => decoded.text.includes(needle))) {
      files.push({ path, text: decoded.text, mode: mode ?? '100644' });
    }
  }
  return { files, refused };
}

function whyNoFile(mode: string | undefined, blob: BlobText | undefined): string | undefined {
  if (mode === undefined) return 'it does not exist';
  if (mode === '120000') return 'it is a symbolic link';
  if (mode === '160000') return 'it is a submodule';
  return blob === undefined ? 'it is no file' : undefined;
}

function requireBase(base: BranchHead | undefined, reading: Reading): BranchHead {
  if (base !== undefined) return base;
  throw new UserError('base-not-found', `${reading.repository} has no branch ${reading.base}.`, {
    remedy: reasons['base-not-found'].remedy,
  });
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

function groupByFolder(entries: readonly { path: string; mode: string; sha: string }[]): Map<string, FolderEntry[]> {
  const folders = new Map<string, FolderEntry[]>([['', []]]);
  for (const { path, mode, sha } of entries) {
    const slash = path.lastIndexOf('/');
    const folder = slash === -1 ? '' : path.slice(0, slash);
    const siblings = folders.get(folder) ?? [];
    siblings.push({ name: path.slice(slash + 1), mode: mode.replace(/^0/, ''), sha });
    folders.set(folder, siblings);
  }
  return folders;
}
