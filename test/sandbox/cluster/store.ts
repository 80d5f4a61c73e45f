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
  return new MemoryStore(now);
}

class MemoryStore implements Store {
  version = 1000;
  readonly #now: () => number;
  readonly #objects = new Map<Resource, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  #history: Change[] = [];
  #oldest = this.version;

  constructor(now: () => number) {
    this.#now = now;
  }

  create<R extends Resource>(resource: R, object: NewObject<Resources[R]>): Resources[R] {
    const created = structuredClone(object) as unknown as KubeObject;
    const generation = created.spec === undefined || resource === 'events' ? {} : { generation: 1 };
    created.metadata = {
      ...created.metadata,
      ...{ uid: randomUUID(), resourceVersion: '', creationTimestamp: timestamp(this.#now()) },
      ...generation,
    };
    this.#commit('ADDED', resource, created);
    return created as Resources[R];
  }

  get<R extends Resource>(resource: R, key: ObjectKey): Resources[R] | undefined {
    return this.#of(resource).get(keyOf(key)) as Resources[R] | undefined;
  }

  list<R extends Resource>(resource: R, namespace?: string): Resources[R][] {
    const all = [...this.#of(resource).values()];
    const found = all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
    return found.sort((a, b) => (keyOf(a.metadata) < keyOf(b.metadata) ? -1 : 1)) as Resources[R][];
  }

  change<R extends Resource>(resource: R, key: ObjectKey, edit: (draft: Resources[R]) => void) {
    const before = this.#of(resource).get(keyOf(key));
    if (before === undefined) return undefined;
    const draft = structuredClone(before);
    edit(draft as Resources[R]);
    if (isDeepStrictEqual(draft, before)) return before as Resources[R];
    const { generation } = before.metadata;
    if (generation !== undefined && !isDeepStrictEqual(draft.spec, before.spec)) {
      draft.metadata.generation = generation + 1;
    }
    this.#commit('MODIFIED', resource, draft);
    return draft as Resources[R];
  }

  remove(resource: Resource, key: ObjectKey): void {
    const before = this.#of(resource).get(keyOf(key));
    if (before !== undefined) this.#commit('DELETED', resource, structuredClone(before));
  }

  put(resource: Resource, object: KubeObject): void {
    const known = this.#of(resource).has(keyOf(object.metadata));
    this.#commit(known ? 'MODIFIED' : 'ADDED', resource, structuredClone(object));
  }

  changesSince(since: number): readonly Change[] | undefined {
    return since < this.#oldest ? undefined : this.#history.filter(({ version }) => version > since);
  }

  compact(): void {
    this.#history = [];
    // One version more: otherwise a watch from the last version before would still be served.
    this.version += 1;
    this.#oldest = this.version;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #of(resource: Resource): Map<string, KubeObject> {
    const known = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, known);
    return known;
  }

  #commit(type: Change['type'], resource: Resource, object: KubeObject): void {
    const key = keyOf(object.metadata);
    const previous = this.#of(resource).get(key);
    this.version += 1;
    object.metadata.resourceVersion = String(this.version);
    if (type === 'DELETED') this.#of(resource).delete(key);
    else this.#of(resource).set(key, object);
    const change: Change = { version: this.version, type, resource, object, previous };
    this.#history.push(change);
    if (this.#history.length > historyLength) this.#oldest = this.#history.shift()?.version ?? this.#oldest;
    // The version is in the change already: a listener may change objects itself.
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** `namespace/name`. */
export function keyOf({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ''}/${name}`;
}

/** Milliseconds as the API server writes them: RFC 3339, whole seconds. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
