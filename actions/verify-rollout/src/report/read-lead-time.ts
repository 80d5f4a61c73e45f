import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import type { Deploy } from '../deploy/resolve-deploy.ts';
import type { LeadTimeFacts } from './plan-lead-time.ts';

/** The moments of a deploy that GitHub knows; what cannot be read is left out, because lead time never decides anything. */
export async function readLeadTime(
  github: GitHubClient,
  { marker, pull }: Deploy,
  repository: string,
): Promise<LeadTimeFacts> {
  const [commit, approved] = await Promise.all([
    optional(async () => {
      if (marker.sourceRepository === undefined || marker.sourceCommit === undefined) return undefined;
      const { data } = await github.request('GET /repos/{owner}/{repo}/commits/{ref}', {
        ...coordinates(marker.sourceRepository),
        ref: marker.sourceCommit,
      });
      return data.commit.committer?.date;
    }),
    optional(async () => {
      const at = { ...coordinates(repository), pull_number: pull.number, per_page: 100 };
      const { data } = await github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', at);
      return data.findLast(({ state }) => state === 'APPROVED')?.submitted_at;
    }),
  ]);
  return { commit, pullRequestOpened: Date.parse(pull.openedAt), approved, merged: Date.parse(pull.mergedAt) };
}

async function optional(read: () => Promise<string | undefined>): Promise<number | undefined> {
  try {
    const time = await read();
    return time === undefined ? undefined : Date.parse(time);
  } catch {
    return undefined;
  }
}
