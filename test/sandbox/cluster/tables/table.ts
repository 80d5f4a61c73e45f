import type { KubeObject } from '../kube-objects.ts';
import type { Resource, Resources } from '../resource-kinds.ts';
import type { Cell, Column } from './column.ts';
import {
  applicationColumns,
  configMapColumns,
  controllerRevisionColumns,
  endpointsColumns,
  eventColumns,
  gitRepositoryColumns,
  kustomizationColumns,
  namespaceColumns,
  nodeColumns,
  resourceQuotaColumns,
  secretColumns,
  serviceAccountColumns,
  serviceColumns,
} from './other-columns.ts';
import { podColumns } from './pod-columns.ts';
import {
  cronJobColumns,
  daemonSetColumns,
  deploymentColumns,
  jobColumns,
  replicaSetColumns,
  statefulSetColumns,
} from './workload-columns.ts';

/** The columns of every resource, as Kubernetes 1.35, Flux and Argo CD print them. */
const columnsByResource: { readonly [R in Resource]: readonly unknown[] } = {
  pods: podColumns,
  events: eventColumns,
  services: serviceColumns,
  endpoints: endpointsColumns,
  configmaps: configMapColumns,
  secrets: secretColumns,
  namespaces: namespaceColumns,
  nodes: nodeColumns,
  serviceaccounts: serviceAccountColumns,
  resourcequotas: resourceQuotaColumns,
  deployments: deploymentColumns,
  replicasets: replicaSetColumns,
  statefulsets: statefulSetColumns,
  daemonsets: daemonSetColumns,
  controllerrevisions: controllerRevisionColumns,
  jobs: jobColumns,
  cronjobs: cronJobColumns,
  kustomizations: kustomizationColumns,
  gitrepositories: gitRepositoryColumns,
  applications: applicationColumns,
};

/** The columns of a resource, and a row of cells for each object. */
export function cellsOf<R extends Resource>(
  resource: R,
  objects: readonly Resources[R][],
  nowMs: number,
): { columns: readonly Column[]; rows: Cell[][] } {
  const columns = columnsByResource[resource] as readonly Column[];
  return { columns, rows: objects.map((object) => columns.map(({ cell }) => cell(object, nowMs))) };
}

/** Turns an object or a list, as it would be answered, into the answer that kubectl prints. */
export type TableView = (answer: object) => object;

/**
 * The view that a client asks for by `Accept: application/json;as=Table;v=v1;g=meta.k8s.io`; undefined for others.
 * Only the first answer of a view tells its columns, as in a watch.
 */
export function tableViewFor(
  accept: string | undefined,
  { resource, query, now }: { resource: Resource; query: URLSearchParams; now: () => number },
): TableView | undefined {
  const asked = (accept ?? '')
    .split(',')
    .find((each) => /;as=Table(;|$)/.test(each) && /;g=meta\.k8s\.io(;|$)/.test(each));
  const version = /;v=(v1|v1beta1)(;|$)/.exec(asked ?? '')?.[1];
  if (version === undefined) return undefined;
  const include = query.get('includeObject') ?? 'Metadata';
  let first = true;
  return (answer) => {
    const { items, metadata } = answer as { items?: KubeObject[]; metadata: { resourceVersion: string } };
    // A bookmark names no object, so its table has no row.
    const objects = items ?? [answer as KubeObject].filter(({ metadata: { name } }) => name !== undefined);
    const { columns, rows } = cellsOf(resource, objects as Resources[typeof resource][], now());
    const table = {
      ...{ kind: 'Table', apiVersion: `meta.k8s.io/${version}` },
      metadata: items === undefined ? { resourceVersion: metadata.resourceVersion } : metadata,
      columnDefinitions: first
        ? columns.map(({ cell: _, ...definition }) => ({ ...definition, description: '' }))
        : null,
      rows: rows.map((cells, index) => ({
        cells,
        object: shownObject(objects[index] as KubeObject, include, version),
      })),
    };
    first = false;
    return table;
  };
}

function shownObject(object: KubeObject, include: string, version: string): object | null {
  if (include === 'None') return null;
  if (include === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}
