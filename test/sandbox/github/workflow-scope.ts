import { type Actor, may } from './actors.ts';
import { ancestorsOf } from './git-graph.ts';
import { readCommit } from './git-store.ts';
import { entryAt } from './git-trees.ts';
import type { Repository } from './model.ts';
import { Refusal } from './refusals.ts';

/** The words with which a push is refused that changes workflows without the right to. */
export function workflowScopeText(kind: Actor['kind']): string {
  const by = kind === 'pat' ? 'a Personal Access Token' : 'a GitHub App';
  const right = kind === 'pat' ? '`workflow` scope' : '`workflows` permission';
  return `refusing to allow ${by} to create or update workflow files in \`.github/workflows\` without ${right}`;
}

/** Whether `sha` brings workflow files that no ref of the repository has yet. */
export async function bringsWorkflows(repository: Repository, sha: string): Promise<boolean> {
  const { git } = repository;
  const workflows = await workflowsOf(repository, sha);
  if (workflows === undefined) return false;
  const known = new Set<string | undefined>();
  for (const { sha: tip } of repository.refs.list('refs/heads/')) known.add(await workflowsOf(repository, tip));
  if (known.has(workflows)) return false;
  const heads = repository.refs.list('refs/heads/');
  for (const { sha: tip } of heads) if ((await ancestorsOf(git, tip)).has(sha)) return false;
  return true;
}

/** 403 when the token may not bring workflow files; https://docs.github.com/en/actions/security-for-github-actions/security-guides/automatic-token-authentication */
export async function obeyWorkflowScope(repository: Repository, actor: Actor, sha: string): Promise<void> {
  if (may(actor, 'workflows', 'write') || !(await bringsWorkflows(repository, sha))) return;
  throw new Refusal(403, workflowScopeText(actor.kind));
}

async function workflowsOf({ git }: Repository, sha: string): Promise<string | undefined> {
  const commit = await readCommit(git, sha);
  return commit === undefined ? undefined : (await entryAt(git, commit.tree, '.github/workflows'))?.sha;
}
