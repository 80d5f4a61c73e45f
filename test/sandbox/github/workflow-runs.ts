import { isoUtc } from './git-objects.ts';
import { readCommit } from './git-store.ts';
import { idFrom } from './ids.ts';
import type { Dispatch, Repository } from './model.ts';
import { notFound } from './refusals.ts';
import { minimalRepositoryAnswer } from './repository-answer.ts';
import { resolveCommit } from './revisions.ts';
import { page, type RepositoryCall, repositoryRoute } from './router.ts';
import { userAnswer } from './users.ts';

/** The runs that dispatches have started; they stay queued. https://docs.github.com/en/rest/actions/workflow-runs */
export const workflowRunRoutes = [
  repositoryRoute('GET /actions/runs/{id}', 'actions=read', async (call) => {
    const run = startedRuns(call.repository).find(({ runId }) => runId === Number(call.params['id']));
    if (run === undefined) throw notFound();
    return { status: 200, data: await runAnswer(call, run) };
  }),
  repositoryRoute('GET /actions/workflows/{id}/runs', 'actions=read', async (call) => {
    const ofWorkflow = startedRuns(call.repository).filter(({ workflow }) => workflow === call.params['id']);
    const runs = await Promise.all(ofWorkflow.reverse().map((run) => runAnswer(call, run)));
    const wanted = { event: 'event', branch: 'head_branch', head_sha: 'head_sha' } as const;
    const found = runs.filter((run) =>
      Object.entries(wanted).every(([name, field]) => [null, run[field]].includes(call.query.get(name))),
    );
    return page(call, found, (slice) => ({ total_count: found.length, workflow_runs: slice }));
  }),
];

function startedRuns({ dispatches }: Repository): Dispatch[] {
  return dispatches.filter(({ event }) => event === 'workflow_dispatch');
}

async function runAnswer({ world, repository }: RepositoryCall, run: Dispatch) {
  const branch = run.ref.replace(/^refs\/(heads|tags)\//, '');
  const sha = (await resolveCommit(repository, branch)) ?? '';
  const embedded = minimalRepositoryAnswer(world, repository);
  const started = world.actors.user(run.actor);
  return {
    id: run.runId,
    node_id: `WFR_${run.runId}`,
    name: run.workflow,
    display_title: run.workflow,
    path: `.github/workflows/${run.workflow}`,
    workflow_id: idFrom(run.workflow),
    ...{ run_number: repository.dispatches.indexOf(run) + 1, run_attempt: 1, event: run.event },
    ...{ status: 'queued', conclusion: null, head_branch: branch, head_sha: sha, pull_requests: [] },
    ...{ created_at: run.createdAt, updated_at: run.createdAt, run_started_at: run.createdAt },
    ...{ actor: userAnswer(world, started), triggering_actor: userAnswer(world, started) },
    ...linksOf(embedded, run),
    head_commit: await headCommit(repository, sha),
    ...{ repository: embedded, head_repository: embedded },
  };
}

function linksOf({ url, html_url }: { url: string; html_url: string }, { runId, workflow }: Dispatch) {
  const run = `${url}/actions/runs/${runId}`;
  return {
    url: run,
    html_url: `${html_url}/actions/runs/${runId}`,
    jobs_url: `${run}/jobs`,
    logs_url: `${run}/logs`,
    check_suite_url: `${url}/check-suites/${runId}`,
    artifacts_url: `${run}/artifacts`,
    cancel_url: `${run}/cancel`,
    rerun_url: `${run}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${url}/actions/workflows/${idFrom(workflow)}`,
  };
}

async function headCommit({ git }: Repository, sha: string) {
  const commit = await readCommit(git, sha);
  if (commit === undefined) return null;
  const { tree, message, author, committer } = commit;
  const person = ({ name, email }: { name: string; email: string }) => ({ name, email });
  const people = { author: person(author), committer: person(committer) };
  return { id: sha, tree_id: tree, message, timestamp: isoUtc(committer.date), ...people };
}
