import type { ClusterClient } from '#shared/cluster/client.ts';
import { isTransient } from '#shared/cluster/cluster-error.ts';
import { textOfError } from '#shared/errors.ts';
import type { Timer } from '#shared/retry.ts';
import { forLog } from '#shared/untrusted.ts';
import { ObservedState } from './cluster/observed-state.ts';
import type { Expectation } from './expectation.ts';
import { readFluxContext } from './gitops/read-flux-context.ts';
import type { RevisionBook } from './gitops/revision-book.ts';
import type { Inputs } from './inputs.ts';
import { type Plan, readExpectation, withRelation } from './read-plan.ts';
import { observeRollout } from './verdict/observe-rollout.ts';
import { planVerdict, type Verdict } from './verdict/plan-verdict.ts';
import { planQueries } from './workloads/plan-queries.ts';
import { type ResolvedTargets, resolveTargets } from './workloads/resolve-targets.ts';

/** What looking at the cluster needs. */
export interface ClusterPorts {
  readonly client: ClusterClient;
  readonly timer: Timer;
  readonly revisions: RevisionBook | undefined;
  readonly log: (line: string) => void;
}

/** What was seen, and what it means. */
export interface Verification {
  readonly observed: ObservedState;
  readonly expectation: Expectation;
  readonly verdict: Verdict;
}

/** Finds the workloads and waits for a verdict; with `dryRun` it reads everything once and waits for nothing. */
export async function verifyCluster(plan: Plan, inputs: Inputs, ports: ClusterPorts): Promise<Verification> {
  const { client, timer, revisions, log } = ports;
  const observed = new ObservedState();
  const begun = client.now();
  const search = {
    lines: inputs.workloads,
    repository: plan.image.repository,
    namespace: plan.namespace,
    gitOps: withRelation(plan.gitOps, revisions),
  };
  const deadline = inputs.dryRun ? begun : begun + plan.timeoutSeconds * 1000;
  const nothing = readExpectation(plan, inputs, { targets: [], start: begun, revisions });
  const isDecided = async () => {
    await revisions?.lookUp(observed);
    return /^(?:failed|suspended)$/.test(planVerdict(observed, nothing, client.now()).result);
  };
  const found = await unlessUnreachable(
    () => resolveTargets({ ...search, deadline }, { client, observed, timer, isDecided }),
    log,
  );
  if (found === undefined) return { observed, expectation: nothing, verdict: unreachable };
  const expectation = readExpectation(plan, inputs, { targets: found.targets, start: client.now(), revisions });
  log(`verifies ${found.targets.map(({ kind, name }) => `${kind}/${name}`).join(', ')} in ${plan.namespace}`);
  if (inputs.dryRun)
    return { observed, expectation, verdict: await readOnce(found, expectation, { client, observed, revisions }) };
  const verdict = await observeRollout({
    client,
    timer,
    observed,
    expectation,
    revisions,
    queries: planQueries(found.targets, plan.namespace, expectation.gitOps).map((query) => ({
      ...query,
      startAt: found.versions.get(query.resource),
    })),
    onProgress: progressLogger(log),
    onTrouble: (resource, error) => log(`lost the watch of ${resource} (${forLog(textOfError(error))}); reconnecting`),
  });
  return explained({ observed, expectation, verdict }, ports);
}

// What Flux waited for is of interest only when it waited in vain.
async function explained(verification: Verification, ports: ClusterPorts): Promise<Verification> {
  const { observed, expectation, verdict } = verification;
  const { gitOps } = expectation;
  if (verdict.result !== 'timed-out' || gitOps?.kind !== 'flux') return verification;
  await readFluxContext(gitOps, observed, ports);
  return { ...verification, verdict: planVerdict(observed, expectation, ports.client.now()) };
}

/** Waits `seconds` after a success, then looks again: the verdict must stand, and no container may have restarted. */
export async function soak(verification: Verification, seconds: number, ports: ClusterPorts): Promise<Verdict> {
  const { observed, expectation, verdict } = verification;
  const { client, timer, log } = ports;
  const before = restartsOf(verdict);
  await timer.sleep(seconds * 1000);
  const everything = { targets: expectation.targets, versions: new Map<string, string>() };
  const read = () => readOnce(everything, expectation, { client, observed, revisions: undefined });
  const again = await unlessUnreachable(read, log);
  if (again === undefined) return { ...verdict, result: 'unreachable' };
  const crashed = again.workloads
    .flatMap(({ pods }) => pods)
    .find((pod) => restarts(pod) > (before.get(pod.metadata.uid ?? '') ?? 0));
  if (crashed === undefined) return again.result === 'waiting' ? { ...again, result: 'failed' } : again;
  const object = `pod/${crashed.metadata.name}`;
  const evidence = `a container restarted within ${seconds} s after the rollout`;
  const cause = { class: 'SoakFailed', object, objects: [object], reason: 'Restarted', evidence } as const;
  return { ...again, result: 'failed', causes: [cause] };
}

const unreachable: Verdict = { result: 'unreachable', causes: [], workloads: [], nextAt: 0 };

// A network that stays down is a result of its own: nothing is known, so nothing failed.
async function unlessUnreachable<T>(read: () => Promise<T>, log: (line: string) => void): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isTransient(error)) throw error;
    log(`the API server cannot be reached: ${forLog(textOfError(error))}`);
    return undefined;
  }
}

async function readOnce(
  { targets, versions }: ResolvedTargets,
  expectation: Expectation,
  {
    client,
    observed,
    revisions,
  }: { client: ClusterClient; observed: ObservedState; revisions: RevisionBook | undefined },
): Promise<Verdict> {
  for (const query of planQueries(targets, expectation.namespace, expectation.gitOps)) {
    if (versions.has(query.resource)) continue;
    const { items } = await client.list(query);
    observed.apply({ at: client.now(), type: 'LIST', resource: query.resource, object: { items: items as never } });
  }
  await revisions?.lookUp(observed);
  return planVerdict(observed, expectation, client.now());
}

type VerifiedPod = Verdict['workloads'][number]['pods'][number];

function restarts(pod: VerifiedPod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

function restartsOf(verdict: Verdict): Map<string, number> {
  return new Map(
    verdict.workloads.flatMap(({ pods }) => pods.map((pod) => [pod.metadata.uid ?? '', restarts(pod)] as const)),
  );
}

function progressLogger(log: (line: string) => void): (verdict: Verdict) => void {
  let last = '';
  return (verdict) => {
    const cause = verdict.causes[0];
    const why = cause === undefined || cause.class === 'RolloutIncomplete' ? '' : ` (${cause.class})`;
    const gitOps = verdict.gitOps === undefined ? [] : [`GitOps: ${verdict.gitOps.progress}`];
    const line =
      [...gitOps, ...verdict.workloads.map(({ workload, progress }) => `${workload}: ${progress}`)].join('; ') + why;
    if (line !== last) log(forLog(line));
    last = line;
  };
}
