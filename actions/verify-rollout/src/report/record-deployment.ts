import type { GitHubClient } from '#shared/github/client.ts';
import {
  createDeploymentStatus,
  type DeploymentState,
  listDeploymentStatuses,
  listDeployments,
} from '#shared/github/deployments.ts';
import type { Result } from '../verdict/plan-verdict.ts';

/** Where the result of a deployment is recorded. */
export interface DeploymentRecord {
  readonly repository: string;
  readonly deploymentId: number | undefined;
  /** To find the deployment where its id is not known. */
  readonly environment: string;
  readonly ref: string;
}

const states: Readonly<Partial<Record<Result, DeploymentState>>> = {
  verified: 'success',
  failed: 'failure',
  'timed-out': 'failure',
  superseded: 'inactive',
};

/**
 * Writes the status of the GitHub deployment and returns its id; undefined when the result is no end yet,
 * when there is no deployment, or when its newest status says the same already (a run that is repeated).
 */
export async function recordDeployment(
  github: GitHubClient,
  record: DeploymentRecord,
  told: { result: Result; description: string; logUrl: string },
): Promise<number | undefined> {
  const { repository } = record;
  const state = states[told.result];
  if (state === undefined) return undefined;
  const deploymentId = record.deploymentId ?? (await findDeployment(github, record));
  if (deploymentId === undefined) return undefined;
  const [newest] = await listDeploymentStatuses(github, repository, deploymentId);
  if (newest?.state === state) return undefined;
  const { description, logUrl } = told;
  await createDeploymentStatus(github, { repository, deploymentId, state, description, logUrl });
  return deploymentId;
}

async function findDeployment(
  github: GitHubClient,
  { repository, environment, ref }: DeploymentRecord,
): Promise<number | undefined> {
  if (environment === '' || ref === '') return undefined;
  const [newest] = await listDeployments(github, repository, { environment, ref });
  return newest?.id;
}
