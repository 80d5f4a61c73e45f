import { contextsOf, verdictOf } from './check-verdicts.ts';
import { ownSignatures } from './commits.ts';
import { isAncestor } from './git-graph.ts';
import { writeCommit } from './git-store.ts';
import { mergedTree } from './mergeability.ts';
import type { Deployment, DeploymentStatus, Repository } from './model.ts';
import { optionalFlag, optionalText, optionalTexts, requiredText } from './parameters.ts';
import { invalid, notFound, Refusal } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import { userAnswer } from './users.ts';
import { moveRef, type World } from './world.ts';

const STATES = new Set(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']);

/** https://docs.github.com/en/rest/deployments */
export const deploymentRoutes = [
  repositoryRoute('GET /deployments', 'deployments=read', listDeployments),
  repositoryRoute('POST /deployments', 'deployments=write', createDeployment),
  repositoryRoute('GET /deployments/{id}', 'deployments=read', (call) => ({
    status: 200,
    data: deploymentAnswer(call.world, call.repository, deploymentOf(call)),
  })),
  repositoryRoute('DELETE /deployments/{id}', 'deployments=write', deleteDeployment),
  repositoryRoute('GET /deployments/{id}/statuses', 'deployments=read', (call) => {
    const deployment = deploymentOf(call);
    const newest = [...deployment.statuses].reverse();
    return page(
      call,
      newest.map((status) => statusAnswer(call, deployment, status)),
    );
  }),
  repositoryRoute('POST /deployments/{id}/statuses', 'deployments=write', createStatus),
];

function listDeployments(call: RepositoryCall): Answer {
  const { world, repository, query } = call;
  const wanted = (['sha', 'ref', 'task', 'environment'] as const).filter((name) => query.has(name));
  const found = repository.deployments
    .filter((deployment) =>
      wanted.every(
        (name) => query.get(name) === (name === 'environment' ? environmentOf(deployment) : deployment[name]),
      ),
    )
    .reverse();
  return page(call, found, (slice) => slice.map((one) => deploymentAnswer(world, repository, one as Deployment)));
}

async function createDeployment(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor, body } = call;
  const ref = requiredText(body, 'ref');
  const sha = await resolveCommit(repository, ref);
  if (sha === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  const branch = repository.refs.get(`refs/heads/${ref}`) !== undefined;
  const merged = branch && optionalFlag(body, 'auto_merge') !== false && (await mergeTrunk(call, { ref, sha }));
  if (merged !== false) return merged;
  obeyContexts(repository, { ref, sha, contexts: optionalTexts(body, 'required_contexts') });
  const environment = optionalText(body, 'environment') ?? 'production';
  const deployment: Deployment = {
    id: world.nextId(),
    ref,
    sha,
    task: optionalText(body, 'task') ?? 'deploy',
    environment,
    description: optionalText(body, 'description') ?? null,
    payload: body['payload'] ?? {},
    transient: optionalFlag(body, 'transient_environment') ?? false,
    production: optionalFlag(body, 'production_environment') ?? environment === 'production',
    creator: world.actors.user(actor.login),
    createdAt: world.timestamp(),
    updatedAt: world.timestamp(),
    statuses: [],
  };
  repository.deployments.push(deployment);
  return { status: 201, data: deploymentAnswer(world, repository, deployment) };
}

/** 409 unless every required context (undefined: every one that exists) is green. */
function obeyContexts(
  repository: Repository,
  { ref, sha, contexts }: { ref: string; sha: string; contexts: string[] | undefined },
): void {
  const names = contexts ?? contextsOf(repository, sha);
  const states = names.map((context) => ({ context, state: verdictOf(repository, sha, context) }));
  if (states.every(({ state }) => state === 'success')) return;
  // A context that nobody has reported is not in the list.
  const reported = states.filter(({ state }) => state !== 'missing');
  throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`, [
    { contexts: reported, resource: 'Deployment', field: 'required_contexts', code: 'invalid' },
  ]);
}

/** Merges the default branch into a branch that lacks some of it: then nothing is deployed yet. False when there is nothing to merge. */
async function mergeTrunk(
  { world, repository, actor }: RepositoryCall,
  { ref, sha }: { ref: string; sha: string },
): Promise<Answer | false> {
  const { git, refs, defaultBranch } = repository;
  const trunk = refs.get(`refs/heads/${defaultBranch}`);
  if (trunk === undefined || (await isAncestor(git, trunk, sha))) return false;
  const tree = await mergedTree(repository, sha, trunk);
  if (tree === undefined) throw new Refusal(409, `Conflict merging ${defaultBranch} into ${ref}.`);
  const message = `Merge branch '${defaultBranch}' into ${ref}`;
  const after = writeCommit(git, { tree, parents: [sha, trunk], message, ...ownSignatures(world, actor) });
  await moveRef(world, repository, { ref: `refs/heads/${ref}`, after, actor });
  return { status: 202, data: { message: `Auto-merged ${defaultBranch} into ${ref} on deployment.` } };
}

function createStatus(call: RepositoryCall): Answer {
  const { world, actor, body } = call;
  const deployment = deploymentOf(call);
  const state = requiredText(body, 'state');
  if (!STATES.has(state))
    throw invalid({
      resource: 'DeploymentStatus',
      code: 'custom',
      field: 'state',
      message: 'state is not included in the list',
    });
  const status: DeploymentStatus = {
    id: world.nextId(),
    state,
    description: optionalText(body, 'description') ?? '',
    environment: optionalText(body, 'environment') ?? environmentOf(deployment),
    logUrl: optionalText(body, 'log_url') ?? optionalText(body, 'target_url') ?? '',
    environmentUrl: optionalText(body, 'environment_url') ?? '',
    creator: world.actors.user(actor.login),
    createdAt: world.timestamp(),
  };
  if (status.description.length > 140)
    throw invalid({
      resource: 'DeploymentStatus',
      code: 'custom',
      field: 'description',
      message: 'description is too long (maximum is 140 characters)',
    });
  deployment.statuses.push(status);
  deployment.updatedAt = world.timestamp();
  if (state === 'success' && (optionalFlag(body, 'auto_inactive') ?? true)) endOlder(call, deployment);
  return { status: 201, data: statusAnswer(call, deployment, status) };
}

/** A success makes the earlier successful deployments of the same environment inactive, but for transient and production ones. */
function endOlder({ world, repository, actor }: RepositoryCall, current: Deployment): void {
  const environment = environmentOf(current);
  const concerned = repository.deployments.filter(
    (other) => other.id < current.id && environmentOf(other) === environment && !other.transient && !other.production,
  );
  for (const { statuses } of concerned) {
    if (statuses.at(-1)?.state !== 'success') continue;
    const blank = { description: '', environment, logUrl: '', environmentUrl: '' };
    const creator = world.actors.user(actor.login);
    statuses.push({ id: world.nextId(), state: 'inactive', ...blank, creator, createdAt: world.timestamp() });
  }
}

/** Where it goes: the last status may have named another environment than the deployment did. */
function environmentOf({ statuses, environment }: Deployment): string {
  return statuses.at(-1)?.environment ?? environment;
}

function deleteDeployment(call: RepositoryCall): Answer {
  const deployment = deploymentOf(call);
  const { deployments } = call.repository;
  const active = deployment.statuses.at(-1)?.state === 'success';
  if (active && deployments.length > 1)
    throw new Refusal(
      422,
      'We cannot delete an active deployment unless it is the only deployment in a given environment.',
    );
  deployments.splice(deployments.indexOf(deployment), 1);
  return { status: 204 };
}

function deploymentOf({ repository, params }: RepositoryCall): Deployment {
  const found = repository.deployments.find(({ id }) => id === Number(params['id']));
  if (found === undefined) throw notFound();
  return found;
}

function deploymentAnswer(world: World, repository: Repository, deployment: Deployment) {
  const url = `${world.urls.api}/repos/${repository.fullName}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: `DE_${deployment.id}`,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: environmentOf(deployment),
    description: deployment.description,
    creator: userAnswer(world, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: `${world.urls.api}/repos/${repository.fullName}`,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
}

function statusAnswer({ world, repository }: RepositoryCall, deployment: Deployment, status: DeploymentStatus) {
  const url = `${world.urls.api}/repos/${repository.fullName}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: `DES_${status.id}`,
    state: status.state,
    creator: userAnswer(world, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: `${world.urls.api}/repos/${repository.fullName}`,
  };
}
