import { compareCommits } from './git-graph.ts';
import { actorNode, commitNode } from './graphql-commit.ts';
import { connection, type Paging } from './graphql-connection.ts';
import type { GraphQLContext } from './graphql-queries.ts';
import { refNode, repositoryNode } from './graphql-repository.ts';
import { queueOf } from './merge-queue.ts';
import { mergeableState, reviewDecision } from './mergeability.ts';
import type { PullRequest } from './model.ts';
import { changesOf } from './pull-answer.ts';
import { nodeIdOf } from './pull-nodes.ts';

/** GitHub's three states of a pull request in GraphQL, where merged is a state of its own. */
export function pullState(pull: PullRequest): 'OPEN' | 'MERGED' | 'CLOSED' {
  if (pull.mergedAt !== null) return 'MERGED';
  return pull.state === 'open' ? 'OPEN' : 'CLOSED';
}

/** `PullRequest`; https://docs.github.com/en/graphql/reference/objects#pullrequest */
export function pullNode(context: GraphQLContext, pull: PullRequest) {
  const { world, repository } = context;
  return {
    __typename: 'PullRequest',
    id: nodeIdOf(pull),
    databaseId: pull.id,
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    url: `${world.urls.server}/${repository.fullName}/pull/${pull.number}`,
    state: pullState(pull),
    isDraft: pull.draft,
    merged: pull.mergedAt !== null,
    closed: pull.state === 'closed',
    isCrossRepository: false,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt,
    mergedAt: pull.mergedAt,
    author: actorNode(world, pull.author),
    mergedBy: pull.mergedBy === null ? null : actorNode(world, pull.mergedBy),
    mergeCommit: () => (pull.mergeCommitSha === null ? null : commitNode(context, pull.mergeCommitSha)),
    ...branchFields(context, pull),
    ...listFields(context, pull),
    ...mergeFields(context, pull),
  };
}

function branchFields(context: GraphQLContext, pull: PullRequest) {
  const repository = () => repositoryNode(context);
  return {
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    headRef: () => refNode(context, `refs/heads/${pull.headRef}`),
    headRepository: repository,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    baseRepository: repository,
    repository,
  };
}

function listFields(context: GraphQLContext, pull: PullRequest) {
  const { world, repository } = context;
  return {
    labels: (paging: Paging) =>
      connection(pull.labels, paging, (name) => {
        const label = repository.labels.get(name.toLowerCase());
        return {
          id: `LA_${label?.id}`,
          name,
          color: label?.color ?? 'ededed',
          description: label?.description ?? null,
        };
      }),
    commits: async (paging: Paging) => {
      const { commits } = await compareCommits(repository.git, pull.baseSha, pull.headSha);
      return connection(commits, paging, ({ sha }) => ({ id: `PRC_${sha}`, commit: () => commitNode(context, sha) }));
    },
    reviews: (paging: Paging) =>
      connection(pull.reviews, paging, ({ id, user, body, state, submittedAt }) => ({
        id: `PRR_${id}`,
        author: actorNode(world, user),
        body,
        state,
        submittedAt,
      })),
  };
}

function mergeFields(context: GraphQLContext, pull: PullRequest) {
  const { world, repository } = context;
  const { autoMerge } = pull;
  return {
    mergeable: async () => {
      const { mergeable } = await mergeableState(repository, pull);
      return mergeable === null ? 'UNKNOWN' : mergeable ? 'MERGEABLE' : 'CONFLICTING';
    },
    mergeStateStatus: async () => {
      const { state } = await mergeableState(repository, pull);
      // DRAFT is deprecated: drafts are BLOCKED and say so in isDraft.
      return state === 'draft' ? 'BLOCKED' : state.toUpperCase();
    },
    reviewDecision: () => reviewDecision(repository, pull),
    isInMergeQueue: pull.state === 'open' && pull.queued !== null,
    mergeQueueEntry: () => queueEntryNode(context, pull),
    changedFiles: async () => (await changesOf(repository, pull)).length,
    autoMergeRequest:
      autoMerge === null
        ? null
        : {
            enabledAt: autoMerge.enabledAt,
            enabledBy: actorNode(world, autoMerge.enabledBy),
            mergeMethod: autoMerge.method.toUpperCase(),
            commitHeadline: autoMerge.title,
            commitBody: autoMerge.message,
          },
  };
}

/** `MergeQueueEntry`; https://docs.github.com/en/graphql/reference/objects#mergequeueentry */
export function queueEntryNode(context: GraphQLContext, pull: PullRequest) {
  const { queued } = pull;
  if (queued === null) return null;
  return {
    id: `MQE_${pull.id}`,
    position: queueOf(context.repository, pull.baseRef).findIndex((one) => one.number === pull.number) + 1,
    state: queued.group === null ? 'QUEUED' : 'AWAITING_CHECKS',
    enqueuedAt: queued.at,
    enqueuer: actorNode(context.world, queued.by),
    headCommit: () => (queued.group === null ? null : commitNode(context, queued.group.headSha)),
    baseCommit: () => (queued.group === null ? null : commitNode(context, queued.group.baseSha)),
    pullRequest: () => pullNode(context, pull),
  };
}
