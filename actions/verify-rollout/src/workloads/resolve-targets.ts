import type { ClusterClient } from '#shared/cluster/client.ts';
import type { Timer } from '#shared/retry.ts';
import type { KubeObject } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { GitOpsTarget, Target } from '../expectation.ts';
import type { WorkloadLine } from '../inputs.ts';
import { reasons, userError } from '../reasons.ts';
import { gitOpsQuery, type Query } from './plan-queries.ts';
import { discoveredKinds, inventoryOf, needsDiscovery, planTargets } from './plan-targets.ts';

const againMs = 5000;

/** The workloads to verify, and the resource versions of the lists that it took to find them. */
export interface ResolvedTargets {
  readonly targets: readonly Target[];
  readonly versions: ReadonlyMap<string, string>;
}

/** Where to look, and until when (server milliseconds) a workload may still come into being. */
export interface TargetSearch {
  readonly lines: readonly WorkloadLine[];
  readonly repository: string;
  readonly namespace: string;
  readonly gitOps: GitOpsTarget | undefined;
  readonly deadline: number;
}

/**
 * Finds the workloads; a new one may only come with the commit, so it looks again until `deadline`, or until
 * `isDecided`: then there is none, because the GitOps controller failed before. Throws `no-workloads`.
 */
export async function resolveTargets(
  search: TargetSearch,
  ports: { client: ClusterClient; observed: ObservedState; timer: Timer; isDecided: () => Promise<boolean> },
): Promise<ResolvedTargets> {
  const { client, observed, timer, isDecided } = ports;
  const versions = new Map<string, string>();
  async function list(query: Query): Promise<readonly KubeObject[]> {
    const answer = await client.list(query);
    const items = answer.items as readonly KubeObject[];
    observed.apply({ at: client.now(), type: 'LIST', resource: query.resource, object: { items } });
    versions.set(query.resource, answer.metadata.resourceVersion ?? '0');
    return items;
  }
  for (;;) {
    const inventory = await readInventory(search, list);
    const kinds = kindsToList(search, inventory);
    for (const kind of kinds) await list({ resource: `${kind}s`, namespace: search.namespace });
    const targets = planTargets(observed, { ...search, inventory });
    if (targets.length > 0 || (search.gitOps !== undefined && (await isDecided()))) return { targets, versions };
    if (client.now() + againMs > search.deadline) break;
    await timer.sleep(againMs);
  }
  const where = `Namespace ${search.namespace}, image ${search.repository || 'any'}.`;
  throw userError('no-workloads', `${reasons['no-workloads'].meaning} ${where}`);
}

async function readInventory(
  search: TargetSearch,
  list: (query: Query) => Promise<readonly KubeObject[]>,
): Promise<Target[] | undefined> {
  if (search.gitOps === undefined || search.lines.length > 0) return undefined;
  const object = (await list(gitOpsQuery(search.gitOps)))[0];
  return object === undefined ? undefined : inventoryOf(object, search.namespace);
}

function kindsToList(search: TargetSearch, inventory: readonly Target[] | undefined): readonly Target['kind'][] {
  if (inventory !== undefined) return [...new Set(inventory.map(({ kind }) => kind))];
  return needsDiscovery(search.lines) ? discoveredKinds : [];
}
