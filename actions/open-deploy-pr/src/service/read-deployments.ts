import type { GitHubClient } from '#shared/github/client.ts';
import { type Deployment, listDeploymentStatuses, listDeployments } from '#shared/github/deployments.ts';
import { statusOf } from '#shared/github/request-error.ts';
import type { Proof } from '../facts/deploy-facts.ts';
import { type DeploymentNote, deploymentNote, isSameDeploy } from './parse-deployment.ts';

/** What the deployment records of the service say about one environment. */
export interface Records {
  /** Our own record for this pull request, which is still open. */
  readonly own: { readonly id: number; readonly isQueued: boolean } | undefined;
  readonly lastVerified: string | undefined;
  /** Ids of the environment's records that belong to this service. */
  readonly ids: ReadonlySet<number>;
  /** Why they could not be read. */
  readonly problem: string | undefined;
}

// A look further back costs a request each.
const MAX_STATUS_READS = 4;
// Runs at the same time each make a record before they agree on the oldest, so all of theirs have to be seen.
const MAX_OWN_READS = 20;
const OPEN_STATES = ['queued', 'pending'];

/** Reads the newest records of an environment; never throws for what the repository refuses. */
export async function readRecords(
  github: GitHubClient,
  repository: string,
  wanted: DeploymentNote & { ref: string | undefined },
): Promise<Records> {
  try {
    const all = await listDeployments(github, repository, { environment: wanted.environment });
    const ofService = all.filter(({ payload }) => deploymentNote(payload)?.service === wanted.service);
    const own = await findOwn(github, repository, { candidates: ofService, wanted });
    const others = ofService.filter((one) => deploymentNote(one.payload)?.version !== wanted.version);
    const verified = await findVerified(github, repository, others);
    const lastVerified = verified === undefined ? undefined : deploymentNote(verified.deployment.payload)?.version;
    return { own, lastVerified, ids: new Set(ofService.map(({ id }) => id)), problem: undefined };
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    return { own: undefined, lastVerified: undefined, ids: new Set(), problem: `answered ${statusOf(error)}` };
  }
}

/** The open record of this very deploy; of several (from runs at the same time) the oldest. */
export async function findOwn(
  github: GitHubClient,
  repository: string,
  { candidates, wanted }: { candidates: readonly Deployment[]; wanted: DeploymentNote & { ref: string | undefined } },
): Promise<Records['own']> {
  const same = candidates
    .filter(({ payload, ref }) => ref === wanted.ref && isSameDeploy(deploymentNote(payload), wanted))
    .sort((a, b) => a.id - b.id);
  for (const { id } of same.slice(-MAX_OWN_READS)) {
    const [newest] = await listDeploymentStatuses(github, repository, id);
    if (newest === undefined) return { id, isQueued: false };
    if (OPEN_STATES.includes(newest.state)) return { id, isQueued: true };
  }
  return undefined;
}

/** Whether and since when `environment` has verified the version; undefined when it has not. Throws what the requests throw. */
export async function readProof(
  github: GitHubClient,
  repository: string,
  wanted: { environment: string; service: string; version: string; digest: string },
): Promise<Proof | undefined> {
  const all = await listDeployments(github, repository, { environment: wanted.environment });
  const same = all.filter(({ payload }) => {
    const note = deploymentNote(payload);
    const isDigest = wanted.digest === '' || note?.digest === undefined || note.digest === wanted.digest;
    return note?.service === wanted.service && note.version === wanted.version && isDigest;
  });
  const found = await findVerified(github, repository, same);
  return found === undefined ? undefined : { environment: wanted.environment, verifiedAt: found.verifiedAt };
}

// A success that a later failure of the version took back is none; GitHub adds `inactive` when the next version arrives.
async function findVerified(
  github: GitHubClient,
  repository: string,
  deployments: readonly Deployment[],
): Promise<{ deployment: Deployment; verifiedAt: string } | undefined> {
  const failed = new Set<string | undefined>();
  for (const deployment of deployments.slice(0, MAX_STATUS_READS)) {
    const version = deploymentNote(deployment.payload)?.version;
    const statuses = await listDeploymentStatuses(github, repository, deployment.id);
    const verdict = statuses.find(({ state }) => state !== 'inactive');
    if (verdict?.state === 'failure' || verdict?.state === 'error') failed.add(version);
    if (verdict?.state === 'success' && !failed.has(version)) return { deployment, verifiedAt: verdict.createdAt };
  }
  return undefined;
}
