import type { Repository } from './model.ts';
import type { World } from './world.ts';

/** The files between two trees as commits, compare and pull requests list them; https://docs.github.com/en/rest/commits/commits#get-a-commit */
export async function changedFiles(
  world: World,
  repository: Repository,
  { oldTree, newTree, sha }: { oldTree: string; newTree: string; sha: string },
) {
  const files = await repository.diff.between(oldTree, newTree);
  const api = `${world.urls.api}/repos/${repository.fullName}/contents`;
  const html = `${world.urls.server}/${repository.fullName}`;
  return files.map((file) => ({
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${sha}/${encodeURI(file.path)}`,
    raw_url: `${html}/raw/${sha}/${encodeURI(file.path)}`,
    contents_url: `${api}/${encodeURI(file.path)}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  }));
}
