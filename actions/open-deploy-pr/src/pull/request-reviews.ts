import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import type { PullRequest } from '#shared/github/pulls.ts';
import { explained } from '#shared/github/reasons.ts';
import { messageOf } from '#shared/github/request-error.ts';

/** Whom to ask. */
export interface WantedReviews {
  readonly pull: PullRequest;
  readonly reviewers: readonly string[];
  readonly teams: readonly string[];
}

const MAX_SINGLE_REQUESTS = 3;

/** Asks those for a review who were not asked and have not reviewed; gives warnings instead of failing. Drafts ask nobody. */
export async function requestReviews(
  github: GitHubClient,
  repository: string,
  { pull, reviewers, teams }: WantedReviews,
): Promise<string[]> {
  if (pull.isDraft) return [];
  const asked = new Set(pull.requestedReviewers.map(lower));
  const users = reviewers
    .map((login) => login.replace(/^@/, ''))
    .filter((login) => !asked.has(lower(login)) && lower(login) !== lower(pull.authorLogin) && !/\[bot\]$/.test(login));
  const askedTeams = new Set(pull.requestedTeams.map(lower));
  const slugs = teams.map((team) => team.replace(/^@?(?:.*\/)?/, '')).filter((slug) => !askedTeams.has(lower(slug)));
  if (users.length === 0 && slugs.length === 0) return [];
  const done = await explained('reading the reviews', () => listReviewers(github, repository, pull.number));
  const left = [...new Set(users)].filter((login) => !done.has(lower(login)));
  // A team is no longer asked once one of its members has reviewed.
  const leftTeams = done.size > 0 ? [] : slugs;
  const ask = (names: { reviewers?: string[]; team_reviewers?: string[] }) =>
    request(github, repository, { number: pull.number, ...names });
  const warnings = left.length > 0 ? await askUsers(left, (logins) => ask({ reviewers: logins })) : [];
  if (leftTeams.length > 0) warnings.push(...(await ask({ team_reviewers: leftTeams })));
  return warnings;
}

// GitHub refuses all when one cannot be asked.
async function askUsers(logins: string[], ask: (logins: string[]) => Promise<string[]>): Promise<string[]> {
  const warnings = await ask(logins);
  if (warnings.length === 0 || logins.length === 1 || logins.length > MAX_SINGLE_REQUESTS) return warnings;
  const each: string[] = [];
  for (const login of logins) each.push(...(await ask([login])));
  return each;
}

async function listReviewers(github: GitHubClient, repository: string, number: number): Promise<Set<string>> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
    ...coordinates(repository),
    pull_number: number,
    per_page: 100,
  });
  return new Set(data.map(({ user }) => lower(user?.login ?? '')));
}

async function request(
  github: GitHubClient,
  repository: string,
  { number, ...names }: { number: number; reviewers?: string[]; team_reviewers?: string[] },
): Promise<string[]> {
  try {
    await github.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
      ...coordinates(repository),
      pull_number: number,
      ...names,
    });
    return [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'HttpError') throw error;
    const who = [...(names.reviewers ?? []), ...(names.team_reviewers ?? [])].join(', ');
    return [`A review of ${who} could not be requested: ${messageOf(error)}`];
  }
}

function lower(text: string): string {
  return text.toLowerCase();
}
