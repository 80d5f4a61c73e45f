import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import type { PullRequest } from '#shared/github/pulls.ts';
import { messageOf, statusOf } from '#shared/github/request-error.ts';

/** Adds the labels that the pull request lacks; gives a warning instead of failing, because labels are decoration. */
export async function addLabels(
  github: GitHubClient,
  repository: string,
  { pull, labels }: { pull: PullRequest; labels: readonly string[] },
): Promise<string | undefined> {
  const has = new Set(pull.labels.map((label) => label.toLowerCase()));
  const missing = labels.filter((label) => !has.has(label.toLowerCase()));
  if (missing.length === 0) return undefined;
  try {
    await github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      ...coordinates(repository),
      issue_number: pull.number,
      labels: missing,
    });
    return undefined;
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined && !(error instanceof Error && error.name === 'HttpError')) throw error;
    return `The labels ${missing.join(', ')} could not be added: ${messageOf(error)}. A label that does not exist yet needs issues: write.`;
  }
}
