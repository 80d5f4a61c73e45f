import { deleteObject } from '../apply.ts';
import type { StatefulSet } from '../kube-objects.ts';
import type { Pod } from '../pod-objects.ts';
import type { World } from '../world.ts';
import { childrenOf, concernsOwner, createPod, isReady } from './pods-of.ts';
import { ensureRevision, revisionLabel } from './revisions.ts';
import { runController } from './work-queue.ts';

const component = 'statefulset-controller';

/** Runs StatefulSets in order: pods by ordinal, updates from the last one down to the partition. */
export function runStatefulSets(world: World): void {
  runController(world, {
    concerns: concernsOwner('statefulsets', 'StatefulSet', ['pods']),
    reconcile(key) {
      const set = world.store.get('statefulsets', key);
      if (set === undefined) return undefined;
      const update = `${set.metadata.name}-${ensureRevision(world, set)}`;
      step(world, set, update);
      writeStatus(world, set, update);
      return undefined;
    },
  });
}

function step(world: World, set: StatefulSet, update: string): void {
  const { replicas, podManagementPolicy, updateStrategy } = set.spec;
  const pods = new Map(childrenOf(world, 'pods', set).map((pod) => [pod.metadata.name, pod]));
  const current = set.status.currentRevision ?? update;
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = pods.get(`${set.metadata.name}-${ordinal}`);
    if (pod === undefined) addPod(world, set, { ordinal, revision: ordinal >= partition ? update : current });
    // OrderedReady: nothing else happens before this one is ready.
    if (podManagementPolicy !== 'Parallel' && (pod === undefined || !isReady(pod))) return;
  }
  const surplus = [...pods.values()].filter((pod) => ordinalOf(pod) >= replicas);
  const last = surplus.sort((a, b) => ordinalOf(b) - ordinalOf(a))[0];
  if (last !== undefined) return void removePod(world, set, last);
  if (updateStrategy?.type === 'OnDelete') return;
  for (let ordinal = replicas - 1; ordinal >= partition; ordinal--) {
    const pod = pods.get(`${set.metadata.name}-${ordinal}`);
    if (pod === undefined) return;
    if (pod.metadata.labels?.[revisionLabel] !== update) return void removePod(world, set, pod);
    if (!isReady(pod)) return;
  }
}

function ordinalOf({ metadata }: Pod): number {
  return Number(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));
}

function addPod(world: World, set: StatefulSet, { ordinal, revision }: { ordinal: number; revision: string }): void {
  const name = `${set.metadata.name}-${ordinal}`;
  const labels = {
    ...{ 'apps.kubernetes.io/pod-index': String(ordinal), [revisionLabel]: revision },
    'statefulset.kubernetes.io/pod-name': name,
  };
  const template = templateOf(world, set, revision);
  const pod = createPod(world, set, { name, generateName: `${set.metadata.name}-`, template, labels });
  if (!('refused' in pod)) {
    const message = `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    return void world.record({ about: set, reason: 'SuccessfulCreate', message, component });
  }
  const message = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${pod.refused}`;
  world.record({ about: set, reason: 'FailedCreate', message, type: 'Warning', component });
}

function templateOf(world: World, set: StatefulSet, revision: string): StatefulSet['spec']['template'] {
  const found = childrenOf(world, 'controllerrevisions', set).find(({ metadata }) => metadata.name === revision);
  const data = found?.data as
    | { spec?: { template?: StatefulSet['spec']['template'] & { $patch?: string } } }
    | undefined;
  if (data?.spec?.template === undefined) return set.spec.template;
  const { $patch, ...template } = data.spec.template;
  return template;
}

function removePod(world: World, set: StatefulSet, { metadata }: Pod): void {
  if (metadata.deletionTimestamp !== undefined) return;
  const key = { namespace: metadata.namespace, name: metadata.name };
  deleteObject(world.store, 'pods', { key, nowMs: world.clock.now() });
  const message = `Delete Pod ${metadata.name} in StatefulSet ${set.metadata.name} successful`;
  world.record({ about: set, reason: 'SuccessfulDelete', message, component });
}

function writeStatus(world: World, set: StatefulSet, update: string): void {
  const pods = childrenOf(world, 'pods', set);
  const ready = pods.filter(isReady);
  const live = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const updated = live.filter(({ metadata }) => metadata.labels?.[revisionLabel] === update);
  const { replicas } = set.spec;
  world.store.change('statefulsets', { namespace: set.metadata.namespace, name: set.metadata.name }, (draft) => {
    const before = draft.status.currentRevision ?? update;
    const complete = updated.length === replicas && ready.length === replicas && pods.length === replicas;
    const current = complete ? update : before;
    const onCurrent = live.filter(({ metadata }) => metadata.labels?.[revisionLabel] === current).length;
    draft.status = {
      ...{ observedGeneration: draft.metadata.generation ?? 1, replicas: pods.length },
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(onCurrent > 0 ? { currentReplicas: onCurrent } : {}),
      ...(updated.length > 0 ? { updatedReplicas: updated.length } : {}),
      ...{ currentRevision: current, updateRevision: update, collisionCount: 0, availableReplicas: ready.length },
    };
  });
}
