import { keyFor, type Manifest } from '../apply.ts';
import type { KubeObject } from '../kube-objects.ts';
import { kindOf } from '../resource-kinds.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import type { Settings } from './follow.ts';
import { healthOf } from './health.ts';

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

/** An Application of Argo CD. */
export interface Application extends KubeObject {
  operation?: object;
  status: AppStatus;
}

/** Where the Application reads from. */
export function sourceOf({ path, repository, branch }: Settings): object {
  return { path, repoURL: repository, targetRevision: branch };
}

/** Where the Application applies to. */
export function destinationOf({ targetNamespace }: Settings): object {
  return { namespace: targetNamespace, server: 'https://kubernetes.default.svc' };
}

/** Creates the Application with automated sync, or without when it is suspended. */
export function createApplication({ store }: World, settings: Settings): void {
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

/** The Application that is worked on. */
export interface Place {
  readonly world: World;
  readonly settings: Settings;
  readonly key: ObjectKey;
}

/** Changes the Application. */
export function edit({ world, key }: Place, change: (draft: Application) => void): void {
  world.store.change('applications', key, (draft) => {
    change(draft as Application);
    // Argo CD keeps its status inside of the object, so every write raises the generation.
    draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
  });
}

/** Sets the health of the Application from that of its objects. */
export function setHealth(world: World, key: ObjectKey, objects: readonly Manifest[]): void {
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

/** Tells that the wanted state cannot be known. */
export function failComparison(world: World, key: ObjectKey, message: string): void {
  const at = timestamp(world.clock.now());
  world.store.change('applications', key, (draft) => {
    const { status } = draft as Application;
    if (status.conditions?.some((each) => (each as { message?: string }).message === message)) return;
    status.conditions = [{ lastTransitionTime: at, message, type: 'ComparisonError' }];
    if (status.sync !== undefined) status.sync.status = 'Unknown';
  });
}
