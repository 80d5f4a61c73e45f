import type { ClusterClient } from '#shared/cluster/client.ts';
import { textOfError } from '#shared/errors.ts';
import { forLog } from '#shared/untrusted.ts';
import type { KubeObject, Kustomization } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { GitOpsTarget } from '../expectation.ts';

/**
 * Reads what a Kustomization waits for: its source and the Kustomizations that it depends on. Only once, when it did not
 * get ready in time, because watching the objects of others would cost every run. What may not be read stays unknown.
 */
export async function readFluxContext(
  { name, namespace }: GitOpsTarget,
  observed: ObservedState,
  { client, log }: { client: ClusterClient; log: (line: string) => void },
): Promise<void> {
  const spec = observed.find<Kustomization>('kustomizations', name, namespace)?.object.spec;
  const dependencies = spec?.dependsOn ?? [];
  const wanted = [
    ...(spec?.sourceRef === undefined ? [] : [{ resource: 'gitrepositories', ...spec.sourceRef }]),
    ...dependencies.map((dependency) => ({ resource: 'kustomizations', ...dependency })),
  ].map(({ resource, namespace: other = namespace }) => ({ resource, namespace: other }));
  const queries = new Map(wanted.map((query) => [`${query.resource}/${query.namespace}`, query]));
  for (const query of queries.values()) {
    try {
      const { items } = await client.list(query);
      // Not as a list, which would remove what was read from another namespace.
      for (const object of items as readonly KubeObject[])
        observed.apply({ at: client.now(), type: 'ADDED', resource: query.resource, object });
    } catch (error) {
      log(`cannot read ${query.resource} of ${query.namespace}: ${forLog(textOfError(error))}`);
    }
  }
}
