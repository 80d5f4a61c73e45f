import { verdictOf } from './check-verdicts.ts';
import type { CheckRun, CommitStatus, Repository } from './model.ts';
import { optionalText, requiredText } from './parameters.ts';
import { invalid, notFound, Refusal } from './refusals.ts';
import { minimalRepositoryAnswer } from './repository-answer.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import { appAnswer, userAnswer } from './users.ts';
import type { World } from './world.ts';

const STATES = ['error', 'failure', 'pending', 'success'] as const;

/** https://docs.github.com/en/rest/commits/statuses and https://docs.github.com/en/rest/checks/runs */
export const statusRoutes = [
  repositoryRoute('POST /statuses/{sha}', 'statuses=write', createStatus),
  repositoryRoute('GET /commits/{ref}/statuses', 'statuses=read', async (call) => {
    const sha = await commitOf(call);
    const found = call.repository.statuses.filter((status) => status.sha === sha).reverse();
    return page(
      call,
      found.map((status) => statusAnswer(call.world, call.repository, status)),
    );
  }),
  repositoryRoute('GET /commits/{ref}/status', 'statuses=read', combinedStatus),
  repositoryRoute('GET /commits/{ref}/check-runs', 'checks=read', listCheckRuns),
  repositoryRoute('POST /check-runs', 'checks=write', createCheckRun),
  repositoryRoute('PATCH /check-runs/{id}', 'checks=write', updateCheckRun),
];

async function createStatus({ world, repository, actor, params, body }: RepositoryCall): Promise<Answer> {
  const sha = params['sha'] ?? '';
  if ((await repository.git.read(sha))?.type !== 'commit') {
    throw new Refusal(422, `No commit found for SHA: ${sha}`);
  }
  const state = STATES.find((one) => one === requiredText(body, 'state'));
  if (state === undefined) throw invalid({ resource: 'Status', code: 'custom', field: 'state' });
  const status: CommitStatus = {
    id: world.nextId(),
    sha,
    state,
    context: optionalText(body, 'context') ?? 'default',
    description: optionalText(body, 'description') ?? null,
    targetUrl: optionalText(body, 'target_url') ?? null,
    creator: world.actors.user(actor.login),
    createdAt: world.timestamp(),
  };
  repository.statuses.push(status);
  return { status: 201, data: statusAnswer(world, repository, status) };
}

async function combinedStatus(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const sha = await commitOf(call);
  const latest = new Map(
    repository.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
  );
  const states = [...latest.values()].map(({ state }) => state);
  const bad = states.includes('failure') || states.includes('error');
  const pending = states.length === 0 || states.includes('pending');
  const statuses = [...latest.values()].map((status) => {
    const { creator: _, ...simple } = statusAnswer(world, repository, status);
    return simple;
  });
  const url = `${world.urls.api}/repos/${repository.fullName}`;
  return {
    status: 200,
    data: {
      state: bad ? 'failure' : pending ? 'pending' : 'success',
      statuses,
      sha,
      total_count: statuses.length,
      repository: minimalRepositoryAnswer(world, repository),
      commit_url: `${url}/commits/${sha}`,
      url: `${url}/commits/${sha}/status`,
    },
  };
}

async function listCheckRuns(call: RepositoryCall): Promise<Answer> {
  const sha = await commitOf(call);
  const { world, repository, query } = call;
  const wanted = query.get('check_name');
  const found = repository.checkRuns.filter((run) => run.sha === sha && (wanted === null || run.name === wanted));
  const shown = query.get('filter') === 'all' ? found : [...new Map(found.map((run) => [run.name, run])).values()];
  return page(call, shown, (slice) => ({
    total_count: shown.length,
    check_runs: slice.map((run) => checkRunAnswer(world, repository, run as CheckRun)),
  }));
}

function createCheckRun({ world, repository, actor, body }: RepositoryCall): Answer {
  if (actor.kind === 'pat' || actor.kind === 'classic')
    throw new Refusal(403, 'You must authenticate via a GitHub App.');
  const run: CheckRun = {
    id: world.nextId(),
    sha: requiredText(body, 'head_sha'),
    name: requiredText(body, 'name'),
    app: world.actors.user(actor.login),
    status: 'queued',
    conclusion: null,
    detailsUrl: null,
    startedAt: world.timestamp(),
    completedAt: null,
  };
  change(world, run, body);
  repository.checkRuns.push(run);
  return { status: 201, data: checkRunAnswer(world, repository, run) };
}

function updateCheckRun({ world, repository, params, body }: RepositoryCall): Answer {
  const run = repository.checkRuns.find(({ id }) => id === Number(params['id']));
  if (run === undefined) throw notFound();
  change(world, run, body);
  return { status: 200, data: checkRunAnswer(world, repository, run) };
}

/** A conclusion completes the run. */
function change(world: World, run: CheckRun, body: RepositoryCall['body']): void {
  run.conclusion = optionalText(body, 'conclusion') ?? run.conclusion;
  run.status = run.conclusion === null ? (optionalText(body, 'status') ?? run.status) : 'completed';
  run.detailsUrl = optionalText(body, 'details_url') ?? run.detailsUrl;
  run.completedAt = run.status === 'completed' ? (run.completedAt ?? world.timestamp()) : null;
}

async function commitOf({ repository, params }: RepositoryCall): Promise<string> {
  const sha = await resolveCommit(repository, params['ref'] ?? '');
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${params['ref']}`);
  return sha;
}

function statusAnswer(world: World, repository: Repository, status: CommitStatus) {
  return {
    url: `${world.urls.api}/repos/${repository.fullName}/statuses/${status.sha}`,
    id: status.id,
    node_id: `SC_${status.id}`,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    avatar_url: null,
    creator: userAnswer(world, status.creator),
  };
}

function checkRunAnswer(world: World, repository: Repository, run: CheckRun) {
  const url = `${world.urls.api}/repos/${repository.fullName}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    name: run.name,
    head_sha: run.sha,
    external_id: '',
    url,
    html_url: `${world.urls.server}/${repository.fullName}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: run.id },
    app: appAnswer(world, repository.owner, run.app),
    pull_requests: [],
  };
}

/** The state of all checks together as GraphQL's `statusCheckRollup` has it; undefined without any. */
export function rollupState(repository: Repository, sha: string): 'SUCCESS' | 'PENDING' | 'FAILURE' | undefined {
  const verdict = verdictOf(repository, sha);
  if (verdict === 'missing') return undefined;
  return verdict === 'success' ? 'SUCCESS' : verdict === 'pending' ? 'PENDING' : 'FAILURE';
}
