import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import { buildKustomization } from './build-kustomization.ts';
import { revisionOf } from './flux.ts';
import { applyAll, prune } from './flux-apply.ts';
import { checkHealth } from './flux-health.ts';
import { change, conditionsWith, progress, ReconcileError, type Run, tell } from './flux-status.ts';
import type { Settings } from './follow.ts';
import type { Snapshot } from './git-source.ts';

const retrySeconds = 5;

/** Brings the newest commit into the cluster, one at a time. */
export interface Kustomizer {
  offer(snapshot: Snapshot): void;
  suspend(suspended: boolean): void;
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
    change(run, (status) => {
      status.lastAttemptedRevision = revision;
    });
    await moment(world);
    const objects = attempt('BuildFailed', () => buildKustomization(run.snapshot.files, settings.path));
    step('Detecting drift');
    const inventory = attempt('ReconciliationFailed', () => applyAll(run, objects));
    prune(run, inventory);
    change(run, (status) => {
      status.inventory = { entries: inventory };
    });
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
