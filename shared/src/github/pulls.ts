import { type Answer, coordinates, type GitHubClient } from './client.ts';

/** A pull request as lists and single reads show it; title and body are untrusted. https://docs.github.com/en/rest/pulls/pulls */
export interface PullRequest {
  readonly number: number;
  /** The global id that GraphQL takes. */
  readonly nodeId: string;
  /** For people. */
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly isDraft: boolean;
  readonly authorLogin: string;
  readonly isByBot: boolean;
  readonly headBranch: string;
  readonly headSha: string;
  /** `owner/name`; undefined where the fork is gone. */
  readonly headRepository: string | undefined;
  readonly baseBranch: string;
  readonly labels: readonly string[];
  readonly requestedReviewers: readonly string[];
  /** Slugs. */
  readonly requestedTeams: readonly string[];
  readonly isAutoMergeArmed: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

const PAGE_SIZE = 100;

/** Open pull requests into `base`, newest first, at most `maxPages` hundreds. */
export async function listOpenPulls(
  github: GitHubClient,
  repository: string,
  { base, maxPages }: { base: string; maxPages: number },
): Promise<PullRequest[]> {
  const pulls: PullRequest[] = [];
  for (let page = 1; page <= maxPages; page++) {
    const { data } = await github.request('GET /repos/{owner}/{repo}/pulls', {
      ...coordinates(repository),
      state: 'open',
      base,
      per_page: PAGE_SIZE,
      page,
    });
    pulls.push(...data.map(pullRequestOf));
    if (data.length < PAGE_SIZE) break;
  }
  return pulls;
}

/** The open pull request from `branch` of the repository itself into `base`; GitHub allows one at most. */
export async function findOpenPull(
  github: GitHubClient,
  repository: string,
  { branch, base }: { branch: string; base: string },
): Promise<PullRequest | undefined> {
  const { owner } = coordinates(repository);
  const { data } = await github.request('GET /repos/{owner}/{repo}/pulls', {
    ...coordinates(repository),
    state: 'open',
    base,
    head: `${owner}:${branch}`,
    per_page: PAGE_SIZE,
  });
  const own = repository.toLowerCase();
  return data
    .map(pullRequestOf)
    .find((pull) => pull.headBranch === branch && pull.headRepository?.toLowerCase() === own);
}

/** Opens a pull request; 422 when one exists already for the branch, or when there is nothing to merge. */
export async function createPull(
  github: GitHubClient,
  repository: string,
  pull: { title: string; body: string; head: string; base: string; draft: boolean },
): Promise<PullRequest> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/pulls', { ...coordinates(repository), ...pull });
  return pullRequestOf(data);
}

/** Changes a pull request's title, body or state; what is not given stays. */
export async function updatePull(
  github: GitHubClient,
  repository: string,
  { number, ...change }: { number: number; title?: string; body?: string; state?: 'closed' },
): Promise<PullRequest> {
  const { data } = await github.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...coordinates(repository),
    pull_number: number,
    ...change,
  });
  return pullRequestOf(data);
}

type ListedPull = Answer<'GET /repos/{owner}/{repo}/pulls'>['data'][number];
type SinglePull = Answer<'POST /repos/{owner}/{repo}/pulls'>['data'];

function pullRequestOf(data: ListedPull | SinglePull): PullRequest {
  const { requested_reviewers: reviewers, requested_teams: teams, labels } = data;
  return {
    number: data.number,
    nodeId: data.node_id,
    url: data.html_url,
    title: data.title,
    body: data.body ?? '',
    state: data.state === 'open' ? 'open' : 'closed',
    isDraft: data.draft === true,
    authorLogin: data.user?.login ?? '',
    isByBot: data.user?.type === 'Bot',
    headBranch: data.head.ref,
    headSha: data.head.sha,
    // A fork that was deleted has no repository, whatever the published types say.
    headRepository: (data.head.repo as { full_name: string } | null)?.full_name,
    baseBranch: data.base.ref,
    labels: labels.flatMap(({ name }) => (name === undefined ? [] : [name])),
    requestedReviewers: (reviewers ?? []).map(({ login }) => login),
    requestedTeams: (teams ?? []).map(({ slug }) => slug),
    isAutoMergeArmed: data.auto_merge !== null,
    createdAt: data.created_at,
  };
}
