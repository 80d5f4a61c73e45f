import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import type { ComparedFile } from '#shared/github/compare.ts';

/** The files that differ between two commits by their trees, however many; undefined where a tree is too large for one answer. https://docs.github.com/en/rest/git/trees */
export async function readFileDifference(
  github: GitHubClient,
  repository: string,
  { base, head }: { base: string; head: string },
): Promise<ComparedFile[] | undefined> {
  const [before, after] = await Promise.all([readShas(github, repository, base), readShas(github, repository, head)]);
  if (before === undefined || after === undefined) return undefined;
  const changed = [...after].flatMap(([path, sha]): ComparedFile[] => {
    const old = before.get(path);
    return old === sha ? [] : [{ path, status: old === undefined ? 'added' : 'modified' }];
  });
  const removed = [...before.keys()].filter((path) => !after.has(path)).map((path) => ({ path, status: 'removed' }));
  return [...changed, ...removed];
}

async function readShas(
  github: GitHubClient,
  repository: string,
  commit: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...coordinates(repository),
    tree_sha: commit,
    recursive: 'true',
  });
  if (data.truncated) return undefined;
  return new Map(data.tree.filter(({ type }) => type === 'blob').map(({ path = '', sha = '' }) => [path, sha]));
}
