import { isAncestor, mergeBaseOf } from './git-graph.ts';
import { readCommit } from './git-store.ts';
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
}

async function followHead(
  world: World,
  repository: Repository,
  { pull, after }: { pull: PullRequest; after: string },
): Promise<void> {
  if (after === ZERO) return closePull(world, pull);
  const reviewed = await diffOf(repository, pull);
  pull.headSha = after;
  pull.updatedAt = world.timestamp();
  repository.refs.set(`refs/pull/${pull.number}/head`, after);
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  if (base !== undefined) pull.baseSha = base;
  await dismissStale(repository, pull, reviewed);
  if (base !== undefined && (await isAncestor(repository.git, after, base))) closePull(world, pull);
}

/** Approvals end where the rule says so and the difference is no longer the one that was reviewed; https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#additional-settings */
async function dismissStale(repository: Repository, pull: PullRequest, reviewed: string): Promise<void> {
  const rules = rulesFor(repository, 'branch', pull.baseRef);
  if (!rules.some((rule) => rule.requirePullRequest?.dismissStaleReviews)) return;
  if ((await diffOf(repository, pull)) === reviewed) return;
  for (const review of pull.reviews) if (review.state === 'APPROVED') review.state = 'DISMISSED';
}

async function diffOf({ git, diff }: Repository, { baseSha, headSha }: PullRequest): Promise<string> {
  const mergeBase = (await mergeBaseOf(git, baseSha, headSha)) ?? baseSha;
  const [oldTree, newTree] = [(await readCommit(git, mergeBase))?.tree, (await readCommit(git, headSha))?.tree];
  const files = await diff.between(oldTree ?? '', newTree ?? '');
  return JSON.stringify(files.map(({ path, status, sha }) => [path, status, sha]));
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
