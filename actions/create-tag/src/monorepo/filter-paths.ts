import type { GitHubClient } from '#shared/github/client.ts';
import { coordinates } from '#shared/github/client.ts';
import { type ListedCommit, listCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import { mapLimit } from '#shared/map-limit.ts';
import { broughtByMerges } from '../bump/plan-merges.ts';
import { countsForPaths } from './parse-path.ts';

/** Which commits count in a monorepo; folders and files from the root, `''` never. Empty lists filter nothing. */
export interface PathFilter {
  readonly paths: readonly string[];
  readonly excludePaths: readonly string[];
}

const CONCURRENT_READS = 4;
const PAGE_SIZE = 100;
const MAX_NAMED_FILES = 3_000;

/**
 * The commits that touch `paths` outside of `excludePaths`, and the merges that brought them, in the order given. One
 * listing for each path (GitHub compares files of whole ranges only), and one request for each commit that also touches
 * an excluded path (more where it changes more than 300 files).
 */
export async function keepTouching(
  github: GitHubClient,
  request: PathFilter & { repository: string; sha: string },
  commits: readonly ListedCommit[],
): Promise<readonly ListedCommit[]> {
  const { paths, excludePaths } = request;
  if (commits.length === 0 || (paths.length === 0 && excludePaths.length === 0)) return commits;
  const touching = await touchingAny(github, request, { paths, commits });
  const doubtful = await touchingAny(github, request, { paths: excludePaths, commits });
  const kept = await mapLimit(commits, CONCURRENT_READS, async ({ sha }) => {
    if (paths.length > 0 && !touching.has(sha)) return false;
    if (!doubtful.has(sha)) return true;
    return changesWhatCounts(github, request, sha);
  });
  const counting = new Set(commits.flatMap(({ sha }, index) => (kept[index] ? [sha] : [])));
  // A listing by path leaves out merges, because they change nothing themselves, but they have the title of the pull request.
  const brought = broughtByMerges(commits);
  const merged = (sha: string) => [...(brought.get(sha) ?? [])];
  return commits.filter(({ sha }) => counting.has(sha) || merged(sha).some((commit) => counting.has(commit)));
}

/** The newest commits before any version that touch the paths, at most 100 for each path, newest first. */
export async function listTouching(
  github: GitHubClient,
  request: PathFilter & { repository: string; sha: string },
): Promise<readonly ListedCommit[]> {
  const { repository, sha, paths, excludePaths } = request;
  const lists = await mapLimit(paths.length > 0 ? paths : [undefined], CONCURRENT_READS, (path) =>
    explained(`listing the commits of ${path ?? sha}`, () =>
      listCommits(github, repository, path === undefined ? { sha } : { sha, path }),
    ),
  );
  const commits = [...new Map(lists.flat().map((commit) => [commit.sha, commit])).values()];
  if (lists.length > 1) commits.sort((a, b) => b.date.localeCompare(a.date));
  return excludePaths.length === 0 ? commits : keepTouching(github, request, commits);
}

async function touchingAny(
  github: GitHubClient,
  { repository, sha }: { repository: string; sha: string },
  { paths, commits }: { paths: readonly string[]; commits: readonly ListedCommit[] },
): Promise<ReadonlySet<string>> {
  const since = commits.map(({ date }) => date).sort()[0] ?? '';
  const found = new Set<string>();
  await mapLimit(paths, CONCURRENT_READS, async (path) => {
    for (let page = 1; ; page++) {
      const listed = await explained(`listing the commits of ${path}`, () =>
        listCommits(github, repository, { sha, path, since, page }),
      );
      for (const commit of listed) found.add(commit.sha);
      if (listed.length < PAGE_SIZE) return;
    }
  });
  return found;
}

// A commit has 300 files a page; whether one with more than GitHub names counts is not known, and then it does.
// https://docs.github.com/en/rest/commits/commits#get-a-commit
async function changesWhatCounts(
  github: GitHubClient,
  { repository, ...filter }: PathFilter & { repository: string },
  ref: string,
): Promise<boolean> {
  let named = 0;
  for (let page = 1; ; page++) {
    const { data, headers } = await explained(`reading commit ${ref}`, () =>
      github.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...coordinates(repository), ref, page }),
    );
    const files = data.files ?? [];
    const paths = files.flatMap(({ filename, previous_filename: before }) => [filename, before ?? filename]);
    if (countsForPaths(paths, filter)) return true;
    named += files.length;
    if (headers.link?.includes('rel="next"') !== true) return named >= MAX_NAMED_FILES;
  }
}
