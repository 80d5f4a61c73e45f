import type { Actor } from './actors.ts';
import { verdictOf } from './check-verdicts.ts';
import { mergedTree, missingForMerge, missingReviews } from './mergeability.ts';
import { commitMerge, completeMerge } from './merges.ts';
import type { MergeGroup, PullRequest, QueueEntry, Repository } from './model.ts';
import { QUEUE_PARAMETERS, requiredChecksOf, rulesFor } from './rules.ts';
import { moveRef, type World } from './world.ts';

/** Why a pull request left the queue; https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export type RemovalReason =
  | 'CI_FAILURE'
  | 'CI_TIMEOUT'
  | 'MERGE_CONFLICT'
  | 'BRANCH_PROTECTIONS'
  | 'ALREADY_MERGED'
  | 'MANUAL';

/** What GitHub tells of a queue; https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group */
export type QueueEvent =
  | { readonly event: 'merge_group'; readonly action: 'checks_requested'; readonly group: MergeGroup }
  | { readonly event: 'merge_group'; readonly action: 'destroyed'; readonly reason: End; readonly group: MergeGroup }
  | {
      readonly event: 'pull_request';
      readonly action: 'enqueued' | 'dequeued';
      readonly number: number;
      readonly reason?: RemovalReason | 'MERGE';
    };

type End = 'merged' | 'invalidated' | 'dequeued';
type Queued = PullRequest & { queued: QueueEntry };

/** Whether changes of `branch` go through a queue. */
export function hasQueue(repository: Repository, branch: string): boolean {
  return rulesFor(repository, 'branch', branch).some((rule) => rule.mergeQueue);
}

/** Puts a pull request at the end of the queue, or gives what it still lacks; the head stays the one that it has now. */
export async function joinQueue(
  world: World,
  repository: Repository,
  { pull, by }: { pull: PullRequest; by: Actor },
): Promise<string | undefined> {
  if (pull.queued !== null) return undefined;
  const [missing] = await missingForMerge(repository, pull);
  if (missing !== undefined) return missing;
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  if ((await mergedTree(repository, base, pull.headSha)) === undefined) return 'Pull Request is not mergeable';
  // Being ready was what auto-merge waited for.
  Object.assign(pull, { autoMerge: null });
  pull.queued = { by, order: world.nextId(), at: world.timestamp(), headSha: pull.headSha, group: null };
  tell(world, { event: 'pull_request', action: 'enqueued', number: pull.number });
  return undefined;
}

/** The queue of a branch, first to be merged first; closed ones are those that have still to be taken out. */
export function queueOf({ pulls }: Repository, branch: string, state: PullRequest['state'] = 'open'): Queued[] {
  return [...pulls.values()]
    .filter((pull): pull is Queued => pull.state === state && pull.queued !== null && pull.baseRef === branch)
    .sort((a, b) => a.queued.order - b.queued.order);
}

/** Does what is due in the queue of a branch: groups are made and merged, what fails leaves. A timeout is seen at the next write. */
export async function settleQueue(world: World, repository: Repository, branch: string): Promise<void> {
  for (let again = true; again; ) {
    again = (await removeUnfit(world, repository, branch)) || (await buildGroups(world, repository, branch));
    again ||= await settleFront(world, repository, branch);
  }
}

/** Whoever was closed, merged past the queue, or lost a review while waiting leaves. */
async function removeUnfit(world: World, repository: Repository, branch: string): Promise<boolean> {
  const closed = queueOf(repository, branch, 'closed')[0];
  if (closed !== undefined) {
    const reason = closed.mergedAt === null ? 'MANUAL' : 'ALREADY_MERGED';
    await leave(world, repository, { pull: closed, reason });
    return true;
  }
  const unfit = queueOf(repository, branch).find((pull) => missingReviews(repository, pull).length > 0);
  if (unfit !== undefined) await leave(world, repository, { pull: unfit, reason: 'BRANCH_PROTECTIONS' });
  return unfit !== undefined;
}

/** Each of the first entries gets a commit on top of the one before it; true when somebody had to leave for a conflict. */
async function buildGroups(world: World, repository: Repository, branch: string): Promise<boolean> {
  let tip = repository.refs.get(`refs/heads/${branch}`);
  for (const pull of queueOf(repository, branch).slice(0, QUEUE_PARAMETERS.max_entries_to_build)) {
    if (tip === undefined) return false;
    if (pull.queued.group?.baseSha !== tip) {
      await endGroup(world, repository, { pull, reason: 'invalidated' });
      const group = await makeGroup(world, repository, { pull, baseSha: tip });
      if (group === undefined) {
        await leave(world, repository, { pull, reason: 'MERGE_CONFLICT' });
        return true;
      }
      pull.queued.group = group;
      tell(world, { event: 'merge_group', action: 'checks_requested', group });
    }
    tip = pull.queued.group?.headSha;
  }
  return false;
}

async function makeGroup(
  world: World,
  repository: Repository,
  { pull, baseSha }: { pull: Queued; baseSha: string },
): Promise<MergeGroup | undefined> {
  const { by, headSha } = pull.queued;
  if ((await mergedTree(repository, baseSha, headSha)) === undefined) return undefined;
  const sha = await commitMerge(
    { world, repository, actor: by },
    { ...pull, headSha },
    { method: 'squash', base: baseSha },
  );
  const headRef = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${pull.number}-${baseSha}`;
  await moveRef(world, repository, { ref: headRef, after: sha, actor: queueActor(world) });
  const baseRef = `refs/heads/${pull.baseRef}`;
  return { repository: repository.fullName, headSha: sha, headRef, baseSha, baseRef, at: world.timestamp() };
}

/** The first entry is merged when its checks are green and leaves when they are not; the others wait for it. */
async function settleFront(world: World, repository: Repository, branch: string): Promise<boolean> {
  const [pull] = queueOf(repository, branch);
  const group = pull?.queued.group;
  if (pull === undefined || !group) return false;
  const verdicts = requiredChecksOf(repository, branch).map((context) => verdictOf(repository, group.headSha, context));
  const minutes = (world.now().getTime() - Date.parse(group.at)) / 60_000;
  const isLate = minutes >= QUEUE_PARAMETERS.check_response_timeout_minutes;
  if (verdicts.includes('failure')) await leave(world, repository, { pull, reason: 'CI_FAILURE' });
  else if (verdicts.every((verdict) => verdict === 'success')) await mergeGroup(world, repository, { pull, group });
  else if (isLate) await leave(world, repository, { pull, reason: 'CI_TIMEOUT' });
  else return false;
  return true;
}

async function mergeGroup(
  world: World,
  repository: Repository,
  { pull, group }: { pull: Queued; group: MergeGroup },
): Promise<void> {
  await endGroup(world, repository, { pull, reason: 'merged' });
  Object.assign(pull, { queued: null });
  await completeMerge({ world, repository, actor: queueActor(world) }, pull, {
    base: group.baseSha,
    sha: group.headSha,
  });
  tell(world, { event: 'pull_request', action: 'dequeued', number: pull.number, reason: 'MERGE' });
}

async function leave(
  world: World,
  repository: Repository,
  { pull, reason }: { pull: Queued; reason: RemovalReason },
): Promise<void> {
  await endGroup(world, repository, { pull, reason: 'dequeued' });
  Object.assign(pull, { queued: null });
  tell(world, { event: 'pull_request', action: 'dequeued', number: pull.number, reason });
}

async function endGroup(
  world: World,
  repository: Repository,
  { pull, reason }: { pull: Queued; reason: End },
): Promise<void> {
  const { group } = pull.queued;
  if (group === null) return;
  pull.queued.group = null;
  await moveRef(world, repository, { ref: group.headRef, after: null, actor: queueActor(world) });
  tell(world, { event: 'merge_group', action: 'destroyed', reason, group });
}

function queueActor({ actors }: World): Actor {
  return { ...actors.user('github-merge-queue[bot]'), kind: 'app', permissions: {} };
}

function tell({ queueListeners }: World, event: QueueEvent): void {
  for (const listener of queueListeners) listener(event);
}
