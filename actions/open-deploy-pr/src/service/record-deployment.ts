import type { GitHubClient } from '#shared/github/client.ts';
import {
  createDeployment,
  createDeploymentStatus,
  listDeploymentStatuses,
  listDeployments,
} from '#shared/github/deployments.ts';
import { explained } from '#shared/github/reasons.ts';
import { messageOf, statusOf } from '#shared/github/request-error.ts';
import { type DeploymentNote, deploymentNote } from './parse-deployment.ts';
import { findOwn, type Records } from './read-deployments.ts';
import { writeOnce } from './uncertain-write.ts';

/** A deployment to record. */
export interface DeploymentRequest {
  readonly source: GitHubClient;
  readonly repository: string;
  readonly ref: string;
  readonly note: DeploymentNote;
  readonly description: string;
  /** Told to whoever reads the payload. */
  readonly mode: string;
}

/** The record of this deploy, or why there is none. */
export type Recorded = { readonly own: Records['own']; readonly problem?: undefined } | { readonly problem: string };

/**
 * Finds or creates the record. GitHub has no unique key for them, so after creating one the list is read again: of runs at
 * the same time all take the oldest, and who made a younger one ends it.
 */
export async function ensureDeployment(request: DeploymentRequest, records: Records): Promise<Recorded> {
  if (records.own !== undefined) return { own: records.own };
  const { source, repository, ref, note, description, mode } = request;
  try {
    const made = await writeOnce(
      async () => {
        const payload = { ...note, mode };
        return {
          id: (await createDeployment(source, { repository, ref, environment: note.environment, description, payload }))
            .id,
        };
      },
      () => findAgain(request),
    );
    const oldest = await findAgain(request);
    if (oldest === undefined || oldest.id === made.id) return { own: { id: made.id, isQueued: false } };
    await end(request, made.id, 'Another run recorded this deployment');
    return { own: oldest };
  } catch (error) {
    const status = statusOf(error);
    // A missing right or ref takes the record away, not the deployment.
    if (status === undefined || ![403, 404, 409, 422].includes(status)) throw error;
    return { problem: `${repository} refused a deployment record: ${status} ${messageOf(error)}` };
  }
}

/** Writes the status `queued` with a link to the pull request. */
export async function queueDeployment(
  request: Pick<DeploymentRequest, 'source' | 'repository'>,
  { id, pull }: { id: number; pull: { number: number; url: string } },
): Promise<void> {
  await explained('writing the deployment status', () =>
    createDeploymentStatus(request.source, {
      repository: request.repository,
      deploymentId: id,
      state: 'queued',
      description: `Waits for pull request #${pull.number}`,
      logUrl: pull.url,
    }),
  );
}

/** Ends the record `id` without a verdict. */
export async function end(
  { source, repository }: Pick<DeploymentRequest, 'source' | 'repository'>,
  id: number,
  description: string,
): Promise<void> {
  await explained('ending a deployment record', () =>
    createDeploymentStatus(source, { repository, deploymentId: id, state: 'inactive', description }),
  );
}

/** Whether the record `id` was ended, maybe by a run that was cut off before it could go on. */
export async function isEnded(
  { source, repository }: Pick<DeploymentRequest, 'source' | 'repository'>,
  id: number,
): Promise<boolean> {
  const [newest] = await explained('reading a deployment record', () => listDeploymentStatuses(source, repository, id));
  return newest?.state === 'inactive';
}

async function findAgain({ source, repository, ref, note }: DeploymentRequest): Promise<Records['own']> {
  const all = await listDeployments(source, repository, { environment: note.environment });
  const candidates = all.filter(({ payload }) => deploymentNote(payload)?.service === note.service);
  return findOwn(source, repository, { candidates, wanted: { ...note, ref } });
}
