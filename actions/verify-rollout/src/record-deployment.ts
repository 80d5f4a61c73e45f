import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import type { Result } from './plan-verdict.ts';

/** Where the result of a deployment is recorded. */
export interface DeploymentRecord {
  readonly repository: string;
  readonly deploymentId: number | undefined;
  /** To find the deployment where its id is not known. */
  readonly environment: string;
  readonly ref: string;
}

const states: Readonly<Partial<Record<Result, 'success' | 'failure' | 'inactive'>>> = {
  verified: 'success',
  failed: 'failure',
  'timed-out': 'failure',
  superseded: 'inactive',
};

/** Writes the status of the GitHub deployment; does nothing for a result that is none yet, or when there is no deployment. Returns the id. */
export async function recordDeployment(
  github: GitHubClient,
  record: DeploymentRecord,
  told: { result: Result; description: string; logUrl: string },
): Promise<number | undefined> {
  const state = states[told.result];
  if (state === undefined) return undefined;
  const at = coordinates(record.repository);
  const id = record.deploymentId ?? (await findDeployment(github, record));
  if (id === undefined) return undefined;
  await github.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...at,
    deployment_id: id,
    state,
    description: told.description.slice(0, 140),
    log_url: told.logUrl,
  });
  return id;
}

async function findDeployment(
  github: GitHubClient,
  { repository, environment, ref }: DeploymentRecord,
): Promise<number | undefined> {
  if (environment === '' || ref === '') return undefined;
  const { data } = await github.request('GET /repos/{owner}/{repo}/deployments', {
    ...coordinates(repository),
    environment,
    ref,
    per_page: 1,
  });
  const id = data[0]?.id;
  return id === undefined ? undefined : Number(id);
}
