import { isDeepStrictEqual } from 'node:util';
import type { Deployment, ReplicaSet } from '../kube-objects.ts';
import type { PodTemplate } from '../pod-objects.ts';
import type { ObjectKey } from '../store.ts';
import type { World } from '../world.ts';
import { writeDeploymentStatus } from './deployment-status.ts';
import { planRollout } from './plan-rollout.ts';
import { childrenOf, concernsOwner, ownedBy, templateHash } from './pods-of.ts';
import { runController } from './work-queue.ts';

const component = 'deployment-controller';
const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Rolls Deployments out by ReplicaSets. */
export function runDeployments(world: World): void {
  runController(world, {
    concerns: concernsOwner('deployments', 'Deployment', ['replicasets']),
    reconcile(key) {
      const deployment = world.store.get('deployments', key);
      if (deployment === undefined) return undefined;
      const sets = childrenOf(world, 'replicasets', deployment);
      const current = currentSet(deployment, sets);
      if (deployment.spec.paused === true) return writeDeploymentStatus(world, key, { current, sets });
      if (current === undefined) {
        createSet(world, deployment, sets);
        return undefined;
      }
      adoptRevision(world, deployment, { current, sets });
      rollOut(world, deployment, { current, sets });
      return writeDeploymentStatus(world, key, { current, sets: childrenOf(world, 'replicasets', deployment) });
    },
  });
}

/** The ReplicaSet of the Deployment's present template. */
export function currentSet({ spec }: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.find((set) => isDeepStrictEqual(withoutHash(set.spec.template), withoutHash(spec.template)));
}

function withoutHash({ metadata, spec }: PodTemplate): unknown {
  const { 'pod-template-hash': hash, ...labels } = metadata.labels ?? {};
  return { labels, annotations: metadata.annotations ?? {}, spec };
}

function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[revisionAnnotation] ?? '0');
}

function createSet(world: World, deployment: Deployment, sets: readonly ReplicaSet[]): void {
  const { store } = world;
  const { template, selector } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata.labels, 'pod-template-hash': hash };
  const revision = String(Math.max(0, ...sets.map(revisionOf)) + 1);
  store.create('replicasets', {
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels,
      annotations: { [revisionAnnotation]: revision },
      ownerReferences: [ownedBy(deployment)],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
      template: { ...structuredClone(template), metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  });
  noteRevision(world, deployment, revision);
}

// Going back to an earlier template makes its old ReplicaSet the newest revision.
function adoptRevision(
  world: World,
  deployment: Deployment,
  { current, sets }: { current: ReplicaSet; sets: readonly ReplicaSet[] },
): void {
  const others = sets.filter(({ metadata }) => metadata.uid !== current.metadata.uid).map(revisionOf);
  const revision = Math.max(revisionOf(current), Math.max(0, ...others) + 1);
  if (revision !== revisionOf(current)) {
    world.store.change('replicasets', keyOf(current), ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, [revisionAnnotation]: String(revision) };
    });
  }
  noteRevision(world, deployment, String(revision));
}

function noteRevision({ store }: World, deployment: Deployment, revision: string): void {
  store.change('deployments', keyOf(deployment), ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, [revisionAnnotation]: revision };
  });
}

function rollOut(
  world: World,
  deployment: Deployment,
  { current, sets }: { current: ReplicaSet; sets: readonly ReplicaSet[] },
): void {
  const old = sets.filter(({ metadata }) => metadata.uid !== current.metadata.uid);
  const plan = planRollout(deployment, current, old);
  for (const [set, replicas] of plan) {
    const before = set.spec.replicas;
    world.store.change('replicasets', keyOf(set), (draft) => {
      draft.spec.replicas = replicas;
    });
    const direction = replicas > before ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`;
    world.record({ about: deployment, reason: 'ScalingReplicaSet', message, component });
  }
}

function keyOf({ metadata }: Deployment | ReplicaSet): ObjectKey {
  return { namespace: metadata.namespace, name: metadata.name };
}
