import { type Actor, may } from './actors.ts';
import { peel, readCommit } from './git-store.ts';
import { entryAt, listTree, type PathEntry } from './git-trees.ts';
import type { Repository } from './model.ts';
import { notAccessible, Refusal } from './refusals.ts';

const FOLDER = '.github/workflows';

/** The words with which a `git push` is refused that brings the workflow file `path` without the right to. */
export function workflowScopeText(kind: Actor['kind'], path: string): string {
  const personal = kind === 'pat' || kind === 'classic';
  const by = personal ? 'a Personal Access Token' : 'a GitHub App';
  const right = personal ? '`workflow` scope' : '`workflows` permission';
  return `refusing to allow ${by} to create or update workflow \`${path}\` without ${right}`;
}

/** A workflow file of the commit (or tag) `sha` that differs, when no branch has the same workflow files; old commits count as well. */
export async function foreignWorkflow(repository: Repository, sha: string): Promise<string | undefined> {
  const { git, refs, defaultBranch } = repository;
  const commit = (await peel(git, sha))?.sha ?? sha;
  const folder = await workflowsOf(repository, commit);
  if (folder === undefined) return undefined;
  for (const { sha: tip } of refs.list('refs/heads/')) {
    if ((await workflowsOf(repository, tip))?.sha === folder.sha) return undefined;
  }
  const trunk = await workflowsOf(repository, refs.get(`refs/heads/${defaultBranch}`) ?? '');
  const known = new Set((trunk === undefined ? [] : await filesIn(repository, trunk)).map(nameAndContent));
  const files = await filesIn(repository, folder);
  return (files.find((file) => !known.has(nameAndContent(file))) ?? files[0])?.path;
}

/** 403 when the token may not bring workflow files; REST does not say that these are the reason. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps#repository-permissions-for-workflows */
export async function obeyWorkflowScope(repository: Repository, actor: Actor, sha: string): Promise<void> {
  if (may(actor, 'workflows', 'write') || (await foreignWorkflow(repository, sha)) === undefined) return;
  throw notAccessible(actor);
}

/** 403 when a merge into the commit `base` that gives `tree` would change workflow files and the token may not; here GitHub names the file. */
export async function obeyWorkflowMerge(
  repository: Repository,
  actor: Actor,
  { base, tree }: { base: string; tree: string },
): Promise<void> {
  if (may(actor, 'workflows', 'write')) return;
  const [before, after] = [await workflowsOf(repository, base), await entryAt(repository.git, tree, FOLDER)];
  if (after === undefined || before?.sha === after.sha) return;
  const known = new Set((before === undefined ? [] : await filesIn(repository, before)).map(nameAndContent));
  const changed = (await filesIn(repository, after)).find((file) => !known.has(nameAndContent(file)));
  if (changed !== undefined) throw new Refusal(403, workflowScopeText(actor.kind, changed.path));
}

async function filesIn({ git }: Repository, { sha }: PathEntry): Promise<PathEntry[]> {
  return (await listTree(git, sha)).map((entry) => ({ ...entry, path: `${FOLDER}/${entry.path}` }));
}

function nameAndContent({ path, sha }: PathEntry): string {
  return `${path} ${sha}`;
}

async function workflowsOf({ git }: Repository, sha: string): Promise<PathEntry | undefined> {
  const commit = await readCommit(git, sha);
  return commit === undefined ? undefined : await entryAt(git, commit.tree, FOLDER);
}
