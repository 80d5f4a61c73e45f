import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObjectType } from './git-objects.ts';
import { runGit } from './git-process.ts';
import type { GitStore } from './git-store.ts';

/** The refs of one bare repository: full names to object names. What git itself changed is seen after `reload`. */
export interface RefStore {
  get(ref: string): string | undefined;
  /** Names that start with `prefix`, in byte order. */
  list(prefix: string): readonly { ref: string; sha: string }[];
  /** Whether git could store `ref` beside the others, as `a` and `a/b` exclude each other, and GitHub takes its length. */
  fits(ref: string): boolean;
  set(ref: string, sha: string): void;
  /** Stores many new refs at once, packed. */
  addPacked(refs: Readonly<Record<string, string>>): void;
  delete(ref: string): Promise<void>;
  /** Reads the refs again and gives those that changed. */
  reload(): Promise<readonly { ref: string; before: string; after: string }[]>;
  /** Gives the function that puts all refs back to where they are now. */
  mark(): () => void;
}

/** What git prints for a ref that does not exist. */
export const ZERO = '0'.repeat(40);

/** Opens the refs of a bare repository; those that it has already are known after `reload`. */
export function openRefStore(git: GitStore): RefStore {
  const { folder } = git;
  let refs = new Map<string, string>();
  let sorted: { ref: string; sha: string }[] | undefined;
  const packed = readPackedRefs(folder);

  function remember(ref: string, sha: string): void {
    refs.set(ref, sha);
    sorted = undefined;
  }
  return {
    get: (ref) => refs.get(ref),
    list(prefix) {
      sorted ??= Array.from(refs, ([ref, sha]) => ({ ref, sha })).sort((a, b) => (a.ref < b.ref ? -1 : 1));
      return sorted.filter(({ ref }) => ref.startsWith(prefix));
    },
    fits(ref) {
      if (isTooLong(ref)) return false;
      const parts = ref.split('/');
      if (parts.some((_, at) => at > 2 && refs.has(parts.slice(0, at).join('/')))) return false;
      for (const other of refs.keys()) if (other.startsWith(`${ref}/`)) return false;
      return true;
    },
    set(ref, sha) {
      writeRefFile(folder, ref, sha);
      remember(ref, sha);
    },
    addPacked(added) {
      for (const [ref, sha] of Object.entries(added)) {
        packed.set(ref, sha);
        remember(ref, sha);
      }
      writePackedRefs(folder, packed);
    },
    async delete(ref) {
      packed.delete(ref);
      refs.delete(ref);
      sorted = undefined;
      // Git also removes the folders that become empty, which would be in the way of a ref of their name.
      await runGit(['update-ref', '-d', ref], { folder });
    },
    async reload() {
      const found = await readRefs(git);
      const next = new Map(found.map(({ ref, sha }) => [ref, sha]));
      const names = [...new Set([...refs.keys(), ...next.keys()])];
      const changes = names
        .map((ref) => ({ ref, before: refs.get(ref) ?? ZERO, after: next.get(ref) ?? ZERO }))
        .filter(({ before, after }) => before !== after);
      for (const { ref, after } of changes) if (after === ZERO) packed.delete(ref);
      refs = next;
      sorted = found;
      return changes;
    },
    mark() {
      const kept = new Map(refs);
      const keptPacked = new Map(packed);
      return () => {
        const isRepacked =
          packed.size !== keptPacked.size || [...packed].some(([ref, sha]) => keptPacked.get(ref) !== sha);
        if (isRepacked) writePackedRefs(folder, keptPacked);
        for (const ref of refs.keys()) if (!kept.has(ref)) rmSync(join(folder, ref), { force: true });
        for (const [ref, sha] of kept) if (refs.get(ref) !== sha) writeRefFile(folder, ref, sha);
        packed.clear();
        for (const [ref, sha] of keptPacked) packed.set(ref, sha);
        refs = new Map(kept);
        sorted = undefined;
      };
    },
  };
}

function writeRefFile(folder: string, ref: string, sha: string): void {
  const file = join(folder, ref);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.lock`, `${sha}\n`);
  renameSync(`${file}.lock`, file);
}

function writePackedRefs(folder: string, packed: ReadonlyMap<string, string>): void {
  const lines = [...packed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([ref, sha]) => `${sha} ${ref}\n`);
  writeFileSync(join(folder, 'packed-refs'), `# pack-refs with: sorted \n${lines.join('')}`);
}

function readPackedRefs(folder: string): Map<string, string> {
  const file = join(folder, 'packed-refs');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return new Map([...text.matchAll(/^([0-9a-f]{40}) (.+)$/gm)].map(([, sha = '', ref = '']) => [ref, sha]));
}

// In byte order, which is git's. What the refs name is asked along, because each list of refs tells it.
async function readRefs(git: GitStore): Promise<{ ref: string; sha: string }[]> {
  const format = '--format=%(objectname) %(objecttype) %(objectsize) %(refname)';
  const { stdout } = await runGit(['for-each-ref', format], git);
  const lines = stdout.toString().split('\n').filter(Boolean);
  return lines.map((line) => {
    const [sha = '', type, size, ref = ''] = line.split(' ');
    git.learn(sha, { type: type as ObjectType, size: Number(size) });
    return { ref, sha };
  });
}

/** Whether GitHub refuses the name for its length: https://github.com/desktop/desktop/issues/819 */
export function isTooLong(ref: string): boolean {
  return Buffer.byteLength(ref) > 255;
}

/** The rules of https://git-scm.com/docs/git-check-ref-format */
export function isRefName(ref: string): boolean {
  const parts = ref.split('/');
  if (parts.length < 2 || parts[0] !== 'refs') return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids them by value.
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\.$/.test(ref)) return false;
  return parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
