import { createHash } from 'node:crypto';
import { coordinates, type GitHubClient } from './client.ts';

/** A file of a tree. https://docs.github.com/en/rest/git/trees */
export interface TreeFile {
  readonly path: string;
  /** `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  readonly mode: string;
  readonly sha: string;
  readonly sizeBytes: number;
}

/** Every file of a tree or commit, in one answer; `truncated` when GitHub left files out (more than 100,000 entries or 7 MB). */
export async function readTree(
  github: GitHubClient,
  repository: string,
  treeish: string,
): Promise<{ files: readonly TreeFile[]; truncated: boolean }> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...coordinates(repository),
    tree_sha: treeish,
    recursive: '1',
  });
  const files = data.tree
    .filter(({ type }) => type !== 'tree')
    .map(({ path, mode, sha, size }) => ({ path, mode, sha, sizeBytes: size ?? 0 }));
  return { files, truncated: data.truncated };
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
