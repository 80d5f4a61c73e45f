import { encodeTree, type TreeEntry, typeOfMode } from './git-objects.ts';
import { type GitStore, readTree } from './git-store.ts';

/** One path to set, or to delete with `sha: null`. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** A tree entry with its path from the root. */
export interface PathEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
}

export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Writes the tree `base` (undefined: an empty one) with `changes`; folders that become empty vanish. */
export async function writeTree(
  git: GitStore,
  base: string | undefined,
  changes: readonly TreeChange[],
): Promise<string> {
  const entries = new Map<string, TreeEntry>();
  for (const entry of base === undefined ? [] : ((await readTree(git, base)) ?? [])) entries.set(entry.name, entry);
  const below = new Map<string, TreeChange[]>();
  for (const change of changes) {
    const slash = change.path.indexOf('/');
    const name = slash === -1 ? change.path : change.path.slice(0, slash);
    if (slash !== -1) {
      const list = below.get(name) ?? [];
      below.set(name, list);
      list.push({ ...change, path: change.path.slice(slash + 1) });
    } else if (change.sha === null) entries.delete(name);
    else entries.set(name, { mode: change.mode, name, sha: change.sha });
  }
  for (const [name, inside] of below) {
    const old = entries.get(name);
    const sha = await writeTree(git, old?.mode === '040000' ? old.sha : undefined, inside);
    if (sha === EMPTY_TREE) entries.delete(name);
    else entries.set(name, { mode: '040000', name, sha });
  }
  return git.write('tree', encodeTree([...entries.values()]));
}

/** The entry at `path` below the tree `root`; '' is the root itself. */
export async function entryAt(git: GitStore, root: string, path: string): Promise<PathEntry | undefined> {
  let entry: PathEntry = { path: '', mode: '040000', type: 'tree', sha: root };
  for (const name of path.split('/').filter((part) => part !== '')) {
    const found =
      entry.type === 'tree' ? (await readTree(git, entry.sha))?.find((one) => one.name === name) : undefined;
    if (found === undefined) return undefined;
    const { mode, sha } = found;
    entry = { path: entry.path === '' ? name : `${entry.path}/${name}`, mode, type: typeOfMode(mode), sha };
  }
  return entry;
}

/** Every entry of the tree `root` in git's order; folders too, before what they hold. */
export async function walkTree(
  git: GitStore,
  root: string,
  { recursive, prefix = '' }: { recursive: boolean; prefix?: string },
): Promise<PathEntry[]> {
  const found: PathEntry[] = [];
  for (const { name, mode, sha } of (await readTree(git, root)) ?? []) {
    const entry = { path: prefix + name, mode, type: typeOfMode(mode), sha };
    found.push(entry);
    if (recursive && entry.type === 'tree') {
      found.push(...(await walkTree(git, sha, { recursive, prefix: `${entry.path}/` })));
    }
  }
  return found;
}
