import { isAncestor } from './git-graph.ts';
import type { PullRequest, Repository } from './model.ts';
import { ZERO } from './ref-store.ts';
import { rulesFor } from './rules.ts';
import type { World } from './world.ts';

/** What a push to `branch` does to open pull requests: heads follow, approvals go stale, what is contained is merged, what lost its head is closed. */
export async function followPush(
  world: World,
  repository: Repository,
  { branch, after }: { branch: string; after: string },
): Promise<void> {
  for (const pull of repository.pulls.values()) {
    if (pull.state !== 'open') continue;
    if (pull.headRef === branch) await followHead(world, repository, { pull, after });
    else if (pull.baseRef === branch && after !== ZERO) await followBase(world, repository, { pull, after });
    else if (pull.baseRef === branch) closePull(world, pull);
  }
}

/** Closes without merging. */
export function closePull(world: World, pull: PullRequest): void {
  pull.state = 'closed';
  pull.closedAt = world.timestamp();
  pull.updatedAt = world.timestamp();
  pull.autoMerge = null;
  pull.queuedBy = null;
}

async function followHead(
  world: World,
  repository: Repository,
  { pull, after }: { pull: PullRequest; after: string },
): Promise<void> {
  if (after === ZERO) return closePull(world, pull);
  pull.headSha = after;
  pull.updatedAt = world.timestamp();
  repository.refs.set(`refs/pull/${pull.number}/head`, after);
  if (rulesFor(repository, 'branch', pull.baseRef).some((rule) => rule.requirePullRequest?.dismissStaleReviews)) {
    for (const review of pull.reviews) if (review.state === 'APPROVED') review.state = 'DISMISSED';
  }
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  if (base === undefined) return;
  pull.baseSha = base;
  if (await isAncestor(repository.git, after, base)) closePull(world, pull);
}

async function followBase(
  world: World,
  repository: Repository,
  { pull, after }: { pull: PullRequest; after: string },
): Promise<void> {
  if (!(await isAncestor(repository.git, pull.headSha, after))) return;
  closePull(world, pull);
  pull.mergedAt = pull.closedAt;
  pull.mergeCommitSha = after;
}
