import {
  conditionOf,
  type KubeEvent,
  type KubeObject,
  type Kustomization,
  type Pod,
  type Workload,
} from './kube-objects.ts';
import { ObservedEvents } from './observed-events.ts';

/** One thing the API server told: a whole list, or a change. `at` is its time in server milliseconds. */
export interface Observation {
  readonly at: number;
  readonly type: 'LIST' | 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** The plural of the API, `deployments`. */
  readonly resource: string;
  readonly object: KubeObject | { readonly items: readonly KubeObject[] };
}

/** An object with the moment at which this version of it was seen. */
export interface Seen<T extends KubeObject = KubeObject> {
  readonly object: T;
  readonly seenAt: number;
}

/** A value that changes, and since when it is what it is. */
interface Change {
  readonly value: string;
  readonly since: number;
}

/**
 * What was observed so far, and the little that must be remembered about what is gone: pull attempts,
 * failed attempts of Flux, repeated events, the images of a template, and when pods were last terminating.
 */
export class ObservedState {
  readonly events = new ObservedEvents();
  readonly #objects = new Map<string, Map<string, Seen>>();
  readonly #counts = new Map<string, number>();
  readonly #since = new Map<string, number>();
  readonly #changes = new Map<string, Change[]>();
  #podsByOwner: Map<string, Pod[]> | undefined;

  /** Takes in one observation; a bookmark changes nothing. */
  apply(observation: Observation): void {
    const { resource, at } = observation;
    if (observation.type === 'BOOKMARK') return;
    if ('items' in observation.object) {
      this.#replaceAll(resource, observation.object.items, at);
      return;
    }
    const key = keyOf(observation.object);
    if (observation.type === 'DELETED') this.#remove(resource, key, at);
    else this.#put(resource, observation.object, at);
  }

  /** Whether this resource was listed at least once. */
  hasListed(resource: string): boolean {
    return this.#objects.has(resource);
  }

  /** All objects of a resource, in the order in which they were first seen. */
  all<T extends KubeObject>(resource: string): Seen<T>[] {
    return [...(this.#objects.get(resource)?.values() ?? [])] as Seen<T>[];
  }

  /** One object by name; `namespace` only where a resource is read from several. */
  find<T extends KubeObject>(resource: string, name: string, namespace?: string): Seen<T> | undefined {
    for (const seen of this.#objects.get(resource)?.values() ?? []) {
      const meta = seen.object.metadata;
      if (meta.name !== name) continue;
      if (namespace === undefined || meta.namespace === undefined || meta.namespace === namespace)
        return seen as Seen<T>;
    }
    return undefined;
  }

  /** The pods of an owner, terminating ones too. */
  podsOf(ownerUid: string | undefined): readonly Pod[] {
    this.#podsByOwner ??= groupByOwner(this.all<Pod>('pods'));
    return this.#podsByOwner.get(ownerUid ?? '') ?? [];
  }

  /** How often something happened under this key, see the functions that make keys. */
  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** When something first (for terminating pods: last) was seen under this key. */
  since(key: string): number | undefined {
    return this.#since.get(key);
  }

  /** The values that were seen under this key, oldest first. */
  changes(key: string): readonly Change[] {
    return this.#changes.get(key) ?? [];
  }

  #replaceAll(resource: string, items: readonly KubeObject[], at: number): void {
    const known = this.#objects.get(resource) ?? new Map<string, Seen>();
    this.#objects.set(resource, known);
    const present = new Set(items.map(keyOf));
    for (const key of [...known.keys()]) if (!present.has(key)) this.#remove(resource, key, at);
    for (const item of items) this.#put(resource, item, at);
  }

  #remove(resource: string, key: string, at: number): void {
    const gone = this.#objects.get(resource)?.get(key)?.object;
    this.#objects.get(resource)?.delete(key);
    if (resource === 'pods') this.#podsByOwner = undefined;
    if (resource === 'pods' && gone?.metadata.deletionTimestamp !== undefined) this.#markTerminating(gone, at);
  }

  #put(resource: string, object: KubeObject, at: number): void {
    const known = this.#objects.get(resource) ?? new Map<string, Seen>();
    this.#objects.set(resource, known);
    const before = known.get(keyOf(object))?.object;
    // A relist brings unchanged objects again: they keep the time at which they were seen.
    const version = object.metadata.resourceVersion;
    if (before !== undefined && version !== undefined && before.metadata.resourceVersion === version) return;
    if (resource === 'pods') this.#podsByOwner = undefined;
    if (resource === 'pods') this.#rememberPod(before, object, at);
    else if (resource === 'events') this.events.put(before, object as KubeEvent, at);
    else if (resource === 'kustomizations') this.#rememberKustomization(before, object, at);
    else this.#rememberTemplate(resource, object, at);
    known.set(keyOf(object), { object, seenAt: at });
  }

  #rememberPod(before: Pod | undefined, pod: Pod, at: number): void {
    if (pod.metadata.deletionTimestamp !== undefined) this.#markTerminating(pod, at);
    for (const status of statusesOf(pod)) {
      const reason = status.state?.waiting?.reason ?? '';
      const previous = statusesOf(before).find(({ name }) => name === status.name)?.state?.waiting?.reason;
      const key = pullKey(pod, status.name);
      if (reason === 'ErrImagePull' && previous !== 'ErrImagePull') this.#add(key);
      if (reason === 'ImagePullBackOff' && this.count(key) === 0) this.#add(key);
      const waiting = waitingKey(pod, status.name, reason);
      if (reason !== '' && !this.#since.has(waiting)) this.#since.set(waiting, at);
    }
  }

  #rememberKustomization(before: Kustomization | undefined, now: Kustomization, at: number): void {
    const failed = conditionOf(now, 'Ready')?.status === 'False';
    const failedBefore =
      before !== undefined &&
      conditionOf(before, 'Ready')?.status === 'False' &&
      before.status?.lastAttemptedRevision === now.status?.lastAttemptedRevision;
    if (failed && !failedBefore) this.#add(attemptKey(now));
    this.#change(appliedKey(now.metadata.name), now.status?.lastAppliedRevision ?? '', at);
  }

  #rememberTemplate(resource: string, object: Workload, at: number): void {
    const terminating = object.status?.terminatingReplicas ?? 0;
    if (terminating > 0) this.#since.set(terminatingKey(object.metadata.uid ?? ''), at);
    const template = object.spec?.template ?? object.spec?.jobTemplate?.spec?.template;
    const spec = template?.spec;
    if (spec === undefined) return;
    const images = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ image }) => image ?? '');
    this.#change(templateKey(resource, object.metadata.name), images.join('\n'), at);
  }

  #markTerminating(pod: Pod, at: number): void {
    for (const owner of pod.metadata.ownerReferences ?? []) this.#since.set(terminatingKey(owner.uid), at);
  }

  #change(key: string, value: string, at: number): void {
    const changes = this.#changes.get(key) ?? [];
    this.#changes.set(key, changes);
    if (changes.at(-1)?.value !== value) changes.push({ value, since: at });
  }

  #add(key: string): void {
    this.#counts.set(key, this.count(key) + 1);
  }
}

/** Under this key `count` says how often a container's image was pulled in vain. */
export function pullKey(pod: Pod, container: string): string {
  return `pull|${pod.metadata.uid ?? pod.metadata.name}|${container}`;
}

/** Under this key `since` says when a container was first seen waiting for this reason. */
export function waitingKey(pod: Pod, container: string, reason: string): string {
  return `waiting|${pod.metadata.uid ?? pod.metadata.name}|${container}|${reason}`;
}

/** Under this key `count` says how often Flux failed with the revision it attempted last. */
export function attemptKey(kustomization: Kustomization): string {
  return `attempt|${kustomization.metadata.name}|${kustomization.status?.lastAttemptedRevision ?? ''}`;
}

/** Under this key `changes` tells the revisions that Flux applied. */
export function appliedKey(kustomization: string): string {
  return `applied|${kustomization}`;
}

/** Under this key `changes` tells the images of a workload's template, one a line; it stays when the workload is gone. */
export function templateKey(resource: string, name: string): string {
  return `template|${resource}|${name}`;
}

/** Under this key `since` says when a pod of this owner was last seen terminating or going away. */
export function terminatingKey(ownerUid: string | undefined): string {
  return `terminating|${ownerUid ?? ''}`;
}

/** The statuses of all containers of a pod, init containers and sidecars first. */
export function statusesOf(pod: Pod | undefined) {
  return [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
}

function groupByOwner(pods: readonly Seen<Pod>[]): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const { object } of pods) {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const group = groups.get(uid);
      if (group === undefined) groups.set(uid, [object]);
      else group.push(object);
    }
  }
  return groups;
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}/${object.metadata.uid ?? ''}`;
}
