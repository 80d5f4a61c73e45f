import type { DaemonSet, KubeObject, StatefulSet } from '../kube-objects.ts';
import type { World } from '../world.ts';
import { childrenOf, ownedBy, templateHash } from './pods-of.ts';

/** The label by which pods tell the revision of their StatefulSet or DaemonSet. */
export const revisionLabel = 'controller-revision-hash';

/** Makes sure that the present template has a ControllerRevision; gives its hash. */
export function ensureRevision(world: World, owner: StatefulSet | DaemonSet): string {
  const { template } = owner.spec;
  const hash = templateHash(template);
  const { name, namespace } = owner.metadata;
  const revisions = childrenOf(world, 'controllerrevisions', owner) as (KubeObject & { revision?: number })[];
  const newest = Math.max(0, ...revisions.map(({ revision }) => revision ?? 0));
  const known = revisions.find(({ metadata }) => metadata.name === `${name}-${hash}`);
  if (known === undefined) {
    world.store.create('controllerrevisions', {
      ...{ apiVersion: 'apps/v1', kind: 'ControllerRevision' },
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...template.metadata.labels, [revisionLabel]: hash },
        ownerReferences: [ownedBy(owner)],
      },
      data: { spec: { template: { $patch: 'replace', ...structuredClone(template) } } },
      revision: newest + 1,
    } as never);
  } else if (known.revision !== newest) {
    const key = { namespace, name: known.metadata.name };
    world.store.change('controllerrevisions', key, (draft) => void Object.assign(draft, { revision: newest + 1 }));
  }
  return hash;
}
