import { createHash } from 'node:crypto';
import { coordinates, type GitHubClient } from './client.ts';

/** A file or folder (mode `040000`) of a tree. https://docs.github.com/en/rest/git/trees */
export interface TreeEntry {
  readonly path: string;
  /** `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  readonly mode: string;
  readonly sha: string;
  readonly sizeBytes: number;
}

/** Everything in a tree or commit, folders too, in one answer; `truncated` when GitHub left files out (more than 100,000 entries or 7 MB). */
export async function readTree(
  github: GitHubClient,
  repository: string,
  treeish: string,
): Promise<{ entries: readonly TreeEntry[]; truncated: boolean }> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...coordinates(repository),
    tree_sha: treeish,
    recursive: '1',
  });
  const entries = data.tree.map(({ path, mode, sha, size }) => ({ path, mode, sha, sizeBytes: size ?? 0 }));
  return { entries, truncated: data.truncated };
}

/** Creates a tree that is `base` with some files replaced by text; gives its sha. */
export async function createTree(
  github: GitHubClient,
  repository: string,
  change: { base: string; files: readonly { path: string; mode: string; content: string }[] },
): Promise<string> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/trees', {
    ...coordinates(repository),
    base_tree: change.base,
    tree: change.files.map(({ path, mode, content }) => ({
      path,
      mode: mode as '100644' | '100755',
      type: 'blob' as const,
      content,
    })),
  });
  return data.sha;
}

/** The object id that git gives to a blob with these bytes (SHA-1 repositories). */
export function blobSha(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The object id of a folder with these entries; modes as git stores them (`40000`). */
export function treeSha(entries: readonly { name: string; mode: string; sha: string }[]): string {
  const sortKey = ({ name, mode }: { name: string; mode: string }) => Buffer.from(isFolder(mode) ? `${name}/` : name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const parts = sorted.flatMap(({ name, mode, sha }) => [
    Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
    Buffer.from(sha, 'hex'),
  ]);
  const body = Buffer.concat(parts);
  return createHash('sha1').update(`tree ${body.length}\0`).update(body).digest('hex');
}

/**
 * The root tree after `changes` (new blobs by path), computed from the folders on the way to them; files that are not there
 * yet become entries of their own. Undefined when a folder is missing or does not hash to what GitHub says (names that are not UTF-8).
 */
export function rootTreeSha(
  root: string,
  folders: ReadonlyMap<string, readonly { name: string; mode: string; sha: string }[]>,
  changes: ReadonlyMap<string, { mode: string; sha: string }>,
): string | undefined {
  function shaOf(path: string, claimed: string | undefined): string | undefined {
    const entries = claimed === undefined ? [] : folders.get(path);
    if (entries === undefined || (claimed !== undefined && treeSha(entries) !== claimed)) return undefined;
    const next = new Map(entries.map((entry) => [entry.name, entry]));
    const start = path === '' ? '' : `${path}/`;
    const walked = new Set<string>();
    for (const [file, { mode, sha }] of changes) {
      if (!file.startsWith(start)) continue;
      const [name = '', ...below] = file.slice(start.length).split('/');
      if (below.length === 0) next.set(name, { name, mode, sha });
      else if (!walked.has(name)) {
        walked.add(name);
        const folder = shaOf(`${start}${name}`, next.get(name)?.sha);
        if (folder === undefined) return undefined;
        next.set(name, { name, mode: '40000', sha: folder });
      }
    }
    return treeSha([...next.values()]);
  }
  return shaOf('', root);
}

function isFolder(mode: string): boolean {
  return /^0?40000$/.test(mode);
}
