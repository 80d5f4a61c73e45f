import type {
  DaemonSet,
  DataObject,
  Deployment,
  Job,
  KubeEvent,
  KubeObject,
  ReplicaSet,
  Service,
  StatefulSet,
} from './kube-objects.ts';
import type { Pod } from './pod-objects.ts';

/** One resource that the API server has. */
export interface ResourceKind {
  /** The plural, which is its key everywhere. */
  readonly resource: Resource;
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

/** The objects by the plural of their kind. */
export interface Resources {
  pods: Pod;
  events: KubeEvent;
  services: Service;
  endpoints: KubeObject;
  configmaps: DataObject;
  secrets: DataObject;
  namespaces: KubeObject;
  nodes: KubeObject;
  serviceaccounts: KubeObject;
  resourcequotas: KubeObject;
  deployments: Deployment;
  replicasets: ReplicaSet;
  statefulsets: StatefulSet;
  daemonsets: DaemonSet;
  controllerrevisions: KubeObject;
  jobs: Job;
  cronjobs: KubeObject;
  kustomizations: KubeObject;
  gitrepositories: KubeObject;
  applications: KubeObject;
}

/** The plural of a kind. */
export type Resource = keyof Resources;

function kind(resource: Resource, name: string, apiVersion: string, shortNames: readonly string[] = []): ResourceKind {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const namespaced = resource !== 'namespaces' && resource !== 'nodes';
  return { resource, group, version, kind: name, namespaced, shortNames };
}

/** All resources; anything else is 404. */
export const resourceKinds: readonly ResourceKind[] = [
  kind('pods', 'Pod', 'v1', ['po']),
  kind('events', 'Event', 'v1', ['ev']),
  kind('services', 'Service', 'v1', ['svc']),
  kind('endpoints', 'Endpoints', 'v1', ['ep']),
  kind('configmaps', 'ConfigMap', 'v1', ['cm']),
  kind('secrets', 'Secret', 'v1'),
  kind('namespaces', 'Namespace', 'v1', ['ns']),
  kind('nodes', 'Node', 'v1', ['no']),
  kind('serviceaccounts', 'ServiceAccount', 'v1', ['sa']),
  kind('resourcequotas', 'ResourceQuota', 'v1', ['quota']),
  kind('deployments', 'Deployment', 'apps/v1', ['deploy']),
  kind('replicasets', 'ReplicaSet', 'apps/v1', ['rs']),
  kind('statefulsets', 'StatefulSet', 'apps/v1', ['sts']),
  kind('daemonsets', 'DaemonSet', 'apps/v1', ['ds']),
  kind('controllerrevisions', 'ControllerRevision', 'apps/v1'),
  kind('jobs', 'Job', 'batch/v1'),
  kind('cronjobs', 'CronJob', 'batch/v1', ['cj']),
  kind('kustomizations', 'Kustomization', 'kustomize.toolkit.fluxcd.io/v1', ['ks']),
  kind('gitrepositories', 'GitRepository', 'source.toolkit.fluxcd.io/v1', ['gitrepo']),
  kind('applications', 'Application', 'argoproj.io/v1alpha1', ['app']),
];

/** The resource of a kind in an apiVersion; undefined when the API server has none. */
export function kindOf({ apiVersion, kind: name }: { apiVersion: string; kind: string }): ResourceKind | undefined {
  return resourceKinds.find((each) => each.kind === name && apiVersionOf(each) === apiVersion);
}

/** The resource by its plural in a group and version. */
export function resourceAt(group: string, version: string, resource: string): ResourceKind | undefined {
  return resourceKinds.find((each) => each.resource === resource && each.group === group && each.version === version);
}

/** What is known about a resource by its plural. */
export function kindNamed(resource: Resource): ResourceKind {
  const found = resourceKinds.find((each) => each.resource === resource);
  if (found === undefined) throw new Error(`No resource ${resource}`);
  return found;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
