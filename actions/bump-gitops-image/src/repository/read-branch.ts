import type { GitHubClient } from '#shared/github/client.ts';
import {
  BLOBS_PER_REQUEST,
  type BlobText,
  type BranchHead,
  type FolderEntry,
  readBlobBytes,
  readBlobs,
  readBranchFiles,
} from '#shared/github/read-files.ts';
import { explained } from '#shared/github/reasons.ts';
import { readTree } from '#shared/github/trees.ts';
import type { SourceFile } from '../images/image-request.ts';
import { userError } from '../reasons.ts';
import { foldersOf, isExplicit, pathMatcher } from './plan-files.ts';
import {
  BINARY,
  decodeManifest,
  LINK,
  MAX_FILE_BYTES,
  mayDecide,
  type ReadFiles,
  type RefusedFile,
  SUBMODULE,
  surroundingsOf,
  TOO_LARGE,
  type Wanted,
} from './source.ts';

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
    isFew(wanted.globs) ? readExplicit(reading, wanted) : readMatching(reading, wanted),
  );
}

// One GraphQL request for thousands of paths costs more than listing the tree.
function isFew(globs: readonly string[]): boolean {
  return globs.length <= 500 && globs.every(isExplicit);
}

async function readExplicit(reading: Reading, wanted: Wanted): Promise<BranchSnapshot> {
  const { github, repository, base, head } = reading;
  const files = [...wanted.globs];
  const parents = [...new Set(files.flatMap(foldersOf))];
  const near =
    parents.length > MAX_FOLDERS ? [] : parents.flatMap(kustomizationsIn).filter((path) => !files.includes(path));
  const asked = { base, ...(head === undefined ? {} : { head }), folders: parents, files: [...files, ...near] };
  const answer = await readBranchFiles(github, repository, asked);
  const found = requireBase(answer.base, reading);
  const modes = modesOf(answer.folders);
  const entries = files.map((path) => {
    // A link or submodule on the way hides the file from GitHub.
    const above = foldersOf(path).map((folder) => modes.get(folder));
    return { path, mode: above.find((mode) => mode === '120000' || mode === '160000') ?? modes.get(path) };
  });
  const blobOf = (path: string) => answer.blobs.get(path);
  const read = await decodeAll(reading, entries, { blobOf, needles: wanted.needles });
  const surroundings = surroundingsOf([...read.all(), ...textsOf(near, blobOf)]);
  return { ...read, surroundings, skipped: [], base: found, head: answer.head, folders: answer.folders };
}

// The same request also asks for the kustomizations above the files, of which at most one of the three stands in a folder.
const MAX_FOLDERS = 50;

function kustomizationsIn(folder: string): string[] {
  const lead = folder === '' ? '' : `${folder}/`;
  return ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].map((name) => `${lead}${name}`);
}

function textsOf(paths: readonly string[], blobOf: (path: string) => BlobText | undefined): readonly SourceFile[] {
  return paths.flatMap((path) => {
    const text = blobOf(path)?.text;
    return text === undefined ? [] : [{ path, text, mode: '100644' }];
  });
}

async function readMatching(reading: Reading, wanted: Wanted): Promise<BranchSnapshot> {
  const { github, repository, base, head } = reading;
  const answer = await readBranchFiles(github, repository, { base, ...(head === undefined ? {} : { head }) });
  const found = requireBase(answer.base, reading);
  const { entries, truncated } = await readTree(github, repository, found.commit);
  if (truncated) {
    throw userError('tree-truncated', `${repository} has more files than GitHub lists in one answer.`);
  }
  const isWanted = pathMatcher(wanted.globs);
  const files = entries.filter(({ path, mode }) => mode !== '040000' && isWanted(path));
  const skipped: RefusedFile[] = [];
  const readable = files.filter((entry) => {
    const why = entry.mode.startsWith('100') ? (entry.sizeBytes > MAX_FILE_BYTES ? TOO_LARGE : undefined) : LINK;
    if (why !== undefined) skipped.push({ path: entry.path, why });
    return why === undefined;
  });
  const shasRead = [...new Set(readable.map(({ sha }) => sha))];
  // What the last request has room for costs nothing.
  const room = (BLOBS_PER_REQUEST - (shasRead.length % BLOBS_PER_REQUEST)) % BLOBS_PER_REQUEST;
  const near = entries.filter((entry) => isNear(entry) && !isWanted(entry.path)).slice(0, room);
  const blobs = await readBlobs(github, repository, [...new Set([...shasRead, ...near.map(({ sha }) => sha)])]);
  const shas = new Map([...files, ...near].map(({ path, sha }) => [path, sha]));
  const blobOf = (path: string) => blobs.get(shas.get(path) ?? '');
  // What only a glob matched and is no text is no manifest.
  const isBinary = ({ sha }: { sha: string }) => blobs.get(sha)?.isBinary === true;
  skipped.push(...readable.filter(isBinary).map(({ path }) => ({ path, why: BINARY })));
  const texts = readable.filter((entry) => !isBinary(entry));
  const read = await decodeAll(reading, texts, { blobOf, needles: wanted.needles });
  const nearPaths = near.map(({ path }) => path);
  const surroundings = surroundingsOf([...read.all(), ...textsOf(nearPaths, blobOf)]);
  return { ...read, surroundings, skipped, base: found, head: answer.head, folders: groupByFolder(entries) };
}

function isNear({ path, mode, sizeBytes }: { path: string; mode: string; sizeBytes: number }): boolean {
  return mode.startsWith('100') && sizeBytes <= MAX_FILE_BYTES && mayDecide(path);
}

async function decodeAll(
  { github, repository }: Reading,
  entries: readonly { path: string; mode: string | undefined }[],
  { blobOf, needles }: { blobOf: (path: string) => BlobText | undefined; needles: readonly string[] },
): Promise<Pick<ReadFiles, 'files' | 'refused' | 'all'>> {
  const all: SourceFile[] = [];
  const refused: RefusedFile[] = [];
  for (const { path, mode } of entries) {
    const blob = blobOf(path);
    const why = whyNoFile(mode, blob) ?? (blob?.isBinary ? BINARY : undefined);
    if (why !== undefined || blob === undefined) {
      refused.push({ path, why: why ?? 'it is no file' });
      continue;
    }
    const bytes = blob.text === undefined ? await readBlobBytes(github, repository, blob.sha) : undefined;
    // A file that is no text and holds no name is none of our business.
    if (bytes !== undefined && !needles.some((needle) => bytes.includes(needle))) continue;
    const decoded = decodeManifest(bytes ?? Buffer.from(blob.text ?? ''));
    if ('why' in decoded) refused.push({ path, why: decoded.why });
    else all.push({ path, text: decoded.text, mode: mode ?? '100644' });
  }
  const files = all.filter(({ text }) => needles.length === 0 || needles.some((needle) => text.includes(needle)));
  return { files, refused, all: () => all };
}

function whyNoFile(mode: string | undefined, blob: BlobText | undefined): string | undefined {
  if (mode === undefined) return 'it does not exist';
  if (mode === '120000') return LINK;
  if (mode === '160000') return SUBMODULE;
  return blob === undefined ? 'it is no file' : undefined;
}

function requireBase(base: BranchHead | undefined, reading: Reading): BranchHead {
  if (base !== undefined) return base;
  throw userError('base-not-found', `${reading.repository} has no branch ${reading.base}.`);
}

function modesOf(folders: BranchSnapshot['folders']): ReadonlyMap<string, string> {
  const entries = [...folders].flatMap(([folder, siblings]) =>
    siblings.map(({ name, mode }) => [folder === '' ? name : `${folder}/${name}`, mode] as const),
  );
  return new Map(entries);
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
