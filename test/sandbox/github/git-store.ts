import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import {
  type CommitFields,
  decodeCommit,
  decodeTag,
  decodeTree,
  encodeCommit,
  encodeTag,
  type GitObject,
  type ObjectType,
  shaOf,
  type TagFields,
  type TreeEntry,
} from './git-objects.ts';
import { converseWithGit } from './git-process.ts';

/** What git tells about an object without reading it. */
export interface ObjectFacts {
  readonly type: ObjectType;
  /** In bytes. */
  readonly size: number;
}

/** The objects of one bare repository on disk, remembered once read or written. */
export interface GitStore {
  readonly folder: string;
  /** By full or unambiguous short name; undefined when there is none. */
  read(name: string): Promise<GitObject | undefined>;
  /** Types and sizes of at least these objects, by full name and without their content; those that are missing are left out. */
  lookAt(shas: readonly string[]): Promise<ReadonlyMap<string, ObjectFacts>>;
  /** Takes in what git told about an object when it was asked something else. */
  learn(sha: string, found: ObjectFacts): void;
  /** Stores the object as a loose file, as `git hash-object -w` does, and gives its name. */
  write(type: ObjectType, content: Buffer): string;
  /** Gives the function that removes what was written since. */
  mark(): () => void;
  close(): void;
}

/** Makes an empty bare repository that `git http-backend` can serve. */
export function initGitFolder(folder: string, defaultBranch: string): void {
  for (const path of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  writeFileSync(join(folder, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`);
  writeFileSync(join(folder, 'config'), CONFIG);
}

/** Opens the objects of a bare repository. */
export function openGitStore(folder: string): GitStore {
  const known = new Map<string, GitObject>();
  const facts = new Map<string, ObjectFacts>();
  const folders = new Set<string>();
  const written: string[] = [];
  // One process for both would need git 2.36; the second is seldom asked.
  const contents = converseWithGit(['cat-file', '--batch'], folder);
  const checks = converseWithGit(['cat-file', '--batch-check'], folder);
  return {
    folder,
    async read(name) {
      const object = known.get(name) ?? (SHA.test(name) ? await contents.ask(name, takeObject) : undefined);
      if (object !== undefined) known.set(object.sha, object);
      return object;
    },
    async lookAt(shas) {
      const asked: string[] = [];
      for (const sha of new Set(shas)) {
        const object = known.get(sha);
        if (object !== undefined) facts.set(sha, { type: object.type, size: object.content.length });
        else if (!facts.has(sha)) asked.push(sha);
      }
      const found = asked.length === 0 ? '' : await checks.ask([...asked, NO_OBJECT].join('\n'), takeFacts);
      const lines = found.split('\n');
      for (const [at, sha] of asked.entries()) {
        const [, type, size] = (lines[at] ?? '').split(' ');
        if (size !== undefined) facts.set(sha, { type: type as ObjectType, size: Number(size) });
      }
      return facts;
    },
    learn: (sha, found) => void facts.set(sha, found),
    write(type, content) {
      const sha = shaOf(type, content);
      if (known.has(sha)) return sha;
      writeLoose({ folder, folders }, sha, Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]));
      known.set(sha, { sha, type, content });
      written.push(sha);
      return sha;
    },
    mark() {
      const { length } = written;
      return () => {
        for (const sha of written.splice(length)) {
          known.delete(sha);
          facts.delete(sha);
          rmSync(join(folder, 'objects', sha.slice(0, 2), sha.slice(2)), { force: true });
        }
      };
    },
    close() {
      contents.close();
      checks.close();
    },
  };
}

/** The commit `sha`, or undefined when the object is missing or of another kind. */
export async function readCommit(git: GitStore, sha: string): Promise<(CommitFields & { sha: string }) | undefined> {
  const object = await git.read(sha);
  return object?.type === 'commit' ? { sha: object.sha, ...decodeCommit(object.content) } : undefined;
}

/** The annotated tag object `sha`. */
export async function readTag(git: GitStore, sha: string): Promise<(TagFields & { sha: string }) | undefined> {
  const object = await git.read(sha);
  return object?.type === 'tag' ? { sha: object.sha, ...decodeTag(object.content) } : undefined;
}

/** The lines of the tree `sha`. */
export async function readTree(git: GitStore, sha: string): Promise<TreeEntry[] | undefined> {
  const object = await git.read(sha);
  return object?.type === 'tree' ? decodeTree(object.content) : undefined;
}

/** Follows annotated tags to what they name. */
export async function peel(git: GitStore, sha: string): Promise<GitObject | undefined> {
  let object = await git.read(sha);
  while (object?.type === 'tag') object = await git.read(decodeTag(object.content).object);
  return object;
}

export function writeCommit(git: GitStore, commit: CommitFields): string {
  return git.write('commit', encodeCommit(commit));
}

export function writeTag(git: GitStore, tag: TagFields): string {
  return git.write('tag', encodeTag(tag));
}

function writeLoose({ folder, folders }: { folder: string; folders: Set<string> }, sha: string, raw: Buffer): void {
  const parent = join(folder, 'objects', sha.slice(0, 2));
  if (!folders.has(parent)) mkdirSync(parent, { recursive: true });
  folders.add(parent);
  try {
    writeFileSync(join(parent, sha.slice(2)), deflateSync(raw, { level: 1 }), { flag: 'wx', mode: 0o444 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

// One line for each object; that of an object which cannot exist comes last.
function takeFacts(received: Buffer): { value: string; length: number } | undefined {
  const end = `${NO_OBJECT} missing\n`;
  const at = received.indexOf(end);
  return at === -1 ? undefined : { value: received.toString('latin1', 0, at), length: at + end.length };
}

// `<sha> <type> <size>\n<content>\n`, or `<name> missing\n`; https://git-scm.com/docs/git-cat-file#_batch_output
function takeObject(received: Buffer): { value: GitObject | undefined; length: number } | undefined {
  const end = received.indexOf(10);
  if (end === -1) return undefined;
  const [sha = '', type = '', size = ''] = received.toString('utf8', 0, end).split(' ');
  if (size === '') return { value: undefined, length: end + 1 };
  const length = end + 1 + Number(size) + 1;
  if (received.length < length) return undefined;
  const content = Buffer.from(received.subarray(end + 1, length - 1));
  return { value: { sha, type: type as ObjectType, content }, length };
}

const SHA = /^[0-9a-f]{4,40}$/;
const NO_OBJECT = '0'.repeat(40);

const CONFIG = `[core]
	repositoryformatversion = 0
	bare = true
	quotepath = false
[http]
	receivepack = true
	uploadpack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[gc]
	auto = 0
[receive]
	autogc = false
	advertisePushOptions = false
[transfer]
	hideRefs = refs/internal
`;
