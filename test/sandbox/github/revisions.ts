import { peel } from './git-store.ts';
import type { Repository } from './model.ts';

/** The commit that a branch, tag, ref or (short) sha means, as GitHub resolves `ref` parameters: branches before tags. */
export async function resolveCommit(repository: Repository, name: string): Promise<string | undefined> {
  const { refs, git } = repository;
  const sha =
    refs.get(`refs/heads/${name}`) ??
    refs.get(`refs/tags/${name}`) ??
    (name === 'HEAD' ? refs.get(`refs/heads/${repository.defaultBranch}`) : undefined) ??
    refs.get(name) ??
    refs.get(`refs/${name}`) ??
    (await git.read(name))?.sha;
  const object = sha === undefined ? undefined : await peel(git, sha);
  return object?.type === 'commit' ? object.sha : undefined;
}
