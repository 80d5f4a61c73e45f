import { apiError } from './api-error.ts';
import { withDefaults } from './defaults.ts';
import type { Deployment, KubeObject } from './kube-objects.ts';
import { kindOf, type Resource, type ResourceKind } from './resource-kinds.ts';
import { selects } from './selectors.ts';
import { type ObjectKey, type Store, timestamp } from './store.ts';

/** An object as a person writes it. */
export type Manifest = Omit<KubeObject, 'metadata'> & {
  metadata: Partial<KubeObject['metadata']> & { name: string };
};

/** What an apply did, in kubectl's words. */
export type Applied = 'created' | 'configured' | 'unchanged';

/** Creates the object or makes the one that is there equal to it; throws an ApiError when the API server refuses it. */
export function applyManifest(store: Store, manifest: Manifest): Applied {
  const kind = kindOf(manifest);
  if (kind === undefined) throw noMatch(manifest);
  const wanted = prepared(kind, manifest);
  const key = keyFor(kind, wanted.metadata);
  demandNamespace(store, key.namespace);
  const before = store.get(kind.resource, key) as KubeObject | undefined;
  validate(wanted, before);
  if (before === undefined) {
    store.create(kind.resource, wanted as never);
    return 'created';
  }
  const after = store.change(kind.resource, key, (draft: KubeObject) => merge(draft, wanted));
  return after?.metadata.resourceVersion === before.metadata.resourceVersion ? 'unchanged' : 'configured';
}

/** Deletes an object as the API server does: pods end gracefully, everything else goes at once. */
export function deleteObject(
  store: Store,
  resource: Resource,
  { key, nowMs, graceSeconds }: { key: ObjectKey; nowMs: number; graceSeconds?: number | undefined },
): void {
  if (resource !== 'pods') return void store.remove(resource, key);
  const pod = store.get('pods', key);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
  const grace = graceSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  if (pod.spec.nodeName === undefined || grace === 0) return void store.remove(resource, key);
  store.change('pods', key, (draft) => {
    draft.metadata.deletionTimestamp = timestamp(nowMs + grace * 1000);
    draft.metadata.deletionGracePeriodSeconds = grace;
    draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
  });
}

/** Where an object of a kind is; `default` when a namespaced one names none. */
export function keyFor(kind: ResourceKind, { namespace, name }: { namespace?: string; name: string }): ObjectKey {
  return kind.namespaced ? { namespace: namespace ?? 'default', name } : { name };
}

function prepared(kind: ResourceKind, manifest: Manifest): Manifest {
  const wanted = withDefaults(structuredClone(manifest));
  const { name } = wanted.metadata;
  // The server's own fields do not come from a manifest.
  const { uid, resourceVersion, generation, creationTimestamp, ...metadata } = wanted.metadata;
  return { ...wanted, metadata: { ...metadata, ...keyFor(kind, wanted.metadata), name } as Manifest['metadata'] };
}

function merge(draft: KubeObject, wanted: Manifest): void {
  const { labels, annotations } = wanted.metadata;
  if (labels !== undefined) draft.metadata.labels = labels;
  if (annotations !== undefined) draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations };
  if (wanted.spec !== undefined) draft.spec = keepAssigned(draft.spec, structuredClone(wanted.spec));
  for (const field of ['data', 'stringData'] as const) {
    const value = (wanted as unknown as Record<string, unknown>)[field];
    if (value !== undefined) (draft as unknown as Record<string, unknown>)[field] = structuredClone(value);
  }
}

// Addresses that the cluster has chosen stay when the manifest says nothing about them.
function keepAssigned(before: unknown, after: unknown): unknown {
  const { clusterIP, ports = [] } = (before ?? {}) as { clusterIP?: string; ports?: { nodePort?: number }[] };
  const wanted = after as { clusterIP?: string; ports?: { nodePort?: number }[] };
  if (clusterIP === undefined) return after;
  wanted.clusterIP ??= clusterIP;
  for (const [index, port] of (wanted.ports ?? []).entries()) {
    const nodePort = ports[index]?.nodePort;
    if (nodePort !== undefined) port.nodePort ??= nodePort;
  }
  return after;
}

function validate(wanted: Manifest, before: KubeObject | undefined): void {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(wanted.kind)) return;
  const { selector, template } = (wanted as Deployment).spec;
  const invalid = (field: string, value: unknown, why: string) => {
    const group = `${wanted.kind}.apps`;
    const message = `${group} "${wanted.metadata.name}" is invalid: ${field}: Invalid value: ${JSON.stringify(value)}: ${why}`;
    return apiError(422, 'Invalid', message, { name: wanted.metadata.name, group: 'apps', kind: wanted.kind });
  };
  if (!selects(selector, template?.metadata?.labels)) {
    const labels = template?.metadata?.labels ?? {};
    throw invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  const known = (before as Deployment | undefined)?.spec.selector;
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(selector)) {
    throw invalid('spec.selector', selector, 'field is immutable');
  }
}

function noMatch({ apiVersion, kind }: Manifest) {
  return apiError(404, 'NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`);
}

function demandNamespace(store: Store, namespace: string | undefined): void {
  if (namespace === undefined || store.get('namespaces', { name: namespace }) !== undefined) return;
  throw apiError(404, 'NotFound', `namespaces "${namespace}" not found`, { name: namespace, kind: 'namespaces' });
}
