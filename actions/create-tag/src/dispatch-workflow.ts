import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';

/**
 * Starts a workflow on a tag, which GITHUB_TOKEN may do although its tag starts none, and gives the URL of the run
 * (`''` from a GitHub Enterprise Server that does not tell it).
 * https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export async function dispatchWorkflow(
  github: GitHubClient,
  repository: string,
  { workflow, tag }: { workflow: string; tag: string },
): Promise<string> {
  const answer = await explained(`starting ${workflow} on ${tag}`, () =>
    github.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      ...coordinates(repository),
      workflow_id: workflow,
      ref: tag,
      return_run_details: true,
    }),
  );
  return urlIn(answer.data);
}

function urlIn(data: unknown): string {
  const url = typeof data === 'object' && data !== null && 'html_url' in data ? data.html_url : undefined;
  return typeof url === 'string' ? url : '';
}
