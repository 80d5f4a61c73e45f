import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit } from './git-process.ts';

/** The refs of one bare repository: full names to object names. What git itself changed is seen after `reload`. */
export interface RefStore {
  get(ref: string): string | undefined;
  /** Names that start with `prefix`, in byte order. */
  list(prefix: string): readonly { ref: string; sha: string }[];
  /** Whether git could store `ref` beside the others: `a` and `a/b` exclude each other. */
  fits(ref: string): boolean;
  set(ref: string, sha: string): void;
  /** Stores many new refs at once, packed. */
  addPacked(refs: Readonly<Record<string, string>>): void;
  delete(ref: string): Promise<void>;
  /** Reads the refs again and gives those that changed. */
  reload(): Promise<readonly { ref: string; before: string; after: string }[]>;
}

/** What git prints for a ref that does not exist. */
export const ZERO = '0'.repeat(40);

/** Opens the refs of a bare repository that has none yet. */
export function openRefStore(folder: string): RefStore {
  let refs = new Map<string, string>();
  let sorted: { ref: string; sha: string }[] | undefined;
  const packed = new Map<string, string>();

  function remember(ref: string, sha: string): void {
    refs.set(ref, sha);
    sorted = undefined;
  }
  return {
    get: (ref) => refs.get(ref),
    list(prefix) {
      sorted ??= [...refs].map(([ref, sha]) => ({ ref, sha })).sort((a, b) => (a.ref < b.ref ? -1 : 1));
      return sorted.filter(({ ref }) => ref.startsWith(prefix));
    },
    fits(ref) {
      const parts = ref.split('/');
      if (parts.some((_, at) => at > 2 && refs.has(parts.slice(0, at).join('/')))) return false;
      for (const other of refs.keys()) if (other.startsWith(`${ref}/`)) return false;
      return true;
    },
    set(ref, sha) {
      const file = join(folder, ref);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, `${sha}\n`);
      renameSync(`${file}.new`, file);
      remember(ref, sha);
    },
    addPacked(added) {
      for (const [ref, sha] of Object.entries(added)) {
        packed.set(ref, sha);
        remember(ref, sha);
      }
      const lines = [...packed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([ref, sha]) => `${sha} ${ref}\n`);
      writeFileSync(join(folder, 'packed-refs'), `# pack-refs with: sorted \n${lines.join('')}`);
    },
    async delete(ref) {
      if (packed.delete(ref)) await runGit(['update-ref', '-d', ref], { folder });
      else rmSync(join(folder, ref), { force: true });
      refs.delete(ref);
      sorted = undefined;
    },
    async reload() {
      const { stdout } = await runGit(['for-each-ref', '--format=%(refname) %(objectname)'], { folder });
      const lines = stdout.toString().split('\n').filter(Boolean);
      const next = new Map(lines.map((line) => line.split(' ') as [string, string]));
      const names = [...new Set([...refs.keys(), ...next.keys()])];
      const changes = names
        .map((ref) => ({ ref, before: refs.get(ref) ?? ZERO, after: next.get(ref) ?? ZERO }))
        .filter(({ before, after }) => before !== after);
      refs = next;
      sorted = undefined;
      return changes;
    },
  };
}

/** The rules of https://git-scm.com/docs/git-check-ref-format */
export function isRefName(ref: string): boolean {
  const parts = ref.split('/');
  if (parts.length < 2 || parts[0] !== 'refs') return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids them by value.
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\.$/.test(ref)) return false;
  return parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
