import { createHash } from 'node:crypto';
import type { Condition, KubeObject } from '../kube-objects.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import { createKustomizer, type Kustomizer } from './flux-kustomization.ts';
import type { GitOpsController, Settings } from './follow.ts';
import type { Snapshot } from './git-source.ts';

const component = 'source-controller';

interface GitRepository extends KubeObject {
  status: { observedGeneration?: number; artifact?: object; conditions?: Condition[] };
}

/** Runs source-controller and kustomize-controller for one GitRepository and one Kustomization. */
export function startFlux(world: World, settings: Settings): GitOpsController {
  const sourceName = `${settings.name}-source`;
  const key: ObjectKey = { namespace: settings.namespace, name: sourceName };
  createObjects(world, settings, sourceName);
  const kustomizer: Kustomizer = createKustomizer(world, settings);
  return {
    async observe(state) {
      if ('failure' in state) return fail(world, key, state.failure);
      if (state.isNew) await store(world, key, { branch: settings.branch, snapshot: state.snapshot });
      kustomizer.offer(state.snapshot);
    },
    suspend: (suspended) => kustomizer.suspend(suspended),
  };
}

function createObjects({ store }: World, settings: Settings, sourceName: string): void {
  const { namespace, name, repository, branch, path, wait, timeoutSeconds, intervalSeconds, suspend } = settings;
  if (store.get('namespaces', { name: namespace }) === undefined) {
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  }
  store.create('gitrepositories', {
    ...{ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' },
    metadata: { name: sourceName, namespace },
    spec: { interval: `${intervalSeconds}s`, ref: { branch }, timeout: '60s', url: repository },
    status: { observedGeneration: -1 },
  });
  store.create('kustomizations', {
    ...{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name, namespace } },
    spec: {
      ...{ force: false, interval: '1m', path: `./${path.replace(/^\.?\//, '')}`, prune: true, retryInterval: '5s' },
      sourceRef: { kind: 'GitRepository', name: sourceName },
      ...{ timeout: `${timeoutSeconds}s`, wait },
      ...(suspend ? { suspend } : {}),
    },
    status: { observedGeneration: -1 },
  });
}

/** `main@sha1:<sha>`, as Flux writes revisions. */
export function revisionOf(branch: string, sha: string): string {
  return `${branch}@sha1:${sha}`;
}

// The three writes of source-controller, in its order: building, stored, and then the artifact itself.
async function store(
  world: World,
  key: ObjectKey,
  { branch, snapshot }: { branch: string; snapshot: Snapshot },
): Promise<void> {
  const revision = revisionOf(branch, snapshot.sha);
  const at = timestamp(world.clock.now());
  const condition = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
    ...{ lastTransitionTime: at, message, observedGeneration: 1, reason, status, type },
  });
  const building = `building artifact: new upstream revision '${revision}'`;
  const stored = `stored artifact for revision '${revision}'`;
  const change = (edit: (status: GitRepository['status']) => void) =>
    world.store.change('gitrepositories', key, (draft) => edit((draft as GitRepository).status));
  change((status) => {
    const inStorage = status.conditions?.filter(({ type }) => type === 'ArtifactInStorage') ?? [];
    status.conditions = [
      condition('Reconciling', 'True', 'Progressing', building),
      condition('Ready', 'Unknown', 'Progressing', building),
      ...inStorage,
      condition('ArtifactOutdated', 'True', 'NewRevision', `new upstream revision '${revision}'`),
    ];
    status.observedGeneration = 1;
  });
  change((status) => {
    status.conditions = ['Ready', 'ArtifactInStorage'].map((type) => condition(type, 'True', 'Succeeded', stored));
  });
  const path = `gitrepository/${key.namespace}/${key.name}/${snapshot.sha}.tar.gz`;
  const size = [...snapshot.files.values()].reduce((sum, text) => sum + text.length, 0);
  const digest = `sha256:${createHash('sha256').update(snapshot.sha).digest('hex')}`;
  const changed = change((status) => {
    const url = `http://source-controller.${key.namespace}.svc.cluster.local./${path}`;
    status.artifact = { digest, lastUpdateTime: at, path, revision, size, url };
  });
  if (changed === undefined) return;
  const annotations = { 'source.toolkit.fluxcd.io/digest': digest, 'source.toolkit.fluxcd.io/revision': revision };
  const message = `stored artifact for commit '${snapshot.subject}'`;
  world.record({ about: changed, reason: 'NewArtifact', message, component, annotations });
}

function fail(world: World, key: ObjectKey, failure: string): void {
  const at = timestamp(world.clock.now());
  const message = `failed to checkout and determine revision: unable to list remote: ${failure}`;
  const reason = 'GitOperationFailed';
  const changed = world.store.change('gitrepositories', key, (draft) => {
    const { status } = draft as GitRepository;
    const known = status.conditions?.find(({ type }) => type === 'Ready');
    const since = known?.status === 'False' ? known.lastTransitionTime : at;
    const told = { lastTransitionTime: since, message, observedGeneration: 1, reason };
    const kept = status.conditions?.filter(({ type }) => type === 'ArtifactInStorage') ?? [];
    status.conditions = [
      { ...told, status: 'True', type: 'FetchFailed' },
      { ...told, status: 'False', type: 'Ready' },
      ...kept,
    ];
    status.observedGeneration = 1;
  });
  if (changed !== undefined) world.record({ about: changed, reason, message, type: 'Warning', component });
}
