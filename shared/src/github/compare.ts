import { mapLimit } from '../map-limit.ts';
import { type Answer, coordinates, type GitHubClient } from './client.ts';
import { messageOf, statusOf } from './request-error.ts';

/** A commit as compare and the list of commits show it; every text in it is untrusted. */
export interface ListedCommit {
  readonly sha: string;
  readonly message: string;
  /** The GitHub login of the author, else the name in the commit. */
  readonly author: string;
  /** The author's account, where GitHub knows one. */
  readonly login: string | undefined;
  /** The node id of that account. */
  readonly accountId: string | undefined;
  readonly parents: readonly string[];
  /** When it was committed, ISO 8601. */
  readonly date: string;
}

/** How head lies to base. https://docs.github.com/en/rest/commits/commits#compare-two-commits */
export interface Comparison {
  readonly status: 'identical' | 'ahead' | 'behind' | 'diverged';
  readonly baseSha: string;
  readonly mergeBase: ListedCommit;
  /** The commits of head that base lacks, newest first: all, or the newest `maxCommits`. */
  readonly commits: readonly ListedCommit[];
  /** How many commits head has that base lacks. */
  readonly totalCommits: number;
  /** The files that differ from the merge base; GitHub names 300 at most. */
  readonly files: readonly ComparedFile[];
}

/** A file that differs between the merge base and the head. */
export interface ComparedFile {
  readonly path: string;
  readonly status: string;
}

type CompareRoute = 'GET /repos/{owner}/{repo}/compare/{basehead}';
type CompareAnswer = Answer<CompareRoute>['data'];
type CommitAnswer = CompareAnswer['commits'][number];

const PAGE_SIZE = 100;
const CONCURRENT_PAGES = 4;

/**
 * Compares two commits, branches or tags: one request for up to 250 commits, then one for each hundred
 * (of the newest `maxCommits`, where that is given).
 * Undefined when they share no history; throws the request's error when one of them does not exist.
 */
export async function compareCommits(
  github: GitHubClient,
  repository: string,
  { base, head, maxCommits = Number.POSITIVE_INFINITY }: { base: string; head: string; maxCommits?: number },
): Promise<Comparison | undefined> {
  const parameters = { ...coordinates(repository), basehead: `${base}...${head}` };
  const first = await readUnlessUnrelated(() =>
    github.request('GET /repos/{owner}/{repo}/compare/{basehead}', parameters),
  );
  if (first === undefined) return undefined;
  const { data } = first;
  let commits = data.commits;
  if (data.total_commits > commits.length) {
    const last = Math.ceil(data.total_commits / PAGE_SIZE);
    const first = Math.floor(Math.max(0, data.total_commits - maxCommits) / PAGE_SIZE) + 1;
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const pages = await mapLimit(numbers, CONCURRENT_PAGES, (page) =>
      github.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...parameters, page, per_page: PAGE_SIZE }),
    );
    commits = pages.flatMap((page) => page.data.commits);
  }
  return {
    status: data.status,
    baseSha: data.base_commit.sha,
    mergeBase: listedCommit(data.merge_base_commit),
    commits: commits.map(listedCommit).reverse().slice(0, maxCommits),
    totalCommits: data.total_commits,
    files: (data.files ?? []).map(({ filename, status }) => ({ path: filename, status })),
  };
}

/** The newest commits that are reachable from `sha`, at most 100, newest first; optionally those that touch `path` since a time. */
export async function listCommits(
  github: GitHubClient,
  repository: string,
  {
    page = 1,
    perPage = PAGE_SIZE,
    ...filter
  }: { sha: string; path?: string; since?: string; page?: number; perPage?: number },
): Promise<ListedCommit[]> {
  const answer = await github.request('GET /repos/{owner}/{repo}/commits', {
    ...coordinates(repository),
    ...filter,
    page,
    per_page: perPage,
  });
  return answer.data.map(listedCommit);
}

function listedCommit({ sha, author, commit, parents }: CommitAnswer): ListedCommit {
  const account = author !== null && 'login' in author ? author : undefined;
  const login = account?.login;
  return {
    sha,
    message: commit.message,
    author: login ?? commit.author?.name ?? '',
    login,
    accountId: account?.node_id,
    parents: parents.map((parent) => parent.sha),
    date: commit.committer?.date ?? commit.author?.date ?? '',
  };
}

async function readUnlessUnrelated<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === 404 && /no common ancestor/i.test(messageOf(error))) return undefined;
    throw error;
  }
}
