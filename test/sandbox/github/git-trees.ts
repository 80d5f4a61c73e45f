import { encodeTree, type TreeEntry, typeOfMode } from './git-objects.ts';
import { runGit } from './git-process.ts';
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

/** The entries of one folder: the tree `sha`, whose path is `prefix`. */
export async function entriesOf(git: GitStore, sha: string, prefix = ''): Promise<PathEntry[]> {
  const lines = (await readTree(git, sha)) ?? [];
  return lines.map(({ name, mode, sha: object }) => ({
    path: prefix + name,
    mode,
    type: typeOfMode(mode),
    sha: object,
  }));
}

/** A tree entry and, of a blob, its size in bytes. */
export interface ListedEntry extends PathEntry {
  readonly size: number | undefined;
}

/** The entries of one folder with sizes. */
export async function listFolder(git: GitStore, sha: string): Promise<ListedEntry[]> {
  const entries = await entriesOf(git, sha);
  const facts = await git.lookAt(entries.filter(({ type }) => type === 'blob').map(({ sha: blob }) => blob));
  return entries.map((entry) => ({ ...entry, size: entry.type === 'blob' ? facts.get(entry.sha)?.size : undefined }));
}

const listings = new WeakMap<GitStore, Map<string, readonly ListedEntry[]>>();

/** Everything below the tree `root` in git's order, folders before what they hold; one question to git however many there are. */
export async function listTree(git: GitStore, root: string): Promise<readonly ListedEntry[]> {
  const known = listings.get(git) ?? new Map<string, readonly ListedEntry[]>();
  listings.set(git, known);
  const listed = known.get(root) ?? parseListing(await askForListing(git, root));
  known.set(root, listed);
  return listed;
}

async function askForListing({ folder }: GitStore, root: string): Promise<string> {
  const { code, stdout, stderr } = await runGit(['ls-tree', '-r', '-t', '-l', '-z', root], { folder });
  if (code !== 0) throw new Error(stderr);
  return stdout.toString();
}

// `<mode> <type> <sha> <size>\t<path>\0`, with `-` for the size of what is no blob; https://git-scm.com/docs/git-ls-tree#_output_format
function parseListing(text: string): ListedEntry[] {
  const lines = text.split('\0').slice(0, -1);
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const mode = line.slice(0, 6);
    const type = typeOfMode(mode);
    const at = 8 + type.length;
    const size = type === 'blob' ? Number(line.slice(at + 41, tab)) : undefined;
    return { path: line.slice(tab + 1), mode, type, sha: line.slice(at, at + 40), size };
  });
}
