import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import { type DeployMarker, parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { userError } from '../reasons.ts';
import { doubtAbout } from './parse-deploy.ts';
import { holdsImage } from './read-merged-image.ts';

/** The pull request that brought a deploy, with the moments that count for lead time (ISO 8601). */
export interface DeployPull {
  readonly number: number;
  readonly url: string;
  readonly mergeCommit: string;
  readonly openedAt: string;
  readonly mergedAt: string;
}

/** A deploy that is believed. */
export interface Deploy {
  readonly marker: DeployMarker;
  readonly pull: DeployPull;
}

/**
 * The merged deploy pull request that a commit of the GitOps repository belongs to; undefined when there is none.
 * Its marker is believed only from the configured author, out of the repository itself, and when the merged tree holds the image.
 * Throws a UserError `deploy-not-trusted` otherwise.
 */
export async function resolveDeploy(
  github: GitHubClient,
  { repository, sha, author }: { repository: string; sha: string; author: string },
): Promise<Deploy | undefined> {
  const at = coordinates(repository);
  const { data: pulls } = await explained('looking for the pull request of the commit', () =>
    github.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { ...at, commit_sha: sha }),
  );
  for (const pull of pulls) {
    const marker = parseDeployMarker(pull.body ?? '');
    if (marker === undefined || pull.merged_at === null) continue;
    const mergeCommit = pull.merge_commit_sha ?? sha;
    const doubt =
      doubtAbout(
        {
          authorLogin: pull.user?.login ?? '',
          authorId: pull.user === null ? undefined : Number(pull.user.id),
          headRepository: pull.head.repo?.full_name,
          baseRepository: pull.base.repo.full_name,
          isMerged: true,
        },
        author,
      ) ?? (await doubtAboutFiles(github, { repository, number: pull.number, mergeCommit, marker }));
    if (doubt !== undefined) {
      throw userError(
        'deploy-not-trusted',
        `The deploy marker of pull request ${pull.number} is not believed: ${doubt}.`,
      );
    }
    const { number, html_url: url, created_at: openedAt, merged_at: mergedAt } = pull;
    return { marker, pull: { number, url, mergeCommit, openedAt, mergedAt } };
  }
  return undefined;
}

async function doubtAboutFiles(
  github: GitHubClient,
  {
    repository,
    number,
    mergeCommit,
    marker,
  }: { repository: string; number: number; mergeCommit: string; marker: DeployMarker },
): Promise<string | undefined> {
  const at = coordinates(repository);
  return explained('reading the files of the deploy', async () => {
    const { data: files } = await github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
      ...at,
      pull_number: number,
      per_page: 100,
    });
    for (const file of files) {
      if (file.status === 'removed' || !/\.(ya?ml|json)$/.test(file.filename)) continue;
      const { data } = await github.request('GET /repos/{owner}/{repo}/contents/{path}', {
        ...at,
        path: file.filename,
        ref: mergeCommit,
      });
      if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) continue;
      const text = Buffer.from(data.content, 'base64').toString('utf8');
      if (await holdsImage({ path: file.filename, text, marker })) return undefined;
    }
    return `no file that it changed holds ${marker.image}:${marker.version} after the merge`;
  });
}
