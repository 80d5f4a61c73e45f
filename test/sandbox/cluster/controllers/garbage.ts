import { deleteObject } from '../apply.ts';
import type { KubeObject } from '../kube-objects.ts';
import type { Resource } from '../resource-kinds.ts';
import type { World } from '../world.ts';
import { ownerOf } from './pods-of.ts';

const owned: readonly Resource[] = ['pods', 'replicasets', 'controllerrevisions', 'jobs'];

/** Deletes what belongs to an object that is gone. */
export function runGarbageCollector(world: World): void {
  const { store, clock, signal, running } = world;
  const stop = store.onChange(({ type, object }) => {
    if (type !== 'DELETED' || !running.controllers) return;
    for (const resource of owned) {
      for (const child of store.list(resource, object.metadata.namespace) as KubeObject[]) {
        if (ownerOf(child)?.uid !== object.metadata.uid) continue;
        const { namespace, name } = child.metadata;
        deleteObject(store, resource, { key: { namespace, name }, nowMs: clock.now() });
      }
    }
  });
  signal.addEventListener('abort', stop);
}
