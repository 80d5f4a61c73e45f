import { deleteObject } from '../apply.ts';
import type { DaemonSet } from '../kube-objects.ts';
import type { Pod } from '../pod-objects.ts';
import type { World } from '../world.ts';
import { podsOf } from './plan-rollout.ts';
import { childrenOf, concernsOwner, createPod, isReady, randomSuffix } from './pods-of.ts';
import { ensureRevision, revisionLabel } from './revisions.ts';
import { runController } from './work-queue.ts';

const component = 'daemonset-controller';

/** Keeps one pod of a DaemonSet on each node and replaces them within maxUnavailable. */
export function runDaemonSets(world: World): void {
  runController(world, {
    concerns: concernsOwner('daemonsets', 'DaemonSet', ['pods']),
    reconcile(key) {
      const set = world.store.get('daemonsets', key);
      if (set === undefined) return undefined;
      const hash = ensureRevision(world, set);
      const nodes = world.store.list('nodes').map(({ metadata }) => metadata.name);
      const pods = childrenOf(world, 'pods', set);
      for (const node of nodes) {
        if (!pods.some(({ spec }) => spec.nodeName === node)) addPod(world, set, { node, hash });
      }
      if (set.spec.updateStrategy?.type !== 'OnDelete') replaceOld(world, set, { pods, hash, nodes: nodes.length });
      writeStatus(world, set, { hash, nodes: nodes.length });
      return undefined;
    },
  });
}

function addPod(world: World, set: DaemonSet, { node, hash }: { node: string; hash: string }): void {
  const generateName = `${set.metadata.name}-`;
  const name = generateName + randomSuffix();
  const labels = { [revisionLabel]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) };
  const pod = createPod(world, set, { name, generateName, template: set.spec.template, labels, nodeName: node });
  if (!('refused' in pod)) {
    return void world.record({ about: set, reason: 'SuccessfulCreate', message: `Created pod: ${name}`, component });
  }
  const message = `Error creating: ${pod.refused}`;
  world.record({ about: set, reason: 'FailedCreate', message, type: 'Warning', component });
}

function replaceOld(
  world: World,
  set: DaemonSet,
  { pods, hash, nodes }: { pods: readonly Pod[]; hash: string; nodes: number },
): void {
  const { maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const old = pods.filter(
    ({ metadata }) => metadata.labels?.[revisionLabel] !== hash && metadata.deletionTimestamp === undefined,
  );
  let room = podsOf(maxUnavailable, nodes, Math.ceil) - (nodes - pods.filter(isReady).length);
  for (const pod of [...old].sort((a, b) => Number(isReady(a)) - Number(isReady(b)))) {
    // A pod that serves nobody may always go.
    if (isReady(pod) && room-- <= 0) return;
    const { namespace, name } = pod.metadata;
    deleteObject(world.store, 'pods', { key: { namespace, name }, nowMs: world.clock.now() });
    world.record({ about: set, reason: 'SuccessfulDelete', message: `Deleted pod: ${name}`, component });
  }
}

function writeStatus(world: World, set: DaemonSet, { hash, nodes }: { hash: string; nodes: number }): void {
  const pods = childrenOf(world, 'pods', set).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ready = pods.filter(isReady).length;
  const updated = pods.filter(({ metadata }) => metadata.labels?.[revisionLabel] === hash).length;
  world.store.change('daemonsets', { namespace: set.metadata.namespace, name: set.metadata.name }, (draft) => {
    draft.status = {
      ...{ currentNumberScheduled: nodes, numberMisscheduled: 0, desiredNumberScheduled: nodes, numberReady: ready },
      observedGeneration: draft.metadata.generation ?? 1,
      ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
      ...(ready > 0 ? { numberAvailable: ready } : {}),
      ...(nodes > ready ? { numberUnavailable: nodes - ready } : {}),
    };
  });
}
