import type { Actor } from './actors.ts';
import { compareCommits } from './git-graph.ts';
import { readCommit } from './git-store.ts';
import { labelAnswer } from './labels.ts';
import { mergeableState } from './mergeability.ts';
import type { PullRequest, Repository } from './model.ts';
import { nodeIdOf } from './pull-nodes.ts';
import { repositoryAnswer } from './repository-answer.ts';
import { teamAnswer, userAnswer } from './users.ts';
import type { World } from './world.ts';

interface Context {
  readonly world: World;
  readonly repository: Repository;
  readonly actor: Actor;
}

/** A pull request as lists show it; https://docs.github.com/en/rest/pulls/pulls#list-pull-requests */
export function pullListed({ world, repository, actor }: Context, pull: PullRequest) {
  const links = linksOf(world, repository, pull);
  const side = (ref: string, sha: string) => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: { ...userAnswer(world, world.actors.user(repository.owner)), type: 'Organization' },
    repo: repositoryAnswer(world, repository, actor),
  });
  return {
    id: pull.id,
    node_id: nodeIdOf(pull),
    number: pull.number,
    ...links,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    user: userAnswer(world, pull.author),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha ?? pull.testMergeSha,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.requestedReviewers.map((user) => userAnswer(world, user)),
    requested_teams: pull.requestedTeams.map((slug) => ({
      ...teamAnswer(world, repository.owner, slug),
      parent: null,
    })),
    labels: pull.labels.map((name) => labelAnswer(world, repository, name)),
    milestone: null,
    draft: pull.draft,
    head: side(pull.headRef, pull.headSha),
    base: side(pull.baseRef, pull.baseSha),
    author_association: pull.author.type === 'Bot' ? 'CONTRIBUTOR' : 'MEMBER',
    auto_merge: autoMergeAnswer(world, pull),
    active_lock_reason: null,
    _links: hypermediaOf(links),
  };
}

/** A pull request by itself; https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request */
export async function pullAnswer(context: Context, pull: PullRequest) {
  const { world, repository } = context;
  const { mergeable, state } = await mergeableState(repository, pull);
  const { commits } = await compareCommits(repository.git, pull.baseSha, pull.headSha);
  const files = await changesOf(repository, pull);
  return {
    ...pullListed(context, pull),
    requested_teams: pull.requestedTeams.map((slug) => teamAnswer(world, repository.owner, slug)),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: state,
    merged_by: pull.mergedBy === null ? null : userAnswer(world, pull.mergedBy),
    comments: repository.comments.filter(({ issue }) => issue === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

/** The files that a pull request changes: from the merge base to its head. */
export async function changesOf(repository: Repository, pull: PullRequest) {
  const trees = await treesOf(repository, pull);
  return repository.diff.between(trees.oldTree, trees.newTree);
}

/** The trees of the merge base and of the head. */
export async function treesOf(
  repository: Repository,
  pull: PullRequest,
): Promise<{ oldTree: string; newTree: string }> {
  const { git } = repository;
  const { mergeBase } = await compareCommits(git, pull.baseSha, pull.headSha);
  const oldTree = (await readCommit(git, mergeBase ?? pull.baseSha))?.tree ?? '';
  return { oldTree, newTree: (await readCommit(git, pull.headSha))?.tree ?? '' };
}

function linksOf({ urls }: World, { fullName }: Repository, { number, headSha }: PullRequest) {
  const api = `${urls.api}/repos/${fullName}`;
  const html = `${urls.server}/${fullName}/pull/${number}`;
  return {
    url: `${api}/pulls/${number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${api}/pulls/${number}/commits`,
    comments_url: `${api}/issues/${number}/comments`,
    review_comments_url: `${api}/pulls/${number}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    statuses_url: `${api}/statuses/${headSha}`,
  };
}

function hypermediaOf(links: ReturnType<typeof linksOf>) {
  return {
    self: { href: links.url },
    html: { href: links.html_url },
    issue: { href: links.issue_url },
    comments: { href: links.comments_url },
    review_comments: { href: links.review_comments_url },
    review_comment: { href: links.review_comment_url },
    commits: { href: links.commits_url },
    statuses: { href: links.statuses_url },
  };
}

function autoMergeAnswer(world: World, { autoMerge }: PullRequest) {
  if (autoMerge === null) return null;
  return {
    enabled_by: userAnswer(world, autoMerge.enabledBy),
    merge_method: autoMerge.method,
    commit_title: autoMerge.title,
    commit_message: autoMerge.message,
  };
}
