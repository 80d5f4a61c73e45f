import { covers, may } from './actors.ts';
import { readCommit } from './git-store.ts';
import { entryAt } from './git-trees.ts';
import { objectNode } from './graphql-commit.ts';
import { connection, type Paging } from './graphql-connection.ts';
import { pullNode, pullState } from './graphql-pull.ts';
import type { GraphQLContext } from './graphql-queries.ts';
import { GraphQLRefusal } from './graphql-refusals.ts';
import { refNodeId } from './ids.ts';
import type { Repository } from './model.ts';
import { resolveCommit } from './revisions.ts';

interface PullFilter extends Paging {
  readonly states?: readonly string[];
  readonly headRefName?: string;
  readonly baseRefName?: string;
  readonly labels?: readonly string[];
}

/** `Repository`; https://docs.github.com/en/graphql/reference/objects#repository */
export function repositoryNode(context: GraphQLContext) {
  const { world, repository, actor } = context;
  const { settings, refs } = repository;
  return {
    __typename: 'Repository',
    id: `R_${repository.id}`,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    url: `${world.urls.server}/${repository.fullName}`,
    isPrivate: repository.private,
    autoMergeAllowed: settings.allowAutoMerge,
    mergeCommitAllowed: settings.allowMergeCommit,
    squashMergeAllowed: settings.allowSquashMerge,
    rebaseMergeAllowed: settings.allowRebaseMerge,
    deleteBranchOnMerge: settings.deleteBranchOnMerge,
    viewerPermission: covers(actor, repository.fullName) && may(actor, 'contents', 'write') ? 'WRITE' : 'READ',
    defaultBranchRef: () => refNode(context, `refs/heads/${repository.defaultBranch}`),
    async object({ oid, expression }: { oid?: string; expression?: string }) {
      const sha = oid ?? (await objectAt(repository, expression ?? ''));
      return sha === undefined ? null : objectNode(context, sha);
    },
    ref: ({ qualifiedName }: { qualifiedName: string }) => refNode(context, fullRef(repository, qualifiedName)),
    refs: (paging: Paging & { refPrefix: string; query?: string }) => {
      const found = refs.list(paging.refPrefix).filter(({ ref }) => ref.includes(paging.query ?? ''));
      return connection(found, paging, ({ ref }) => refNode(context, ref));
    },
    pullRequest({ number }: { number: number }) {
      const pull = repository.pulls.get(number);
      if (pull !== undefined) return pullNode(context, pull);
      throw new GraphQLRefusal('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
    },
    pullRequests: (filter: PullFilter) =>
      connection(pullsOf(repository, filter), filter, (pull) => pullNode(context, pull)),
  };
}

/** `Ref`, or null where there is none. */
export function refNode(context: GraphQLContext, ref: string) {
  const sha = context.repository.refs.get(ref);
  if (sha === undefined) return null;
  const [, prefix = '', name = ''] = /^(refs\/[^/]+\/)(.*)$/.exec(ref) ?? [];
  return {
    __typename: 'Ref',
    id: refNodeId(context.repository, ref),
    name,
    prefix,
    target: () => objectNode(context, sha),
  };
}

function pullsOf({ pulls }: Repository, { states, headRefName, baseRefName, labels }: PullFilter) {
  return [...pulls.values()]
    .filter((pull) => !states || states.includes(pullState(pull)))
    .filter((pull) => !headRefName || pull.headRef === headRefName)
    .filter((pull) => !baseRefName || pull.baseRef === baseRefName)
    .filter((pull) => !labels || pull.labels.some((label) => labels.includes(label)));
}

/** `main`, `main:path/to/file`, or a sha. */
async function objectAt(repository: Repository, expression: string): Promise<string | undefined> {
  const colon = expression.indexOf(':');
  if (colon === -1) {
    const ref = repository.refs.get(fullRef(repository, expression));
    return ref ?? (await resolveCommit(repository, expression)) ?? (await repository.git.read(expression))?.sha;
  }
  const sha = await resolveCommit(repository, expression.slice(0, colon));
  const commit = sha === undefined ? undefined : await readCommit(repository.git, sha);
  return commit && (await entryAt(repository.git, commit.tree, expression.slice(colon + 1)))?.sha;
}

function fullRef({ refs }: Repository, name: string): string {
  const candidates = [name, `refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`];
  return candidates.find((one) => refs.get(one) !== undefined) ?? name;
}
