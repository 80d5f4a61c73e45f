import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import type { SourceFile } from '../images/image-request.ts';
import { userError } from '../reasons.ts';
import { foldersOf, isExplicit, pathMatcher } from './plan-files.ts';
import {
  BINARY,
  decodeManifest,
  isDecider,
  LINK,
  MAX_FILE_BYTES,
  mayDecide,
  type RawFile,
  type ReadFiles,
  type RefusedFile,
  SUBMODULE,
  type Surroundings,
  TOO_LARGE,
  type Wanted,
} from './source.ts';

const SKIPPED_FOLDERS = new Set(['.git', 'node_modules']);

/**
 * Reads the matching manifests of a checkout; throws a UserError when there is none. Synchronous calls and one buffer for all:
 * for thousands of small files that is several times faster.
 */
export function readWorktree(folder: string, { globs, needles }: Wanted): ReadFiles {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw userError('no-checkout', `${folder} is no folder.`);
  }
  const explicit = globs.every(isExplicit);
  const isWanted = pathMatcher(globs);
  const listed = explicit ? { files: globs, links: [] } : listFiles(folder);
  const paths = explicit ? globs : listed.files.filter(isWanted);
  const deciders: RawFile[] = [];
  const reading: Reading = {
    folder,
    deciders,
    needles: needles.map((needle) => Buffer.from(needle)),
    buffer: Buffer.allocUnsafe(MAX_FILE_BYTES + 1),
  };
  const files: SourceFile[] = [];
  const refused: RefusedFile[] = [];
  const skipped = listed.links.filter(isWanted).map((path) => ({ path, why: LINK }));
  for (const path of paths) {
    const why = explicit ? whyNoFile(folder, path) : undefined;
    const read = why === undefined ? readManifest(reading, path) : { path, why };
    if (read === undefined) continue;
    if (!('why' in read)) files.push(read);
    else if (!explicit && isIgnored(read)) skipped.push(read);
    else refused.push(read);
  }
  const textOf = (path: string) => readNearby(reading, path);
  const others = () =>
    (explicit ? listFiles(folder) : listed).files.filter((path) => mayDecide(path) && !isWanted(path));
  const surroundings = {
    deciders: () => [...deciders, ...others().map((path) => lazyFile(path, textOf))],
    textOf,
  };
  return {
    files,
    refused,
    skipped,
    all: () => readWorktree(folder, { globs: paths, needles: [] }).files,
    surroundings,
  };
}

// Nobody asked for this file: that it cannot be read is no reason to fail.
function readNearby(reading: Reading, path: string): string | undefined {
  if (whyNoFile(reading.folder, path) !== undefined) return undefined;
  try {
    const read = readManifest({ ...reading, needles: [] }, path);
    return read === undefined || 'why' in read ? undefined : read.text;
  } catch {
    return undefined;
  }
}

// What nobody named and is no manifest by its size or bytes.
function isIgnored({ why }: RefusedFile): boolean {
  return why === TOO_LARGE || why === BINARY;
}

function whyNoFile(folder: string, path: string): string | undefined {
  const facts = factsOf(`${folder}/${path}`);
  if (facts === undefined) return 'it does not exist';
  if (facts.isSymbolicLink()) return LINK;
  const above = [...foldersOf(path).slice(1), path];
  if (above.some((parent) => isSubmodule(`${folder}/${parent}`))) return SUBMODULE;
  return facts.isFile() ? undefined : 'it is no file';
}

function isSubmodule(folder: string): boolean {
  return existsSync(`${folder}/.git`);
}

// Below a file nothing exists, either; the system calls that another error.
function factsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

interface Reading {
  readonly folder: string;
  readonly needles: readonly Buffer[];
  readonly buffer: Buffer;
  /** Gets the files on the way that may decide over others. */
  readonly deciders: RawFile[];
}

function readManifest(
  { folder, needles, buffer, deciders }: Reading,
  path: string,
): SourceFile | RefusedFile | undefined {
  const full = `${folder}/${path}`;
  const file = openSync(full, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const bytes = buffer.subarray(0, readAll(file, buffer));
    if (bytes.length > MAX_FILE_BYTES) return { path, why: TOO_LARGE };
    // Latin 1 is the fastest to decode, and the words are ASCII.
    if (needles.length > 0 && isDecider(path, bytes.toString('latin1')))
      deciders.push(rawFile(path, Buffer.from(bytes)));
    if (needles.length > 0 && !needles.some((needle) => bytes.includes(needle))) return undefined;
    // Also a folder on the way may be a link that leads elsewhere.
    if (realpathSync(full) !== `${realpathSync(folder)}/${path}`) return { path, why: LINK };
    const decoded = decodeManifest(bytes);
    if ('why' in decoded) return { path, why: decoded.why };
    return { path, text: decoded.text, mode: (fstatSync(file).mode & 0o100) === 0 ? '100644' : '100755' };
  } finally {
    closeSync(file);
  }
}

function rawFile(path: string, bytes: Buffer): RawFile {
  return { path, includes: (text) => bytes.includes(text), text: () => bytes.toString('utf8') };
}

function lazyFile(path: string, textOf: Surroundings['textOf']): RawFile {
  let known: string | undefined;
  const text = () => {
    known ??= textOf(path) ?? '';
    return known;
  };
  return { path, includes: (part) => text().includes(part), text };
}

// Gives how many bytes there are; a full buffer means that the file is larger than is read.
function readAll(file: number, buffer: Buffer): number {
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(file, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return length;
}

// Links are not followed, so nothing outside of the folder is reached; what is in a submodule belongs to another repository.
function listFiles(folder: string): { files: string[]; links: string[] } {
  const [files, links]: [string[], string[]] = [[], []];
  const pending = [''];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    const entries = readdirSync(`${folder}/${parent}`, { withFileTypes: true });
    if (parent !== '' && entries.some(({ name }) => name === '.git')) continue;
    for (const entry of entries) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (entry.isFile()) files.push(path);
      else if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) pending.push(path);
    }
  }
  return { files: files.sort(), links };
}
