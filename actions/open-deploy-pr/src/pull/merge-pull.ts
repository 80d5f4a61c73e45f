import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import type { PullRequest } from '#shared/github/pulls.ts';
import { explained } from '#shared/github/reasons.ts';
import { isUncertain, messageOf, statusOf } from '#shared/github/request-error.ts';
import { backoffMs, type Timer } from '#shared/retry.ts';
import type { ReasonCode } from '../reasons.ts';
import { explain } from './open-pull.ts';
import { isCleanAlready, isQueued, refusalOf } from './plan-refusal.ts';

/** How far the pull request got on its way to the base branch. */
export interface MergeOutcome {
  readonly operation: 'armed' | 'merged' | 'queued' | 'blocked';
  readonly reasonCode: ReasonCode;
  /** GitHub's own words where it refused. */
  readonly message: string;
  /** False when auto-merge had been on, or the pull request in the queue before. */
  readonly isChanged: boolean;
}

/** What to merge and how. */
export interface MergeRequest {
  readonly github: GitHubClient;
  readonly repository: string;
  readonly pull: PullRequest;
  readonly method: 'merge' | 'squash' | 'rebase';
  readonly timer: Timer;
}

const ARM = `mutation($id: ID!, $mergeMethod: PullRequestMergeMethod!, $sha: GitObjectID!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: $mergeMethod, expectedHeadOid: $sha }) { pullRequest { number } }
}`;
const ENQUEUE = `mutation($id: ID!, $sha: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $sha }) { mergeQueueEntry { id } }
}`;
const MAX_TRIES = 4;

/** Arms auto-merge, or merges when nothing is left to wait for. https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge */
export async function armAutoMerge(request: MergeRequest): Promise<MergeOutcome> {
  const { github, pull, method } = request;
  if (pull.isAutoMergeArmed) return outcome('armed', 'armed', { isChanged: false });
  if (pull.isDraft) return outcome('blocked', 'draft');
  const variables = { id: pull.nodeId, mergeMethod: method.toUpperCase(), sha: pull.headSha };
  for (let attempt = 1; ; attempt++) {
    try {
      await github.graphql(ARM, variables);
      return outcome('armed', 'armed');
    } catch (error) {
      const message = messageOf(error);
      if (isCleanAlready(message)) return mergeNow(request);
      if (refusalOf(message) === 'not-visible-yet' && attempt < MAX_TRIES) {
        await pause(request, attempt);
        continue;
      }
      return (await stateOf(request, error)) ?? refused(error, `arming auto-merge of #${pull.number}`);
    }
  }
}

/** Merges the very head that was looked at; where a merge queue is, joins it. https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request */
export async function mergeNow(request: MergeRequest): Promise<MergeOutcome> {
  const { github, repository, pull, method } = request;
  if (pull.isDraft) return outcome('blocked', 'draft');
  for (let attempt = 1; ; attempt++) {
    try {
      await github.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
        ...coordinates(repository),
        pull_number: pull.number,
        sha: pull.headSha,
        merge_method: method,
      });
      return outcome('merged', 'merged');
    } catch (error) {
      const reason = refusalOf(messageOf(error));
      if (reason === 'merge-queue') return enqueue(request);
      if (reason === 'base-moved' && attempt < MAX_TRIES) {
        await pause(request, attempt);
        continue;
      }
      return (await stateOf(request, error)) ?? refused(error, `merging #${pull.number}`);
    }
  }
}

function pause({ timer }: MergeRequest, attempt: number): Promise<void> {
  return timer.sleep(backoffMs(attempt, timer, { baseMs: 1000, maxMs: 8000 }));
}

async function enqueue(request: MergeRequest): Promise<MergeOutcome> {
  const { github, pull } = request;
  try {
    await github.graphql(ENQUEUE, { id: pull.nodeId, sha: pull.headSha });
    return outcome('queued', 'queued');
  } catch (error) {
    return refused(error, `queueing #${pull.number}`);
  }
}

// After a lost answer, and where GitHub says no more than "not mergeable", the pull request itself tells what it is.
async function stateOf({ github, repository, pull }: MergeRequest, error: unknown): Promise<MergeOutcome | undefined> {
  const message = messageOf(error);
  const reason = refusalOf(message);
  if (!isUncertain(error) && reason !== 'conflicts' && reason !== 'pull-request-closed') return undefined;
  const { data } = await explained('reading the pull request again', () =>
    github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...coordinates(repository),
      pull_number: pull.number,
    }),
  );
  if (data.merged) return outcome('merged', 'merged');
  if (data.state === 'closed') return outcome('blocked', 'pull-request-closed', { message });
  return data.auto_merge === null ? undefined : outcome('armed', 'armed');
}

// What GitHub refuses to merge stays a good pull request; only what nobody knows is an error. It has a status of its own for what rules forbid.
function refused(error: unknown, doing: string): MergeOutcome {
  const message = messageOf(error);
  if (isQueued(message)) return outcome('queued', 'queued', { isChanged: false });
  const code = refusalOf(message) ?? (statusOf(error) === 405 ? 'requirements-missing' : undefined);
  if (code === undefined) throw explain(error, doing);
  return outcome('blocked', code, { message });
}

function outcome(
  operation: MergeOutcome['operation'],
  reasonCode: ReasonCode,
  { message = '', isChanged = true }: { message?: string; isChanged?: boolean } = {},
): MergeOutcome {
  return { operation, reasonCode, message, isChanged };
}
