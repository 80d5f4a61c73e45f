import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from './kube-objects.ts';
import type { Resource, Resources } from './resource-kinds.ts';

/** One change of one object; watches are made of these. */
export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubeObject;
  /** The object before; undefined for ADDED. */
  readonly previous: KubeObject | undefined;
}

/** An object that is to be created: the store adds uid, version, generation and time. */
export type NewObject<T extends KubeObject = KubeObject> = Omit<T, 'metadata' | 'status'> & {
  metadata: Partial<T['metadata']> & { name: string };
  status?: T['status'];
};

/** Where an object is; without namespace for the few that have none. */
export interface ObjectKey {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** The objects of the cluster with a version for every change, as etcd keeps them. */
export interface Store {
  /** The version of the last change. */
  readonly version: number;
  create<R extends Resource>(resource: R, object: NewObject<Resources[R]>): Resources[R];
  get<R extends Resource>(resource: R, key: ObjectKey): Resources[R] | undefined;
  list<R extends Resource>(resource: R, namespace?: string): Resources[R][];
  /** Changes a copy of the object and keeps it when it differs; a change of `spec` raises the generation. */
  change<R extends Resource>(
    resource: R,
    key: ObjectKey,
    edit: (draft: Resources[R]) => void,
  ): Resources[R] | undefined;
  /** Removes the object for good. */
  remove(resource: Resource, key: ObjectKey): void;
  /** Puts an object as it is, creating or replacing it; only the resourceVersion is the store's. */
  put(resource: Resource, object: KubeObject): void;
  /** Changes after a version; undefined when it is too old (410 Gone). */
  changesSince(version: number): readonly Change[] | undefined;
  /** Forgets the history, so that every watch from an older version is answered 410 Gone. */
  compact(): void;
  onChange(listener: (change: Change) => void): () => void;
}

const historyLength = 5000;

/** Starts without objects. `now` is the cluster's clock in milliseconds. */
export function createStore(now: () => number): Store {
  const objects = new Map<Resource, Map<string, KubeObject>>();
  const listeners = new Set<(change: Change) => void>();
  let history: Change[] = [];
  let version = 1000;
  let oldest = version;

  const of = (resource: Resource): Map<string, KubeObject> => {
    const known = objects.get(resource) ?? new Map<string, KubeObject>();
    objects.set(resource, known);
    return known;
  };

  function commit(type: Change['type'], resource: Resource, object: KubeObject): void {
    const key = keyOf(object.metadata);
    const previous = of(resource).get(key);
    version += 1;
    object.metadata.resourceVersion = String(version);
    if (type === 'DELETED') of(resource).delete(key);
    else of(resource).set(key, object);
    const change: Change = { version, type, resource, object, previous };
    history.push(change);
    if (history.length > historyLength) oldest = history.shift()?.version ?? oldest;
    for (const listener of [...listeners]) listener(change);
  }

  return {
    get version() {
      return version;
    },
    create(resource, object) {
      const created = structuredClone(object) as unknown as KubeObject;
      const generation = created.spec === undefined || resource === 'events' ? {} : { generation: 1 };
      created.metadata = {
        ...created.metadata,
        ...{ uid: randomUUID(), resourceVersion: '', creationTimestamp: timestamp(now()) },
        ...generation,
      };
      commit('ADDED', resource, created);
      return created as never;
    },
    get: (resource, key) => of(resource).get(keyOf(key)) as never,
    list: (resource, namespace) =>
      [...of(resource).values()]
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
        .sort((a, b) => (keyOf(a.metadata) < keyOf(b.metadata) ? -1 : 1)) as never,
    change(resource, key, edit) {
      const before = of(resource).get(keyOf(key));
      if (before === undefined) return undefined;
      const draft = structuredClone(before);
      edit(draft as never);
      if (isDeepStrictEqual(draft, before)) return before as never;
      const { generation } = before.metadata;
      if (generation !== undefined && !isDeepStrictEqual(draft.spec, before.spec)) {
        draft.metadata.generation = generation + 1;
      }
      commit('MODIFIED', resource, draft);
      return draft as never;
    },
    remove(resource, key) {
      const before = of(resource).get(keyOf(key));
      if (before !== undefined) commit('DELETED', resource, structuredClone(before));
    },
    put(resource, object) {
      const known = of(resource).has(keyOf(object.metadata));
      commit(known ? 'MODIFIED' : 'ADDED', resource, structuredClone(object));
    },
    changesSince: (since) => (since < oldest ? undefined : history.filter((change) => change.version > since)),
    compact() {
      history = [];
      // One version more: otherwise a watch from the last version before would still be served.
      version += 1;
      oldest = version;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** `namespace/name`. */
export function keyOf({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ''}/${name}`;
}

/** Milliseconds as the API server writes them: RFC 3339, whole seconds. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
