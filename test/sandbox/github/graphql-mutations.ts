import { type Actor, covers, may } from './actors.ts';
import { ownSignatures } from './commits.ts';
import { readCommit, writeCommit } from './git-store.ts';
import { writeTree } from './git-trees.ts';
import { actorNode, commitNode } from './graphql-commit.ts';
import { pullNode, queueEntryNode } from './graphql-pull.ts';
import { pullByNode } from './graphql-queries.ts';
import { GraphQLRefusal } from './graphql-refusals.ts';
import { refNode } from './graphql-repository.ts';
import { hasQueue, joinQueue } from './merge-queue.ts';
import { mergeableNow } from './mergeability.ts';
import { merge, obeyMergeRules, obeyWorkflows } from './merges.ts';
import type { MergeMethod, PullRequest, Repository } from './model.ts';
import { notAccessibleText } from './refusals.ts';
import { rulesFor, violations, violationsText } from './rules.ts';
import { obeyWorkflowScope } from './workflow-scope.ts';
import { findRepository, moveRef, type World } from './world.ts';

interface PullInput {
  readonly pullRequestId: string;
  readonly clientMutationId?: string;
  readonly expectedHeadOid?: string;
  readonly mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE';
  readonly commitHeadline?: string;
  readonly commitBody?: string;
}

interface CommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string };
  readonly clientMutationId?: string;
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: {
    readonly additions: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions: readonly { readonly path: string }[];
  };
}

type Act = (repository: Repository, pull: PullRequest, input: PullInput) => Promise<object> | object;

/** The root of every mutation. */
export function mutations(world: World, actor: Actor) {
  const onPull =
    (act: Act) =>
    async ({ input }: { input: PullInput }) => {
      const { repository, pull } = pullByNode(world, actor, input.pullRequestId);
      return repository.alone(async () => {
        obeyRights(repository, actor, ['pull_requests', 'contents']);
        if (input.expectedHeadOid && input.expectedHeadOid !== pull.headSha) {
          throw new GraphQLRefusal('UNPROCESSABLE', 'Head branch was modified. Review and try the merge again.');
        }
        const more = await act(repository, pull, input);
        await world.settle(repository);
        const node = pullNode({ world, repository, actor }, pull);
        return { clientMutationId: input.clientMutationId, actor: actorNode(world, actor), pullRequest: node, ...more };
      });
    };
  return {
    enablePullRequestAutoMerge: onPull((repository, pull, input) => arm({ world, repository, actor }, pull, input)),
    disablePullRequestAutoMerge: onPull((_, pull) => {
      if (pull.autoMerge === null) throw unprocessable("Can't disable auto-merge for this pull request.");
      pull.autoMerge = null;
      return {};
    }),
    mergePullRequest: onPull(async (repository, pull, input) => {
      const method = methodOf(input);
      await obeyMergeRules(repository, actor, { pull, method });
      await obeyWorkflows(repository, actor, pull);
      const { commitHeadline: title, commitBody: message } = input;
      await merge({ world, repository, actor }, pull, { method, title, message });
      return {};
    }),
    enqueuePullRequest: onPull(async (repository, pull) => {
      if (!hasQueue(repository, pull.baseRef)) {
        throw unprocessable('The repository has no merge queue configured for this branch');
      }
      if (pull.draft) throw unprocessable('Pull Request is still a draft');
      const missing = await joinQueue(world, repository, { pull, by: actor });
      if (missing !== undefined) throw unprocessable(`Pull request ${missing}`);
      await world.settle(repository);
      return { mergeQueueEntry: queueEntryNode({ world, repository, actor }, pull) };
    }),
    createCommitOnBranch: ({ input }: { input: CommitInput }) => commitOnBranch(world, actor, input),
  };
}

/** Arms auto-merge, or refuses in GitHub's words. */
async function arm(
  { world, repository, actor }: { world: World; repository: Repository; actor: Actor },
  pull: PullRequest,
  input: PullInput,
): Promise<object> {
  const { settings } = repository;
  const method = methodOf(input);
  if (!settings.allowAutoMerge) throw unprocessable('Auto merge is not allowed for this repository');
  if (pull.state === 'closed') throw unprocessable('Pull request is closed');
  if (pull.draft) throw unprocessable('Pull Request is still a draft');
  const allowed = {
    merge: settings.allowMergeCommit,
    squash: settings.allowSquashMerge,
    rebase: settings.allowRebaseMerge,
  };
  const named = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' };
  if (!allowed[method])
    throw unprocessable(`Merge method ${named[method].toLowerCase()} are not allowed on this repository`);
  const rules = rulesFor(repository, 'branch', pull.baseRef);
  if (rules.length === 0) throw unprocessable('Pull request Protected branch rules not configured for this branch');
  const state = await mergeableNow(repository, pull);
  const queue = hasQueue(repository, pull.baseRef);
  if (!queue && (state === 'clean' || state === 'unstable')) {
    throw unprocessable(`Pull request Pull request is in ${state} status`);
  }
  const [title, message] = [input.commitHeadline ?? '', input.commitBody ?? ''];
  pull.autoMerge = { enabledBy: actor, enabledAt: world.timestamp(), method, title, message };
  return {};
}

/** https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch */
async function commitOnBranch(world: World, actor: Actor, input: CommitInput): Promise<object> {
  const name = input.branch.repositoryNameWithOwner ?? '';
  const repository = findRepository(world, name);
  if (repository === undefined) {
    throw new GraphQLRefusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  }
  return repository.alone(async () => {
    obeyRights(repository, actor, ['contents']);
    const ref = `refs/heads/${input.branch.branchName?.replace(/^refs\/heads\//, '')}`;
    const before = repository.refs.get(ref);
    if (before === undefined) throw new GraphQLRefusal('NOT_FOUND', 'Branch not found');
    if (before !== input.expectedHeadOid) {
      const text = `Expected branch to point to "${input.expectedHeadOid}" but it did not.  Pull and try again.`;
      throw new GraphQLRefusal('STALE_DATA', text);
    }
    const sha = await writeChanges(world, repository, { actor, before, input });
    await obeyWorkflowScope(repository, actor, sha);
    const found = await violations(repository, actor, { ref, before, after: sha });
    if (found.length > 0) throw new GraphQLRefusal('FORBIDDEN', violationsText(found));
    await moveRef(world, repository, { ref, after: sha, actor });
    await world.settle(repository);
    const context = { world, repository, actor };
    return {
      clientMutationId: input.clientMutationId,
      commit: () => commitNode(context, sha),
      ref: () => refNode(context, ref),
    };
  });
}

async function writeChanges(
  world: World,
  repository: Repository,
  { actor, before, input }: { actor: Actor; before: string; input: CommitInput },
): Promise<string> {
  const { git } = repository;
  const { additions = [], deletions = [] } = input.fileChanges ?? {};
  const base = await readCommit(git, before);
  const tree = await writeTree(git, base?.tree, [
    ...deletions.map(({ path }) => ({ path, mode: '100644', sha: null })),
    ...additions.map(({ path, contents }) => ({
      path,
      mode: '100644',
      sha: git.write('blob', Buffer.from(contents, 'base64')),
    })),
  ]);
  const { headline, body } = input.message;
  const message = body ? `${headline}\n\n${body}` : headline;
  return writeCommit(git, { tree, parents: [before], message, ...ownSignatures(world, actor) });
}

function obeyRights(repository: Repository, actor: Actor, names: readonly string[]): void {
  if (covers(actor, repository.fullName) && names.every((name) => may(actor, name, 'write'))) return;
  throw new GraphQLRefusal('FORBIDDEN', notAccessibleText(actor.kind));
}

function methodOf({ mergeMethod }: PullInput): MergeMethod {
  return (mergeMethod ?? 'MERGE').toLowerCase() as MergeMethod;
}

function unprocessable(message: string): GraphQLRefusal {
  return new GraphQLRefusal('UNPROCESSABLE', message);
}
