import type { Cluster } from '../cluster/server.ts';
import { cellsOf } from '../cluster/tables/table.ts';
import type { Deployment, PullRequest, Repository } from '../github/model.ts';
import type { GitHubSandbox } from '../github/server.ts';
import type { RegistrySandbox } from '../registry/server.ts';
import type { LoggedRequest } from '../request-log.ts';

/** What the page shows, as plain values. Times are ISO 8601. */
export interface Overview {
  readonly addresses: Readonly<Record<string, string>>;
  readonly repositories: readonly RepositoryOverview[];
  readonly workloads: readonly WorkloadOverview[];
  readonly requests: readonly RequestOverview[];
}

/** One repository of GitHub. */
export interface RepositoryOverview {
  readonly fullName: string;
  readonly visibility: 'public' | 'private';
  readonly defaultBranch: string;
  /** The newest first; `tagCount` counts all of them. */
  readonly tags: readonly { name: string; sha: string; release: string }[];
  readonly tagCount: number;
  readonly pulls: readonly PullOverview[];
  readonly deployments: readonly DeploymentOverview[];
}

/** A pull request, as its list on GitHub shows it. */
export interface PullOverview extends Pick<PullRequest, 'number' | 'title' | 'headRef' | 'baseRef' | 'labels'> {
  readonly state: 'open' | 'draft' | 'queued' | 'merged' | 'closed';
  readonly author: string;
  readonly body: string;
}

/** A deployment with its last status. */
export interface DeploymentOverview extends Pick<Deployment, 'id' | 'environment' | 'ref' | 'sha' | 'createdAt'> {
  readonly state: string;
  readonly creator: string;
}

/** A workload or pod of the cluster, as kubectl prints it. */
export interface WorkloadOverview {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly ready: string;
  readonly status: string;
  readonly images: string;
}

/** A request to one of the sandbox's servers. */
export interface RequestOverview extends Omit<LoggedRequest, 'number' | 'at'> {
  readonly server: 'GitHub' | 'registry' | 'cluster';
  readonly at: string;
}

/** The servers that the page looks at. */
export interface Watched {
  readonly github: GitHubSandbox;
  readonly registry: RegistrySandbox;
  readonly cluster: Cluster;
}

const shownTags = 30;
const shownRequests = 100;

/** Looks at everything as it is now. */
export function readOverview({ github, registry, cluster }: Watched): Overview {
  const { serverUrl: server, apiUrl: REST, graphqlUrl: GraphQL } = github;
  return {
    addresses: { server, REST, GraphQL, registry: registry.url, cluster: cluster.url },
    repositories: github.repositories().map(repositoryOverview),
    workloads: workloadsOf(cluster),
    requests: lastRequests({ GitHub: github.requests, registry: registry.requests, cluster: cluster.requests }),
  };
}

function repositoryOverview(repository: Repository): RepositoryOverview {
  const tags = repository.refs.list('refs/tags/').map(({ ref, sha }) => ({ name: ref.slice(10), sha }));
  const { compare } = new Intl.Collator('en', { numeric: true });
  const newest = tags.sort((a, b) => compare(b.name, a.name)).slice(0, shownTags);
  const releaseOf = (name: string) => {
    const release = repository.releases.find(({ tag }) => tag === name);
    return release === undefined ? '' : release.draft ? 'draft' : release.prerelease ? 'prerelease' : 'release';
  };
  return {
    fullName: repository.fullName,
    visibility: repository.private ? 'private' : 'public',
    defaultBranch: repository.defaultBranch,
    tags: newest.map((tag) => ({ ...tag, release: releaseOf(tag.name) })),
    tagCount: tags.length,
    pulls: [...repository.pulls.values()].reverse().map(pullOverview),
    deployments: [...repository.deployments].reverse().map(deploymentOverview),
  };
}

function pullOverview(pull: PullRequest): PullOverview {
  const { number, title, headRef, baseRef, labels, author, body } = pull;
  return { number, title, headRef, baseRef, labels, author: author.login, body: body ?? '', state: stateOf(pull) };
}

function stateOf({ mergedAt, state, draft, queued }: PullRequest): PullOverview['state'] {
  if (mergedAt !== null) return 'merged';
  if (state === 'closed') return 'closed';
  return draft ? 'draft' : queued === null ? 'open' : 'queued';
}

function deploymentOverview({
  id,
  environment,
  ref,
  sha,
  createdAt,
  creator,
  statuses,
}: Deployment): DeploymentOverview {
  // A deployment without a status is pending: https://docs.github.com/en/graphql/reference/enums#deploymentstate
  return { id, environment, ref, sha, createdAt, creator: creator.login, state: statuses.at(-1)?.state ?? 'pending' };
}

function workloadsOf(cluster: Cluster): WorkloadOverview[] {
  const resources = [
    'kustomizations',
    'applications',
    'deployments',
    'statefulsets',
    'daemonsets',
    'jobs',
    'pods',
  ] as const;
  return resources.flatMap((resource) =>
    cluster.list(resource).map((object) => {
      const { columns, rows } = cellsOf(resource, [object], Date.now());
      const cell = (name: string) => String(rows[0]?.[columns.findIndex((column) => column.name === name)] ?? '');
      const containers = (object.spec as { containers?: { image: string }[] } | undefined)?.containers ?? [];
      return {
        ...{ kind: object.kind, name: object.metadata.name, namespace: object.metadata.namespace ?? '' },
        ready: cell('Ready') || cell('Completions') || cell('Sync Status'),
        status: cell('Status') || cell('Health Status'),
        images: cell('Images') || containers.map(({ image }) => image).join(','),
      };
    }),
  );
}

function lastRequests(logs: Readonly<Record<RequestOverview['server'], Iterable<LoggedRequest>>>): RequestOverview[] {
  const all = Object.entries(logs).flatMap(([server, log]) =>
    [...log].slice(-shownRequests).map((request) => ({ ...request, server: server as RequestOverview['server'] })),
  );
  return all
    .sort((a, b) => b.at - a.at || b.number - a.number)
    .slice(0, shownRequests)
    .map(({ at, number: _, ...request }) => ({ ...request, at: new Date(at).toISOString() }));
}
