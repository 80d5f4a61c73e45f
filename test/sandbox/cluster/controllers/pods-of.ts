import { createHash, randomInt } from 'node:crypto';
import { refusePod } from '../admit-pod.ts';
import type { Condition, KubeObject, OwnerReference } from '../kube-objects.ts';
import type { Pod, PodTemplate } from '../pod-objects.ts';
import type { Resource } from '../resource-kinds.ts';
import type { Change } from '../store.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';

const safe = 'bcdfghjklmnpqrstvwxz2456789';

/** A random suffix of pod names, as Kubernetes makes it. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => safe[randomInt(safe.length)]).join('');
}

/** A short hash of a pod template, the same for the same template. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest();
  return Array.from(digest.subarray(0, 10), (byte) => safe[byte % safe.length]).join('');
}

/** The controller of an object, if it has one. */
export function ownerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** The reference that an object's children carry. */
export function ownedBy({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** The objects of a kind that belong to an owner. */
export function childrenOf<R extends 'pods' | 'replicasets' | 'controllerrevisions'>(
  { store }: World,
  resource: R,
  owner: KubeObject,
) {
  return store
    .list(resource, owner.metadata.namespace)
    .filter((child) => ownerOf(child as KubeObject)?.uid === owner.metadata.uid);
}

/** The keys that a change concerns for the controller of `resource`: the object itself, or the owner of a child. */
export function concernsOwner(resource: Resource, kind: string, children: readonly Resource[]) {
  return ({ resource: changed, object }: Change): ObjectKey[] => {
    const { namespace } = object.metadata;
    if (changed === resource) return [{ namespace, name: object.metadata.name }];
    if (!children.includes(changed)) return [];
    const owner = ownerOf(object);
    return owner?.kind === kind ? [{ namespace, name: owner.name }] : [];
  };
}

/** Creates a pod of a workload; gives the refusal of the API server instead when there is one. */
export function createPod(
  { store }: World,
  owner: KubeObject,
  pod: {
    name: string;
    generateName: string;
    template: PodTemplate;
    labels?: Record<string, string>;
    nodeName?: string;
  },
): { refused: string } | Pod {
  const { template, name, generateName } = pod;
  const { namespace = 'default' } = owner.metadata;
  const spec = structuredClone(template.spec);
  spec.serviceAccountName ??= 'default';
  if (pod.nodeName !== undefined) spec.nodeName = pod.nodeName;
  const metadata = {
    ...{ name, generateName, namespace, labels: { ...template.metadata.labels, ...pod.labels } },
    ...(template.metadata.annotations === undefined ? {} : { annotations: { ...template.metadata.annotations } }),
    ownerReferences: [ownedBy(owner)],
  };
  const refused = refusePod(store, { metadata, spec });
  if (refused !== undefined) return { refused };
  const status = { phase: 'Pending' as const, qosClass: 'Burstable' };
  return store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec, status });
}

/** Whether the pod counts as ready, and is not on its way out. */
export function isReady({ status, metadata }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}

/** Whether the pod is neither finished nor on its way out. */
export function isActive({ status, metadata }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

/** The milliseconds until a pod that is ready now has been so for `minReadySeconds`; 0 when it has. */
export function untilAvailable({ clock }: World, pod: Pod, minReadySeconds = 0): number {
  const since = pod.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return since === undefined ? 0 : Math.max(0, Date.parse(since) + minReadySeconds * 1000 - clock.now());
}

/** Sets a condition in the way of the controllers of apps/v1; the transition time moves with the status only. */
export function setCondition(
  conditions: Condition[],
  wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: number,
): void {
  const at = timestamp(now);
  const known = conditions.find(({ type }) => type === wanted.type);
  if (known === undefined) {
    conditions.push({ ...wanted, lastUpdateTime: at, lastTransitionTime: at });
    return;
  }
  if (known.status === wanted.status && known.reason === wanted.reason) return;
  if (known.status !== wanted.status) known.lastTransitionTime = at;
  Object.assign(known, wanted, { lastUpdateTime: at });
}
