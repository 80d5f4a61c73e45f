import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { applyManifest, deleteObject, keyFor, type Manifest } from '../apply.ts';
import type { Condition, KubeObject } from '../kube-objects.ts';
import { kindOf, resourceKinds } from '../resource-kinds.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import { buildKustomization } from './build-kustomization.ts';
import { revisionOf } from './flux.ts';
import type { Settings } from './follow.ts';
import type { Snapshot } from './git-source.ts';
import { type Health, healthOf } from './health.ts';

const component = 'kustomize-controller';
const retrySeconds = 5;

/** Brings the newest commit into the cluster, one at a time. */
export interface Kustomizer {
  offer(snapshot: Snapshot): void;
  suspend(suspended: boolean): void;
}

interface Status {
  observedGeneration?: number;
  conditions?: Condition[];
  lastAppliedRevision?: string;
  lastAttemptedRevision?: string;
  inventory?: { entries: { id: string; v: string }[] };
  history?: object[];
}

interface Run {
  readonly world: World;
  readonly settings: Settings;
  readonly key: ObjectKey;
  readonly snapshot: Snapshot;
  readonly revision: string;
  readonly generation: number;
}

/** A failure that Flux tells in the Ready condition. */
class ReconcileError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Runs kustomize-controller for one Kustomization. */
export function createKustomizer(world: World, settings: Settings): Kustomizer {
  const key: ObjectKey = { namespace: settings.namespace, name: settings.name };
  let newest: Snapshot | undefined;
  let applied: string | undefined;
  let busy = false;
  let suspended = settings.suspend;

  async function work(): Promise<void> {
    if (busy || newest === undefined || newest.sha === applied || suspended || world.signal.aborted) return;
    busy = true;
    const snapshot = newest;
    const generation = world.store.get('kustomizations', key)?.metadata.generation ?? 1;
    const run = { world, settings, key, snapshot, revision: revisionOf(settings.branch, snapshot.sha), generation };
    const done = await reconcile(run);
    if (done) applied = snapshot.sha;
    else await delay(retrySeconds * world.pace.secondMs, undefined, { signal: world.signal }).catch(() => {});
    busy = false;
    return work();
  }

  return {
    offer(snapshot) {
      newest = snapshot;
      void work();
    },
    suspend(value) {
      suspended = value;
      world.store.change('kustomizations', key, ({ spec }) => {
        Object.assign(spec as object, { suspend: value });
      });
      void work();
    },
  };
}

async function reconcile(run: Run): Promise<boolean> {
  const { world, revision, settings } = run;
  const begun = Date.now();
  const step = (what: string) =>
    progress(run, `${what} for revision ${revision} with a timeout of ${settings.timeoutSeconds}s`);
  try {
    step('Fetching manifests');
    await moment(world);
    step('Building manifests');
    change(run, (status) => void (status.lastAttemptedRevision = revision));
    await moment(world);
    const objects = attempt('BuildFailed', () => buildKustomization(run.snapshot.files, settings.path));
    step('Detecting drift');
    const inventory = attempt('ReconciliationFailed', () => applyAll(run, objects));
    prune(run, inventory);
    change(run, (status) => void (status.inventory = { entries: inventory }));
    if (settings.wait) await checkHealth(run, objects);
    succeed(run, begun);
    return true;
  } catch (error) {
    if (world.signal.aborted) return false;
    if (!(error instanceof ReconcileError)) throw error;
    refuse(run, error);
    return false;
  }
}

function attempt<T>(reason: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ReconcileError(reason, error instanceof Error ? error.message : String(error));
  }
}

function moment({ signal }: World): Promise<void> {
  return delay(15, undefined, { signal });
}

function change({ world, key, generation }: Run, edit: (status: Status) => void): KubeObject | undefined {
  return world.store.change('kustomizations', key, (draft) => {
    const status = draft.status as Status;
    edit(status);
    status.observedGeneration = generation;
  });
}

function conditionsWith({ world, generation }: Run, known: readonly Condition[] = []) {
  const at = timestamp(world.clock.now());
  return (type: string, status: Condition['status'], told: { reason: string; message: string }): Condition => {
    const before = known.find((each) => each.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : at;
    return { lastTransitionTime, ...told, observedGeneration: generation, status, type };
  };
}

function progress(run: Run, message: string): void {
  change(run, (status) => {
    const condition = conditionsWith(run, status.conditions);
    const healthy = status.conditions?.filter(({ type }) => type === 'Healthy') ?? [];
    status.conditions = [
      condition('Reconciling', 'True', { reason: 'Progressing', message }),
      condition('Ready', 'Unknown', { reason: 'Progressing', message: 'Reconciliation in progress' }),
      ...healthy,
    ];
  });
}

function applyAll(run: Run, objects: readonly Manifest[]): { id: string; v: string }[] {
  const { world, settings } = run;
  const owner = 'kustomize.toolkit.fluxcd.io';
  const lines: string[] = [];
  const entries = objects.map((object) => {
    const labels = { [`${owner}/name`]: settings.name, [`${owner}/namespace`]: settings.namespace };
    const { kind, metadata } = object;
    const place = `${kind}/${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
    try {
      const result = applyManifest(world.store, {
        ...object,
        metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
      });
      if (result !== 'unchanged') lines.push(`${place} ${result}`);
    } catch (error) {
      throw new Error(`${place} dry-run failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
    return {
      id: `${metadata.namespace ?? ''}_${metadata.name}_${group}_${kind}`,
      v: object.apiVersion.split('/').at(-1) ?? '',
    };
  });
  if (lines.length > 0) tell(run, { reason: 'Progressing', message: lines.join('\n') });
  return entries;
}

// What an earlier commit applied and this one does not have any more.
function prune(run: Run, inventory: readonly { id: string }[]): void {
  const { store, clock } = run.world;
  const before = (store.get('kustomizations', run.key)?.status as Status | undefined)?.inventory?.entries ?? [];
  for (const { id } of before) {
    if (inventory.some((entry) => entry.id === id)) continue;
    const [namespace = '', name = '', group = '', kind = ''] = id.split('_');
    const found = resourceKinds.find((each) => each.kind === kind && each.group === group);
    if (found === undefined) continue;
    deleteObject(store, found.resource, { key: keyFor(found, { namespace, name }), nowMs: clock.now() });
    tell(run, { reason: 'Progressing', message: `${kind}/${namespace}/${name} deleted` });
  }
}

async function checkHealth(run: Run, objects: readonly Manifest[]): Promise<void> {
  const { world, revision, settings } = run;
  const message = `Running health checks for revision ${revision} with a timeout of ${settings.timeoutSeconds}s`;
  progress(run, message);
  change(run, (status) => {
    const condition = conditionsWith(run, status.conditions);
    const others = status.conditions?.filter(({ type }) => type !== 'Healthy') ?? [];
    status.conditions = [...others, condition('Healthy', 'Unknown', { reason: 'Progressing', message })];
  });
  const begun = Date.now();
  const deadline = begun + settings.timeoutSeconds * world.pace.secondMs;
  for (;;) {
    const found = objects.map((object) => [object, healthNow(world, object)] as const);
    const took = `${(Date.now() - begun) / 1000}s`;
    const listed = (wanted: Health) =>
      found
        .filter(([, health]) => health === wanted)
        .map(([{ kind, metadata }]) => `${kind}/${metadata.namespace}/${metadata.name} status: '${wanted}'`)
        .join(', ');
    if (listed('Failed') !== '') {
      throw new ReconcileError(
        'HealthCheckFailed',
        `health check failed after ${took}: failed early due to stalled resources: [${listed('Failed')}]`,
      );
    }
    if (listed('InProgress') === '') return setHealthy(run, `Health check passed in ${took}`);
    if (Date.now() > deadline) {
      throw new ReconcileError(
        'HealthCheckFailed',
        `health check failed after ${took}: timeout waiting for: [${listed('InProgress')}]`,
      );
    }
    await delay(100, undefined, { signal: world.signal });
  }
}

function healthNow({ store }: World, object: Manifest): Health {
  const kind = kindOf(object);
  const found = kind && (store.get(kind.resource, keyFor(kind, object.metadata)) as KubeObject | undefined);
  return found === undefined ? 'InProgress' : healthOf(found);
}

function setHealthy(run: Run, message: string): void {
  change(run, (status) => {
    const condition = conditionsWith(run, status.conditions);
    const others = status.conditions?.filter(({ type }) => type !== 'Healthy') ?? [];
    status.conditions = [...others, condition('Healthy', 'True', { reason: 'Succeeded', message })];
  });
}

// As recorded: Ready becomes True some ms before lastAppliedRevision moves.
function succeed(run: Run, begun: number): void {
  const { revision, world } = run;
  const told = { reason: 'ReconciliationSucceeded', message: `Applied revision: ${revision}` };
  change(run, (status) => {
    const condition = conditionsWith(run, status.conditions);
    const healthy = status.conditions?.filter(({ type }) => type === 'Healthy') ?? [];
    status.conditions = [condition('Ready', 'True', told), ...healthy];
  });
  const at = timestamp(world.clock.now());
  const took = `${(Date.now() - begun) / 1000}s`;
  change(run, (status) => {
    status.lastAppliedRevision = revision;
    const entry = {
      ...{
        digest: `sha256:${createHash('sha256').update(revision).digest('hex')}`,
        firstReconciled: at,
        lastReconciled: at,
      },
      ...{
        lastReconciledDuration: took,
        lastReconciledStatus: told.reason,
        metadata: { revision },
        totalReconciliations: 1,
      },
    };
    status.history = [entry, ...(status.history ?? [])].slice(0, 5);
  });
  tell(run, { reason: told.reason, message: `Reconciliation finished in ${took}, next run in 1m0s` });
}

function refuse(run: Run, { reason, message }: ReconcileError): void {
  change(run, (status) => {
    const condition = conditionsWith(run, status.conditions);
    const before = status.conditions?.find(({ type }) => type === 'Reconciling')?.message ?? '';
    const healthy = reason === 'HealthCheckFailed' ? [condition('Healthy', 'False', { reason, message })] : [];
    status.conditions = [
      condition('Reconciling', 'True', { reason: 'ProgressingWithRetry', message: before }),
      condition('Ready', 'False', { reason, message }),
      ...healthy,
    ];
  });
  tell(run, { reason, message, type: 'Warning' });
}

function tell({ world, key, revision }: Run, event: { reason: string; message: string; type?: 'Warning' }): void {
  const about = world.store.get('kustomizations', key);
  if (about === undefined) return;
  world.record({ ...event, about, component, annotations: { 'kustomize.toolkit.fluxcd.io/revision': revision } });
}
