import { randomUUID } from 'node:crypto';
import { pullOf } from './labels.ts';
import { hasQueue, joinQueue } from './merge-queue.ts';
import { merge, obeyMergeRules } from './merges.ts';
import type { AsyncMerge, MergeMethod, PullRequest } from './model.ts';
import { optionalText } from './parameters.ts';
import { notFound, Refusal } from './refusals.ts';
import { type Answer, type RepositoryCall, repositoryRoute } from './router.ts';

/** Merging in the background; https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request-asynchronously */
export const asyncMergeRoutes = [
  repositoryRoute('PUT /pulls/{number}/merge-async', 'contents=write', requestMerge),
  repositoryRoute('GET /pulls/{number}/merge-async/{uuid}', 'contents=read', ({ repository, params }) => {
    const request = repository.asyncMerges.get(params['uuid'] ?? '');
    if (request === undefined) throw notFound();
    return { status: 200, data: request.result };
  }),
];

async function requestMerge(call: RepositoryCall): Promise<Answer> {
  const { world, repository, body, actor } = call;
  const pull = pullOf(call);
  const answer = (status: number, state: string, details: object) => ({ status, data: { status: state, details } });
  if (pull.mergedAt !== null) {
    return answer(200, 'merged', { message: 'Pull Request already merged', sha: pull.mergeCommitSha });
  }
  if (pull.state === 'closed') return answer(400, 'failed', { message: 'Pull Request is closed' });
  if (pull.draft) return answer(400, 'failed', { message: 'Pull Request is still a draft' });
  const method = (optionalText(body, 'merge_method') ?? 'merge') as MergeMethod;
  const sha = optionalText(body, 'sha') ?? pull.headSha;
  const running = [...repository.asyncMerges.values()].find(
    (one) => one.pull === pull && one.result.status === 'pending',
  );
  if (running !== undefined) return { status: 409, data: running.result };
  if (hasQueue(repository, pull.baseRef) && optionalText(body, 'merge_action') !== 'direct_merge') {
    const message = await joinQueue(world, repository, { pull, by: actor });
    if (message !== undefined) return answer(400, 'failed', { message });
    return answer(200, 'enqueued', { message: 'Pull Request added to the merge queue' });
  }
  const uuid = randomUUID();
  const details = {
    message: 'Merge request accepted',
    uuid,
    merge_method: method,
    merge_action: 'default',
    expected_head_sha: sha,
  };
  const request: AsyncMerge = { pull, result: { status: 'pending', details } };
  repository.asyncMerges.set(uuid, request);
  setImmediate(() => void repository.alone(() => runMerge(call, request, { method, sha })));
  return { status: 202, data: request.result };
}

async function runMerge(
  { world, repository, actor, body }: RepositoryCall,
  request: AsyncMerge,
  { method, sha }: { method: MergeMethod; sha: string },
): Promise<void> {
  const pull: PullRequest = request.pull;
  try {
    if (pull.headSha !== sha) throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
    await obeyMergeRules(repository, actor, { pull, method });
    const title = optionalText(body, 'commit_title');
    const message = optionalText(body, 'commit_message');
    const merged = await merge({ world, repository, actor }, pull, { method, title, message });
    request.result = { status: 'merged', details: { message: 'Pull Request successfully merged', sha: merged } };
  } catch (error) {
    request.result = { status: 'failed', details: { message: error instanceof Error ? error.message : String(error) } };
  }
}
