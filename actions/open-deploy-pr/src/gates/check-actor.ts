import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import type { RunContext } from '#shared/runner/runner.ts';
import type { Mode } from '../facts/deploy-facts.ts';
import { userError } from '../reasons.ts';

const STARTED_BY_HAND = new Set(['workflow_dispatch', 'repository_dispatch']);

/**
 * Makes sure that the person who started a rollback or hotfix by hand may write the GitOps repository: whoever may start a
 * workflow of the service is not always one who may deploy it. Throws UserError `actor-not-allowed`.
 */
export async function checkActor(
  github: GitHubClient,
  { actor, eventName }: Pick<RunContext, 'actor' | 'eventName'>,
  { mode, repository }: { mode: Mode; repository: string },
): Promise<void> {
  if ((mode !== 'rollback' && mode !== 'hotfix') || !STARTED_BY_HAND.has(eventName)) return;
  const { data } = await explained(`reading the role of ${actor}`, () =>
    github.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      ...coordinates(repository),
      username: actor,
    }),
  );
  if (data.permission === 'admin' || data.permission === 'write') return;
  throw userError(
    'actor-not-allowed',
    `${actor} has the role ${data.permission} in ${repository}; a ${mode} needs write.`,
  );
}
