import type { ClusterClient } from '#shared/cluster/client.ts';
import { ClusterError } from '#shared/cluster/cluster-error.ts';
import type { Pod } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Cause } from '../verdict/plan-verdict.ts';
import { parseLogExcerpt } from './parse-log-excerpt.ts';
import { telling } from './plan-causes-told.ts';

/** The last lines of the run that crashed, for the causes where a log tells something; [] when there is none or it may not be read. */
export async function readLogs(
  cause: Cause,
  options: {
    client: ClusterClient;
    observed: ObservedState;
    namespace: string;
    lines: number;
    known: readonly string[];
  },
): Promise<readonly string[]> {
  if (!telling.has(cause.class)) return [];
  const pod = podOf(cause, options.observed);
  const container = cause.container ?? pod?.spec?.containers?.[0]?.name;
  if (pod === undefined || container === undefined) return [];
  // A container that still runs has no crashed run to read.
  const runs = cause.class === 'ReadinessFailed' || cause.class === 'JobFailed' ? [false] : [true, false];
  for (const previous of runs) {
    try {
      const text = await options.client.readLog({
        namespace: options.namespace,
        pod: pod.metadata.name,
        container,
        previous,
        lines: options.lines,
      });
      if (text.trim() !== '') return parseLogExcerpt(text, { lines: options.lines, known: options.known });
    } catch (error) {
      // Logs explain a verdict and never change it: without the right to read them the cause still stands.
      if (!(error instanceof ClusterError)) return [];
    }
  }
  return [];
}

function podOf(cause: Cause, observed: ObservedState): Pod | undefined {
  const [kind, name = ''] = cause.object.split('/');
  if (kind === 'pod') return observed.find<Pod>('pods', name)?.object;
  const owner = observed.find(`${kind}s`, name)?.object.metadata.uid;
  const pods = observed.all<Pod>('pods').map(({ object }) => object);
  return pods.findLast((pod) => (pod.metadata.ownerReferences ?? []).some(({ uid }) => uid === owner));
}
