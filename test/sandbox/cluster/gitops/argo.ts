import type { Manifest } from '../apply.ts';
import type { ObjectKey } from '../store.ts';
import type { World } from '../world.ts';
import { createApplication, failComparison, setHealth } from './argo-application.ts';
import { sync } from './argo-sync.ts';
import { buildKustomization } from './build-kustomization.ts';
import type { GitOpsController, Settings } from './follow.ts';
import type { Snapshot } from './git-source.ts';

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
      if ('failure' in state) return failComparison(world, key, `Failed to load target state: ${state.failure}`);
      if (state.snapshot.sha === wanted || suspended) return;
      try {
        const built = build(state.snapshot, settings);
        wanted = state.snapshot.sha;
        // One operation at a time: a newer commit waits until the older operation has ended.
        syncing = syncing.then(() =>
          sync({ world, settings, key }, { snapshot: state.snapshot, built, before: objects }),
        );
        void syncing.then(() => {
          objects = built;
          setHealth(world, key, objects);
        });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const message = `Failed to load target state: failed to generate manifest for source 1 of 1: ${why}`;
        failComparison(world, key, message);
      }
    },
    suspend(value) {
      suspended = value;
      setPolicy(world, key, value);
    },
  };
}

function build({ files }: Snapshot, { path, targetNamespace }: Settings): Manifest[] {
  return buildKustomization(files, path).map((object) => {
    const { namespace = targetNamespace } = object.metadata;
    return { ...object, metadata: { ...object.metadata, namespace } };
  });
}

function setPolicy({ store }: World, key: ObjectKey, suspended: boolean): void {
  store.change('applications', key, ({ spec }) => {
    const policy = suspended ? {} : { syncPolicy: { automated: { prune: true, selfHeal: true } } };
    delete (spec as { syncPolicy?: object }).syncPolicy;
    Object.assign(spec as object, policy);
  });
}
