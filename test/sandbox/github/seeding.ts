import type { Actor } from './actors.ts';
import { readCommit, writeCommit } from './git-store.ts';
import { writeTree } from './git-trees.ts';
import type { Repository } from './model.ts';
import { moveRef, type World } from './world.ts';

/** A commit that a test makes as if somebody had pushed it; null deletes a file. */
export interface Change {
  /** Made from the default branch when it does not exist. */
  readonly branch?: string;
  readonly message: string;
  readonly files?: Readonly<Record<string, string | null>>;
  readonly author?: { readonly name: string; readonly email: string; readonly login?: string };
  /** ISO 8601. */
  readonly date?: string;
  /** Shas; by default the head of the branch. */
  readonly parents?: readonly string[];
}

/** Commits on a branch, past every rule, and gives the new sha. */
export async function commitChange(
  world: World,
  repository: Repository,
  actor: Actor,
  change: Change,
): Promise<string> {
  const { git, refs } = repository;
  const branch = change.branch ?? repository.defaultBranch;
  const tip = refs.get(`refs/heads/${branch}`) ?? refs.get(`refs/heads/${repository.defaultBranch}`);
  const parents = change.parents ?? (tip === undefined ? [] : [tip]);
  const base = parents[0] === undefined ? undefined : await readCommit(git, parents[0]);
  const changes = Object.entries(change.files ?? {}).map(([path, text]) => ({
    path,
    mode: '100644',
    sha: text === null ? null : git.write('blob', Buffer.from(text)),
  }));
  const { name, email, login } = change.author ?? { name: 'Mona Dev', email: 'mona@example.com', login: 'mona' };
  if (login !== undefined) world.actors.claimEmail(email, login);
  const author = { name, email, date: change.date ?? world.now().toISOString() };
  const tree = await writeTree(git, base?.tree, changes);
  const sha = writeCommit(git, { tree, parents, author, committer: author, message: change.message });
  await moveRef(world, repository, { ref: `refs/heads/${branch}`, after: sha, actor });
  return sha;
}
