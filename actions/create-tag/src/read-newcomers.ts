import type { GitHubClient } from '#shared/github/client.ts';
import { listCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import { mapLimit } from '#shared/map-limit.ts';
import type { HistoryCommit } from './bump.ts';

const CONCURRENT_READS = 4;
const MAX_AUTHORS = 30;

/** The accounts, bots aside, that have commits in a release and none in `before` (a tag or commit). One request for each author, at most 30. */
export async function readNewcomers(
  github: GitHubClient,
  repository: string,
  { commits, before }: { commits: readonly HistoryCommit[]; before: string },
): Promise<string[]> {
  const logins = new Set(commits.flatMap(({ login }) => (login === undefined || isBot(login) ? [] : [login])));
  const authors = [...logins].slice(0, MAX_AUTHORS);
  const known = await mapLimit(authors, CONCURRENT_READS, async (author) => {
    const earlier = await explained(`looking for earlier commits of ${author}`, () =>
      listCommits(github, repository, { sha: before, author, perPage: 1 }),
    );
    return earlier.length > 0;
  });
  return authors.filter((_, index) => known[index] === false);
}

function isBot(login: string): boolean {
  return login.endsWith('[bot]') || login === 'web-flow';
}
