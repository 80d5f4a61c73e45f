import type { GitOpsTarget, Target } from '../expectation.ts';

/** A resource to list and watch. */
export interface Query {
  readonly resource: string;
  readonly namespace: string;
  readonly fieldSelector?: string;
  readonly pollOnly?: boolean;
}

/** So many watches at once are kind to an API server; what goes beyond is listed every ten seconds. */
const maxWatches = 5;

/** What has to be followed to verify these workloads, the most urgent first. */
export function planQueries(targets: readonly Target[], namespace: string, gitOps: GitOpsTarget | undefined): Query[] {
  const kinds = [...new Set(targets.map(({ kind }) => kind))];
  const workloads = kinds.map((kind) => {
    const names = targets.filter((target) => target.kind === kind).map(({ name }) => name);
    const only = names.length === 1 ? { fieldSelector: `metadata.name=${names[0]}` } : {};
    return { resource: `${kind}s`, namespace, ...only };
  });
  const queries: Query[] = [{ resource: 'pods', namespace }, ...workloads];
  if (gitOps !== undefined) queries.push(gitOpsQuery(gitOps));
  queries.push({ resource: 'events', namespace });
  if (kinds.includes('deployment')) queries.push({ resource: 'replicasets', namespace });
  return queries.map((query, index) => (index < maxWatches ? query : { ...query, pollOnly: true }));
}

/** The GitOps object itself. */
export function gitOpsQuery({ kind, name, namespace }: Pick<GitOpsTarget, 'kind' | 'name' | 'namespace'>): Query {
  const resource = kind === 'flux' ? 'kustomizations' : 'applications';
  return { resource, namespace, fieldSelector: `metadata.name=${name}` };
}
