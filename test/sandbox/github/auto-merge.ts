import { isAncestor } from './git-graph.ts';
import { mergedTree, missingForMerge } from './mergeability.ts';
import { merge, obeyMergeRules } from './merges.ts';
import type { PullRequest, Repository } from './model.ts';
import { Refusal } from './refusals.ts';
import { rulesFor } from './rules.ts';
import type { World } from './world.ts';

/** Merges every armed or queued pull request whose requirements are met by now. */
export async function settleMerges(world: World, repository: Repository): Promise<void> {
  for (const pull of repository.pulls.values()) {
    if (pull.state !== 'open' || pull.draft) continue;
    if (pull.queuedBy !== null) await settleQueued(world, repository, pull);
    else if (pull.autoMerge !== null) await settleArmed(world, repository, pull);
  }
}

async function settleArmed(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  const { autoMerge } = pull;
  if (autoMerge === null) return;
  const { enabledBy: actor, method, title, message } = autoMerge;
  try {
    await obeyMergeRules(repository, actor, { pull, method });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // In front of a queue, being ready means joining it.
    if (/merge queue/.test(error.message) && (await isReady(repository, pull))) pull.queuedBy = actor;
    return;
  }
  await merge({ world, repository, actor }, pull, { method, title: title || undefined, message: message || undefined });
}

async function settleQueued(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  const actor = pull.queuedBy;
  if (actor === null || !(await isReady(repository, pull))) return;
  pull.queuedBy = null;
  await merge({ world, repository, actor }, pull, { method: 'squash' });
}

async function isReady(repository: Repository, pull: PullRequest): Promise<boolean> {
  if ((await missingForMerge(repository, pull)).length > 0) return false;
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  if ((await mergedTree(repository, base, pull.headSha)) === undefined) return false;
  const rules = rulesFor(repository, 'branch', pull.baseRef);
  // A queue brings the head up to date by itself.
  const strict = rules.some((rule) => rule.strictChecks) && !rules.some((rule) => rule.mergeQueue);
  return !strict || isAncestor(repository.git, base, pull.headSha);
}
