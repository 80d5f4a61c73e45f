/** Where the API server keeps a kind, by the plural of its name. */
const groups: Readonly<Record<string, string>> = {
  pods: '/api/v1',
  events: '/api/v1',
  nodes: '/api/v1',
  deployments: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  daemonsets: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
  cronjobs: '/apis/batch/v1',
  kustomizations: '/apis/kustomize.toolkit.fluxcd.io/v1',
  gitrepositories: '/apis/source.toolkit.fluxcd.io/v1',
  applications: '/apis/argoproj.io/v1alpha1',
};

/** What to read: a resource of a namespace, all of it or what the selectors match. */
export interface ResourceQuery {
  /** The plural, `deployments`. */
  readonly resource: string;
  readonly namespace: string;
  /** `metadata.name=web` */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** The path of a list, `/apis/apps/v1/namespaces/shop/deployments`. */
export function pathOf(query: ResourceQuery): string {
  const group = groups[query.resource] ?? '/api/v1';
  return `${group}/namespaces/${encodeURIComponent(query.namespace)}/${query.resource}`;
}

/** The API group of a resource, '' for the core group. */
export function groupOf(resource: string): string {
  return /^\/apis\/([^/]+)\//.exec(groups[resource] ?? '')?.[1] ?? '';
}
