import { applyManifest, deleteObject, keyFor, type Manifest } from '../apply.ts';
import { resourceKinds } from '../resource-kinds.ts';
import { type Run, type Status, tell } from './flux-status.ts';

/** Applies the objects and gives the inventory; throws with the text of the first one that is refused. */
export function applyAll(run: Run, objects: readonly Manifest[]): { id: string; v: string }[] {
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

/** Deletes what an earlier commit applied and this one does not have any more. */
export function prune(run: Run, inventory: readonly { id: string }[]): void {
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
