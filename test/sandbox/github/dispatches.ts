import { parse } from 'yaml';
import { readCommit } from './git-store.ts';
import { entryAt } from './git-trees.ts';
import type { Dispatch, Repository } from './model.ts';
import { optionalFlag, recordOf, requiredText } from './parameters.ts';
import { invalid, notFound, unprocessable } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, type RepositoryCall, repositoryRoute } from './router.ts';

const MAX_EVENT_TYPE = 100;
const MAX_PAYLOAD_KEYS = 10;

/** The two events that GITHUB_TOKEN can start; nothing runs, the dispatch is on record. */
export const dispatchRoutes = [
  // https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
  repositoryRoute('POST /dispatches', 'contents=write', repositoryDispatch),
  // https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
  repositoryRoute('POST /actions/workflows/{id}/dispatches', 'actions=write', workflowDispatch),
];

function repositoryDispatch({ world, repository, actor, body }: RepositoryCall): Answer {
  const type = requiredText(body, 'event_type');
  const payload = recordOf(body['client_payload']);
  if (type.length > MAX_EVENT_TYPE)
    throw invalid({ resource: 'RepositoryDispatch', code: 'invalid', field: 'event_type' });
  if (Object.keys(payload).length > MAX_PAYLOAD_KEYS) {
    throw unprocessable(
      `No more than ${MAX_PAYLOAD_KEYS} properties are allowed; ${Object.keys(payload).length} were supplied.`,
    );
  }
  record(repository, {
    runId: world.nextId(),
    event: 'repository_dispatch',
    workflow: type,
    ref: repository.defaultBranch,
    createdAt: world.timestamp(),
    inputs: payload,
    actor: actor.login,
  });
  return { status: 204 };
}

async function workflowDispatch({ world, repository, actor, params, body }: RepositoryCall): Promise<Answer> {
  const ref = requiredText(body, 'ref');
  const workflow = params['id'] ?? '';
  if ((await workflowText(repository, repository.defaultBranch, workflow)) === undefined) throw notFound();
  const short = ref.replace(/^refs\/(heads|tags)\//, '');
  if ((await resolveCommit(repository, short)) === undefined) throw unprocessable(`No ref found for: ${ref}`);
  const text = await workflowText(repository, short, workflow);
  const inputs = recordOf(body['inputs']);
  obeyTrigger(text ?? '', inputs);
  const runId = world.nextId();
  const started = { workflow, ref, inputs, actor: actor.login, createdAt: world.timestamp() };
  record(repository, { runId, event: 'workflow_dispatch', ...started });
  if (optionalFlag(body, 'return_run_details') !== true) return { status: 204 };
  const data = {
    workflow_run_id: runId,
    run_url: `${world.urls.api}/repos/${repository.fullName}/actions/runs/${runId}`,
    html_url: `${world.urls.server}/${repository.fullName}/actions/runs/${runId}`,
  };
  return { status: 200, data };
}

/** 422 where the workflow file does not take this dispatch. */
function obeyTrigger(text: string, given: Readonly<Record<string, unknown>>): void {
  const on: unknown = recordOf(parse(text))['on'];
  const trigger = recordOf(on)['workflow_dispatch'];
  const named = on === 'workflow_dispatch' || (Array.isArray(on) && on.includes('workflow_dispatch'));
  if (!named && trigger === undefined) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  const declared = recordOf(recordOf(trigger)['inputs']);
  const unknown = Object.keys(given).filter((name) => !(name in declared));
  if (unknown.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  for (const [name, input] of Object.entries(declared)) {
    const { required, default: fallback } = recordOf(input);
    if (required === true && fallback === undefined && given[name] === undefined) {
      throw unprocessable(`Required input '${name}' not provided`);
    }
  }
}

async function workflowText(repository: Repository, ref: string, name: string): Promise<string | undefined> {
  const sha = await resolveCommit(repository, ref);
  const commit = sha === undefined ? undefined : await readCommit(repository.git, sha);
  const entry = commit && (await entryAt(repository.git, commit.tree, `.github/workflows/${name}`));
  return entry && (await repository.git.read(entry.sha))?.content.toString();
}

function record(repository: Repository, dispatch: Dispatch): void {
  repository.dispatches.push(dispatch);
}
