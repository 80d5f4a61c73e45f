import { keyFor, type Manifest } from '../apply.ts';
import type { KubeObject } from '../kube-objects.ts';
import { kindOf } from '../resource-kinds.ts';
import type { World } from '../world.ts';
import { change, conditionsWith, progress, ReconcileError, type Run } from './flux-status.ts';
import { type Health, healthOf } from './health.ts';

/** Waits until all objects are healthy; throws a ReconcileError when one has failed or the time is over. */
export async function checkHealth(run: Run, objects: readonly Manifest[]): Promise<void> {
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
    await nextChange(world, deadline - Date.now());
  }
}

/** Resolves at the next change of any object, or after `ms`; rejects when the cluster closes. */
async function nextChange({ store, signal }: World, ms: number): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => end(() => reject(signal.reason));
    const stop = store.onChange(() => end(resolve));
    const timer = setTimeout(() => end(resolve), ms + 1);
    signal.addEventListener('abort', abort);
  });
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
