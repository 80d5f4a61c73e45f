import { hasQueue, joinQueue, settleQueue } from './merge-queue.ts';
import { merge, obeyMergeRules } from './merges.ts';
import type { PullRequest, Repository } from './model.ts';
import { Refusal } from './refusals.ts';
import type { World } from './world.ts';

/** Merges every armed or queued pull request whose requirements are met by now; https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request */
export async function settleMerges(world: World, repository: Repository): Promise<void> {
  for (const pull of repository.pulls.values()) {
    if (pull.state === 'open' && !pull.draft && pull.autoMerge !== null) await settleArmed(world, repository, pull);
  }
  const queued = [...repository.pulls.values()].filter((pull) => pull.queued !== null);
  for (const branch of new Set(queued.map(({ baseRef }) => baseRef))) await settleQueue(world, repository, branch);
}

async function settleArmed(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  const { autoMerge } = pull;
  if (autoMerge === null) return;
  const { enabledBy: actor, method, title, message } = autoMerge;
  // In front of a queue, being ready means joining it.
  if (hasQueue(repository, pull.baseRef)) return void (await joinQueue(world, repository, { pull, by: actor }));
  try {
    await obeyMergeRules(repository, actor, { pull, method });
  } catch (error) {
    if (error instanceof Refusal) return;
    throw error;
  }
  await merge({ world, repository, actor }, pull, { method, title: title || undefined, message: message || undefined });
}
