import { UserError } from '#shared/errors.ts';
import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained, explainGitHubError } from '#shared/github/reasons.ts';
import { isRateLimit, isUncertain, messageOf, statusOf } from '#shared/github/request-error.ts';

/** Which workflow to start on which tag; `isNew` is false for a tag that an earlier run made and may have started it on. */
export interface WantedRun {
  readonly workflow: string;
  readonly tag: string;
  readonly sha: string;
  readonly isNew: boolean;
}

/**
 * Starts a workflow on a tag, which GITHUB_TOKEN may do although its tag starts none, unless it was started before, and
 * gives the URL of the run (`''` from a GitHub Enterprise Server that does not tell it).
 * https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export async function dispatchWorkflow(github: GitHubClient, repository: string, wanted: WantedRun): Promise<string> {
  try {
    const started = wanted.isNew ? undefined : await findRun(github, repository, wanted);
    return started ?? (await startRun(github, repository, wanted));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const remedy = remedyFor(error.cause, wanted.workflow) ?? error.remedy;
    throw new UserError(error.reasonCode, error.message, { remedy, cause: error.cause });
  }
}

async function startRun(github: GitHubClient, repository: string, wanted: WantedRun): Promise<string> {
  const { workflow, tag } = wanted;
  try {
    return await requestRun(github, repository, wanted);
  } catch (error) {
    // Starting it once more might build twice; when it did not start, the next run of this action starts it.
    const found = isUncertain(error) ? await findRun(github, repository, wanted) : undefined;
    if (found !== undefined) return found;
    throw explainGitHubError(error, `starting ${workflow} on ${tag}`);
  }
}

// A GitHub Enterprise Server that cannot tell the run refuses to be asked for it.
// https://github.com/benc-uk/workflow-dispatch/issues/86
async function requestRun(github: GitHubClient, repository: string, { workflow, tag }: WantedRun): Promise<string> {
  const route = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  const run = { ...coordinates(repository), workflow_id: workflow, ref: tag };
  try {
    return urlIn((await github.request(route, { ...run, return_run_details: true })).data);
  } catch (error) {
    if (statusOf(error) !== 422 || !messageOf(error).includes('return_run_details')) throw error;
    return urlIn((await github.request(route, run)).data);
  }
}

// The repository and the tag are there, so what GitHub does not find or refuses is the workflow.
function remedyFor(error: unknown, workflow: string): string | undefined {
  const status = statusOf(error);
  const message = messageOf(error);
  if (status === 404)
    return `Check the file name in \`dispatch\`: the default branch has no .github/workflows/${workflow}.`;
  if (/workflow_dispatch' trigger/.test(message)) {
    return `Give ${workflow} a \`workflow_dispatch\` trigger, on the default branch and in the tagged commit, or name another file in \`dispatch\`.`;
  }
  if (/input/i.test(message)) {
    return `\`dispatch\` passes no inputs: give those of ${workflow} a default, or do not require them.`;
  }
  if (/disabled workflow/.test(message)) return `Enable ${workflow} (Actions → the workflow → Enable workflow).`;
  return status === 403 && !isRateLimit(error)
    ? '`dispatch` needs `actions: write`: grant it to the token.'
    : undefined;
}

// https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
async function findRun(
  github: GitHubClient,
  repository: string,
  { workflow, tag, sha }: WantedRun,
): Promise<string | undefined> {
  const { data } = await explained(`reading the runs of ${workflow} on ${tag}`, () =>
    github.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
      ...coordinates(repository),
      workflow_id: workflow,
      event: 'workflow_dispatch',
      branch: tag,
      head_sha: sha,
      per_page: 1,
    }),
  );
  return data.workflow_runs[0]?.html_url;
}

function urlIn(data: unknown): string {
  const url = typeof data === 'object' && data !== null && 'html_url' in data ? data.html_url : undefined;
  return typeof url === 'string' ? url : '';
}
