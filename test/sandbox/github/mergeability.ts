import { verdictOf } from './check-verdicts.ts';
import { isAncestor, mergeBaseOf } from './git-graph.ts';
import { runGit } from './git-process.ts';
import { readCommit, writeCommit } from './git-store.ts';
import type { PullRequest, Repository } from './model.ts';
import { missingChecks, requiredChecksOf, rulesFor } from './rules.ts';

/** GitHub's `mergeable_state`; https://docs.github.com/en/graphql/reference/enums#mergestatestatus */
export type MergeableState = 'clean' | 'dirty' | 'blocked' | 'behind' | 'unstable' | 'draft' | 'unknown';

/** The tree that merging `head` into `base` gives, or undefined on a conflict; computed by `git merge-tree`. */
export async function mergedTree(repository: Repository, base: string, head: string): Promise<string | undefined> {
  const { git } = repository;
  if ((await mergeBaseOf(git, base, head)) === base) return (await readCommit(git, head))?.tree;
  const { code, stdout } = await runGit(['merge-tree', '--write-tree', base, head], { folder: git.folder });
  return code === 0 ? stdout.toString().slice(0, 40) : undefined;
}

/** Whether a pull request can be merged; the first question after a change is answered with null, as GitHub answers while it computes. */
export async function mergeableState(
  repository: Repository,
  pull: PullRequest,
): Promise<{ mergeable: boolean | null; state: MergeableState }> {
  if (pull.state === 'closed') return { mergeable: null, state: 'unknown' };
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  const pair = `${base} ${pull.headSha}`;
  if (pull.mergeableFor !== pair) {
    pull.mergeableFor = pair;
    pull.mergeable = null;
    return { mergeable: null, state: 'unknown' };
  }
  pull.mergeable ??= await tryMerge(repository, pull, base);
  if (!pull.mergeable) return { mergeable: false, state: 'dirty' };
  return { mergeable: true, state: await stateOf(repository, pull, base) };
}

/** Merges for a test, as GitHub does: the commit is named as `merge_commit_sha` until the pull request is merged. */
async function tryMerge(repository: Repository, pull: PullRequest, base: string): Promise<boolean> {
  const tree = await mergedTree(repository, base, pull.headSha);
  if (tree === undefined) return false;
  const by = { name: 'GitHub', email: 'noreply@github.com', date: pull.updatedAt };
  const message = `Merge ${pull.headSha} into ${base}`;
  const parents = [base, pull.headSha];
  pull.testMergeSha = writeCommit(repository.git, { tree, parents, message, author: by, committer: by });
  return true;
}

/** The state as it is, without the delay of `mergeableState`. */
export async function mergeableNow(repository: Repository, pull: PullRequest): Promise<MergeableState> {
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  if ((await mergedTree(repository, base, pull.headSha)) === undefined) return 'dirty';
  return stateOf(repository, pull, base);
}

/** What reviewers decided; null where no review is asked for. https://docs.github.com/en/graphql/reference/enums#pullrequestreviewdecision */
export function reviewDecision(repository: Repository, pull: PullRequest): string | null {
  if (changesRequested(pull)) return 'CHANGES_REQUESTED';
  const rules = rulesFor(repository, 'branch', pull.baseRef);
  const wanted = Math.max(0, ...rules.map((rule) => rule.requirePullRequest?.approvals ?? 0));
  if (wanted === 0) return approvalsOf(pull) > 0 ? 'APPROVED' : null;
  return approvalsOf(pull) >= wanted ? 'APPROVED' : 'REVIEW_REQUIRED';
}

/** What the rules still miss before a merge, one text each in GitHub's words. */
export async function missingForMerge(repository: Repository, pull: PullRequest): Promise<string[]> {
  const missing = missingChecks(repository, pull.headSha, requiredChecksOf(repository, pull.baseRef));
  return [...missing, ...missingReviews(repository, pull)];
}

/** The part of it that reviewers can give. */
export function missingReviews(repository: Repository, pull: PullRequest): string[] {
  const missing: string[] = [];
  const rules = rulesFor(repository, 'branch', pull.baseRef);
  const wanted = Math.max(0, ...rules.map((rule) => rule.requirePullRequest?.approvals ?? 0));
  if (approvalsOf(pull) < wanted) missing.push(reviewText(wanted));
  if (changesRequested(pull) && wanted > 0) missing.push('Changes have been requested.');
  return missing;
}

async function stateOf(repository: Repository, pull: PullRequest, base: string): Promise<MergeableState> {
  if (pull.draft) return 'draft';
  if ((await missingForMerge(repository, pull)).length > 0) return 'blocked';
  const strict = rulesFor(repository, 'branch', pull.baseRef).some((rule) => rule.strictChecks);
  if (strict && !(await isAncestor(repository.git, base, pull.headSha))) return 'behind';
  const verdict = verdictOf(repository, pull.headSha);
  return verdict === 'pending' || verdict === 'failure' ? 'unstable' : 'clean';
}

/** Reviewers whose last word is an approval; the author's own does not count. */
function approvalsOf({ reviews, author }: PullRequest): number {
  const last = new Map(reviews.filter(({ state }) => state !== 'COMMENTED').map((one) => [one.user.login, one.state]));
  last.delete(author.login);
  return [...last.values()].filter((state) => state === 'APPROVED').length;
}

function changesRequested({ reviews }: PullRequest): boolean {
  const last = new Map(reviews.filter(({ state }) => state !== 'COMMENTED').map((one) => [one.user.login, one.state]));
  return [...last.values()].includes('CHANGES_REQUESTED');
}

function reviewText(wanted: number): string {
  return wanted === 1
    ? 'At least 1 approving review is required by reviewers with write access.'
    : `At least ${wanted} approving reviews are required by reviewers with write access.`;
}
