import { deleteObject } from '../apply.ts';
import type { ReplicaSet } from '../kube-objects.ts';
import type { Pod } from '../pod-objects.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import { childrenOf, concernsOwner, createPod, isActive, isReady, randomSuffix, untilAvailable } from './pods-of.ts';
import { runController } from './work-queue.ts';

const component = 'replicaset-controller';

/** Keeps as many pods as each ReplicaSet asks for. */
export function runReplicaSets(world: World): void {
  const failures = new Map<string, number>();
  runController(world, {
    concerns: concernsOwner('replicasets', 'ReplicaSet', ['pods']),
    reconcile(key) {
      const set = world.store.get('replicasets', key);
      if (set === undefined) return undefined;
      const refused = scale(world, set);
      writeStatus(world, key, refused);
      if (refused === undefined) {
        failures.delete(set.metadata.uid);
        return untilMinReady(world, set);
      }
      const count = (failures.get(set.metadata.uid) ?? 0) + 1;
      failures.set(set.metadata.uid, count);
      // Retries of the real controller: 5 ms, doubled each time.
      return Math.min(5 * 2 ** count, 30_000);
    },
  });
}

function scale(world: World, set: ReplicaSet): string | undefined {
  const active = childrenOf(world, 'pods', set).filter(isActive);
  for (let missing = set.spec.replicas - active.length; missing > 0; missing--) {
    const refused = addPod(world, set);
    if (refused !== undefined) return refused;
  }
  const surplus = [...active]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, Math.max(0, active.length - set.spec.replicas));
  for (const pod of surplus) {
    const { namespace, name } = pod.metadata;
    deleteObject(world.store, 'pods', { key: { namespace, name }, nowMs: world.clock.now() });
    world.record({ about: set, reason: 'SuccessfulDelete', message: `Deleted pod: ${name}`, component });
  }
  return undefined;
}

// Pods that serve nobody go first, then the youngest.
function rank(pod: Pod): number {
  return (isReady(pod) ? 1e15 : 0) - Date.parse(pod.metadata.creationTimestamp);
}

function addPod(world: World, set: ReplicaSet): string | undefined {
  const generateName = `${set.metadata.name}-`;
  const pod = createPod(world, set, { name: generateName + randomSuffix(), generateName, template: set.spec.template });
  if ('refused' in pod) {
    const message = `Error creating: ${pod.refused}`;
    world.record({ about: set, reason: 'FailedCreate', message, type: 'Warning', component });
    return pod.refused;
  }
  world.record({ about: set, reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}`, component });
  return undefined;
}

function writeStatus(world: World, key: ObjectKey, refused: string | undefined): void {
  const { store, clock } = world;
  store.change('replicasets', key, (draft) => {
    const pods = childrenOf(world, 'pods', draft);
    const active = pods.filter(isActive);
    const ready = active.filter(isReady);
    const minReady = minReadySecondsOf(world, draft);
    const available = ready.filter((pod) => untilAvailable(world, pod, minReady) === 0);
    const count = (name: string, value: number) => (value === 0 ? {} : { [name]: value });
    const failure = draft.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
    const at = failure?.lastTransitionTime ?? timestamp(clock.now());
    draft.status = {
      replicas: active.length,
      ...count('fullyLabeledReplicas', active.length),
      ...count('readyReplicas', ready.length),
      ...count('availableReplicas', available.length),
      terminatingReplicas: pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length,
      observedGeneration: draft.metadata.generation ?? 1,
    };
    if (refused === undefined) return;
    const told = { reason: 'FailedCreate', message: failure?.message ?? refused };
    draft.status.conditions = [{ type: 'ReplicaFailure', status: 'True', lastTransitionTime: at, ...told }];
  });
}

function minReadySecondsOf({ store }: World, set: ReplicaSet): number {
  const owner = set.metadata.ownerReferences?.[0]?.name ?? '';
  return store.get('deployments', { namespace: set.metadata.namespace, name: owner })?.spec.minReadySeconds ?? 0;
}

function untilMinReady(world: World, set: ReplicaSet): number | undefined {
  const minReady = minReadySecondsOf(world, set);
  const waits = childrenOf(world, 'pods', set)
    .filter(isReady)
    .map((pod) => untilAvailable(world, pod, minReady))
    .filter((ms) => ms > 0);
  return waits.length === 0 ? undefined : Math.min(...waits) + 10;
}
