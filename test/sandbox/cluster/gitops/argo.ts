import { setTimeout as delay } from 'node:timers/promises';
import { applyManifest, deleteObject, keyFor, type Manifest } from '../apply.ts';
import type { KubeObject } from '../kube-objects.ts';
import { kindOf } from '../resource-kinds.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import { buildKustomization, containersOf } from './build-kustomization.ts';
import type { GitOpsController, Settings } from './follow.ts';
import type { Snapshot } from './git-source.ts';
import { healthOf } from './health.ts';

const retryLimit = 5;

interface SyncResult {
  readonly resources: readonly object[];
  /** Why the objects were not applied; undefined when they were. */
  readonly failure: string | undefined;
}

interface AppStatus {
  health?: { lastTransitionTime: string; status: string };
  history?: object[];
  operationState?: object;
  reconciledAt?: string;
  resources?: object[];
  summary?: { images: string[] };
  sync?: { revision: string; status: string; comparedTo: object };
  conditions?: object[];
}

interface Application extends KubeObject {
  operation?: object;
  status: AppStatus;
}

/** Runs Argo CD's application controller for one Application with automated sync. */
export function startArgo(world: World, settings: Settings): GitOpsController {
  const key: ObjectKey = { namespace: settings.namespace, name: settings.name };
  let suspended = settings.suspend;
  let syncing: Promise<void> = Promise.resolve();
  let objects: Manifest[] = [];
  let wanted = '';
  createApplication(world, settings);
  const stop = world.store.onChange(({ resource }) => {
    if (['deployments', 'statefulsets', 'daemonsets', 'jobs'].includes(resource)) setHealth(world, key, objects);
  });
  world.signal.addEventListener('abort', stop);
  return {
    async observe(state) {
      if ('failure' in state) return fail(world, key, `Failed to load target state: ${state.failure}`);
      if (state.snapshot.sha === wanted || suspended) return;
      try {
        const built = buildKustomization(state.snapshot.files, settings.path).map((object) => ({
          ...object,
          metadata: { ...object.metadata, namespace: object.metadata.namespace ?? settings.targetNamespace },
        }));
        wanted = state.snapshot.sha;
        // One operation at a time: a newer commit waits until the older operation has ended.
        syncing = syncing.then(() =>
          sync({ world, settings, key }, { snapshot: state.snapshot, built, before: objects }),
        );
        void syncing.then(() => setHealth(world, key, (objects = built)));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        fail(world, key, `Failed to load target state: failed to generate manifest for source 1 of 1: ${message}`);
      }
    },
    suspend(value) {
      suspended = value;
      world.store.change('applications', key, ({ spec }) => {
        const policy = value ? {} : { syncPolicy: { automated: { prune: true, selfHeal: true } } };
        delete (spec as { syncPolicy?: object }).syncPolicy;
        Object.assign(spec as object, policy);
      });
    },
  };
}

function sourceOf({ path, repository, branch }: Settings): object {
  return { path, repoURL: repository, targetRevision: branch };
}

function destinationOf({ targetNamespace }: Settings): object {
  return { namespace: targetNamespace, server: 'https://kubernetes.default.svc' };
}

function createApplication({ store }: World, settings: Settings): void {
  const { namespace, name, suspend } = settings;
  if (store.get('namespaces', { name: namespace }) === undefined) {
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  }
  store.create('applications', {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, namespace } },
    spec: {
      ...{ destination: destinationOf(settings), project: 'default', source: sourceOf(settings) },
      ...(suspend ? {} : { syncPolicy: { automated: { prune: true, selfHeal: true } } }),
    },
    status: { controllerNamespace: namespace, resourceHealthSource: 'appTree', sourceType: 'Kustomize' },
  });
}

interface Place {
  readonly world: World;
  readonly settings: Settings;
  readonly key: ObjectKey;
}

function edit({ world, key }: Place, change: (draft: Application) => void): void {
  world.store.change('applications', key, (draft) => {
    change(draft as Application);
    // Argo CD keeps its status inside of the object, so every write raises the generation.
    draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
  });
}

async function sync(
  place: Place,
  { snapshot, built, before }: { snapshot: Snapshot; built: readonly Manifest[]; before: readonly Manifest[] },
): Promise<void> {
  const { world, settings } = place;
  const now = () => timestamp(world.clock.now());
  const source = sourceOf(settings);
  const revision = snapshot.sha;
  const operation = {
    initiatedBy: { automated: true },
    retry: { limit: retryLimit },
    sync: { prune: true, revision, source },
  };
  const resourcesAs = (status: string) => built.map((object) => ({ ...identify(place, object), status }));
  const comparedTo = { destination: destinationOf(settings), source };
  const startedAt = now();
  edit(place, (draft) => {
    draft.operation = operation;
    delete draft.status.operationState;
  });
  edit(place, ({ status }) => {
    Object.assign(status, { reconciledAt: now(), resources: resourcesAs('OutOfSync') });
    status.sync = { comparedTo, revision, status: 'OutOfSync' };
  });
  edit(place, ({ status }) => void (status.operationState = { operation, phase: 'Running', startedAt }));
  for (let retryCount = 0; !world.signal.aborted; retryCount++) {
    const { resources, failure } = applyAll(place, built);
    const syncResult = { resources, revision, source };
    if (failure === undefined) {
      prune(place, built, before);
      finish(place, { operation, startedAt, syncResult, retryCount });
      await delay(50, undefined, { signal: world.signal }).catch(() => {});
      edit(place, ({ status }) => {
        Object.assign(status, { reconciledAt: now(), resources: resourcesAs('Synced') });
        status.sync = { comparedTo, revision, status: 'Synced' };
        status.summary = { images: [...new Set(built.flatMap(containersOf).map(({ image }) => image))] };
      });
      return;
    }
    const message = `one or more objects failed to apply, reason: ${failure}`;
    const state = { finishedAt: now(), operation, startedAt, syncResult, ...(retryCount > 0 ? { retryCount } : {}) };
    if (retryCount >= retryLimit) {
      edit(place, (draft) => {
        delete draft.operation;
        draft.status.operationState = {
          ...state,
          phase: 'Failed',
          message: `${message} (retried ${retryCount} times).`,
        };
      });
      return;
    }
    const told = `${message}. Retrying attempt #${retryCount + 1} at ${kitchenTime(world.clock.now())}.`;
    edit(place, ({ status }) => void (status.operationState = { ...state, phase: 'Running', message: told }));
    await delay(5 * 2 ** retryCount * world.pace.secondMs, undefined, { signal: world.signal }).catch(() => {});
  }
}

function kitchenTime(ms: number): string {
  const [, hours = '0', minutes = '00'] = /T(\d\d):(\d\d)/.exec(new Date(ms).toISOString()) ?? [];
  return `${Number(hours) % 12 || 12}:${minutes}${Number(hours) < 12 ? 'AM' : 'PM'}`;
}

function finish(
  place: Place,
  done: { operation: object; startedAt: string; syncResult: { revision: string; source: object }; retryCount: number },
): void {
  const { operation, startedAt, syncResult, retryCount } = done;
  const finishedAt = timestamp(place.world.clock.now());
  const { revision, source } = syncResult;
  edit(place, (draft) => {
    const history = draft.status.history ?? [];
    const entry = {
      deployStartedAt: startedAt,
      deployedAt: finishedAt,
      id: history.length,
      initiatedBy: { automated: true },
    };
    draft.status.history = [...history, { ...entry, revision, source }];
  });
  edit(place, (draft) => {
    delete draft.operation;
    draft.status.operationState = {
      ...{
        finishedAt,
        message: 'successfully synced (all tasks run)',
        operation,
        phase: 'Succeeded',
        startedAt,
        syncResult,
      },
      ...(retryCount > 0 ? { retryCount } : {}),
    };
  });
}

function identify({ settings }: Place, { kind, apiVersion, metadata }: Manifest) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const namespace = metadata.namespace ?? settings.targetNamespace;
  return { ...(group === '' ? {} : { group }), kind, name: metadata.name, namespace, version };
}

function applyAll(place: Place, built: readonly Manifest[]): SyncResult {
  const failures: string[] = [];
  const resources = built.map((object) => {
    const identity = identify(place, object);
    const images = containersOf(object).map(({ image }) => image);
    const common = { ...identity, ...(images.length > 0 ? { images } : {}), syncPhase: 'Sync' };
    const place_ = `${object.kind.toLowerCase()}${identity.group === undefined ? '' : `.${identity.group}`}/${identity.name}`;
    try {
      const { metadata } = object;
      const result = applyManifest(place.world.store, {
        ...object,
        metadata: { ...metadata, namespace: identity.namespace },
      });
      return { ...common, hookPhase: 'Running', message: `${place_} ${result}`, status: 'Synced' };
    } catch (error) {
      const message = `error when patching "/dev/shm/${Date.now()}": ${error instanceof Error ? error.message : String(error)}`;
      failures.push(message);
      return { ...common, hookPhase: 'Failed', message, status: 'SyncFailed' };
    }
  });
  return { resources, failure: failures[0] };
}

function prune({ world, settings }: Place, built: readonly Manifest[], before: readonly Manifest[]): void {
  const idOf = ({ kind, metadata }: Manifest) =>
    `${kind}/${metadata.namespace ?? settings.targetNamespace}/${metadata.name}`;
  const kept = new Set(built.map(idOf));
  for (const object of before) {
    const kind = kindOf(object);
    if (kept.has(idOf(object)) || kind === undefined) continue;
    const key = keyFor(kind, { namespace: settings.targetNamespace, ...object.metadata });
    deleteObject(world.store, kind.resource, { key, nowMs: world.clock.now() });
  }
}

function setHealth(world: World, key: ObjectKey, objects: readonly Manifest[]): void {
  if (objects.length === 0 || !world.running.controllers) return;
  const found = objects.flatMap((object) => {
    const kind = kindOf(object);
    const live = kind && (world.store.get(kind.resource, keyFor(kind, object.metadata)) as KubeObject | undefined);
    return live === undefined ? ['Missing'] : [healthOf(live)];
  });
  const names: Readonly<Record<string, string>> = { Failed: 'Degraded', Missing: 'Missing', InProgress: 'Progressing' };
  const worst = ['Failed', 'Missing', 'InProgress'].find((each) => found.includes(each));
  const status = worst === undefined ? 'Healthy' : (names[worst] ?? 'Unknown');
  const application = world.store.get('applications', key) as Application | undefined;
  if (application === undefined || application.status.health?.status === status) return;
  const at = timestamp(world.clock.now());
  world.store.change('applications', key, (draft) => {
    const app = draft as Application;
    app.status.health = { lastTransitionTime: at, status };
    app.status.reconciledAt = at;
    draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
  });
}

function fail(world: World, key: ObjectKey, message: string): void {
  const at = timestamp(world.clock.now());
  world.store.change('applications', key, (draft) => {
    const { status } = draft as Application;
    if (status.conditions?.some((each) => (each as { message?: string }).message === message)) return;
    status.conditions = [{ lastTransitionTime: at, message, type: 'ComparisonError' }];
    if (status.sync !== undefined) status.sync.status = 'Unknown';
  });
}
