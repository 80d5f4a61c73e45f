import { changedFiles } from './changed-files.ts';
import { commitAnswer } from './commits.ts';
import { type Comparison, compareCommits } from './git-graph.ts';
import { readCommit } from './git-store.ts';
import type { Repository } from './model.ts';
import { notFound, Refusal } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, linkHeader, pageOf, type RepositoryCall, repositoryRoute } from './router.ts';

const MAX_UNPAGED_COMMITS = 250;
const MAX_FILES = 300;

/** Its files come with page 1 only; https://docs.github.com/en/rest/commits/commits#compare-two-commits */
export const compareRoutes = [repositoryRoute('GET /compare/{basehead*}', 'contents=read', compare)];

async function compare(call: RepositoryCall): Promise<Answer> {
  const { world, repository, params, query } = call;
  const [baseName = '', headName = ''] = (params['basehead'] ?? '').split('...');
  const base = await commitOf(repository, baseName);
  const head = await commitOf(repository, headName);
  const comparison = await compareCommits(repository.git, base.sha, head.sha);
  if (comparison.mergeBase === undefined) {
    throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  }
  const paged = query.has('per_page') || query.has('page');
  const { size, number } = pageOf(query);
  const mergeBase = await commitOf(repository, comparison.mergeBase);
  const files =
    number === 1
      ? await changedFiles(world, repository, { oldTree: mergeBase.tree, newTree: head.tree, sha: head.sha })
      : [];
  // Without paging the newest commits are shown, oldest of them first.
  const commits = paged
    ? comparison.commits.slice((number - 1) * size, number * size)
    : comparison.commits.slice(-MAX_UNPAGED_COMMITS);
  const html = `${world.urls.server}/${repository.fullName}/compare/${params['basehead']}`;
  const data = {
    url: `${world.urls.api}${call.path}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitAnswer(world, repository, base),
    merge_base_commit: commitAnswer(world, repository, mergeBase),
    status: statusOf(comparison),
    ahead_by: comparison.aheadBy,
    behind_by: comparison.behindBy,
    total_commits: comparison.aheadBy,
    commits: commits.map((commit) => commitAnswer(world, repository, commit)),
    files: files.slice(0, MAX_FILES),
  };
  const last = paged ? Math.ceil(comparison.aheadBy / size) : 1;
  return { status: 200, data, headers: linkHeader(call, number, last) };
}

function statusOf({ aheadBy, behindBy }: Comparison): 'identical' | 'ahead' | 'behind' | 'diverged' {
  if (aheadBy === 0) return behindBy === 0 ? 'identical' : 'behind';
  return behindBy === 0 ? 'ahead' : 'diverged';
}

async function commitOf(repository: Repository, name: string) {
  const local = name.startsWith(`${repository.owner}:`) ? name.slice(repository.owner.length + 1) : name;
  const sha = await resolveCommit(repository, local);
  const commit = sha === undefined ? undefined : await readCommit(repository.git, sha);
  if (commit === undefined) throw notFound();
  return commit;
}
