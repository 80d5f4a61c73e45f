import { type Answer, coordinates, type GitHubClient } from './client.ts';

/** A deployment record. https://docs.github.com/en/rest/deployments/deployments */
export interface Deployment {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly environment: string;
  /** What its creator attached; written by whoever may create deployments. */
  readonly payload: unknown;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A state that a status can be written with. */
export type DeploymentState = 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success';

/** One step in a deployment's life. https://docs.github.com/en/rest/deployments/statuses */
export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

// GitHub refuses longer descriptions.
const MAX_DESCRIPTION = 140;

/** The newest deployments that match, at most 100, newest first. */
export async function listDeployments(
  github: GitHubClient,
  repository: string,
  filter: { environment?: string; ref?: string; sha?: string } = {},
): Promise<Deployment[]> {
  const answer = await github.request('GET /repos/{owner}/{repo}/deployments', {
    ...coordinates(repository),
    ...filter,
    per_page: 100,
  });
  return answer.data.map(deploymentOf);
}

/** Records that `ref` is to be deployed: nothing is merged and no check is asked for. */
export async function createDeployment(
  github: GitHubClient,
  deployment: {
    repository: string;
    ref: string;
    environment: string;
    description: string;
    payload: Readonly<Record<string, unknown>>;
  },
): Promise<Deployment> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/deployments', {
    ...coordinates(deployment.repository),
    ref: deployment.ref,
    environment: deployment.environment,
    description: deployment.description.slice(0, MAX_DESCRIPTION),
    payload: deployment.payload,
    auto_merge: false,
    required_contexts: [],
  });
  // 202 is GitHub's answer when it merged the default branch first, which is switched off.
  if (!('id' in data)) throw new Error(`GitHub created no deployment: ${data.message ?? ''}`);
  return deploymentOf(data);
}

/** The newest statuses of a deployment, at most 100, newest first. */
export async function listDeploymentStatuses(
  github: GitHubClient,
  repository: string,
  deploymentId: number,
): Promise<DeploymentStatus[]> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...coordinates(repository),
    deployment_id: deploymentId,
    per_page: 100,
  });
  return data.map(statusOf);
}

/** Writes the next step of a deployment; a `success` ends older deployments of the same environment. The description is cut to GitHub's 140 characters. */
export async function createDeploymentStatus(
  github: GitHubClient,
  status: {
    repository: string;
    deploymentId: number;
    state: DeploymentState;
    description: string;
    environmentUrl?: string;
    logUrl?: string;
  },
): Promise<DeploymentStatus> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...coordinates(status.repository),
    deployment_id: status.deploymentId,
    state: status.state,
    description: status.description.slice(0, MAX_DESCRIPTION),
    ...(status.environmentUrl === undefined ? {} : { environment_url: status.environmentUrl }),
    ...(status.logUrl === undefined ? {} : { log_url: status.logUrl }),
  });
  return statusOf(data);
}

type ListedDeployment = Answer<'GET /repos/{owner}/{repo}/deployments'>['data'][number];

function deploymentOf(data: ListedDeployment): Deployment {
  const { id, ref, sha, environment, payload, created_at } = data;
  return { id: Number(id), ref, sha, environment, payload, createdAt: created_at };
}

type ListedStatus = Answer<'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'>['data'][number];

function statusOf({ id, state, description, created_at }: ListedStatus): DeploymentStatus {
  return { id: Number(id), state, description, createdAt: created_at };
}
