import type { Actor } from './actors.ts';
import { noreplyEmail } from './actors.ts';
import { webFlow } from './commits.ts';
import { compareCommits, isAncestor } from './git-graph.ts';
import { readCommit, writeCommit } from './git-store.ts';
import { pullOf } from './labels.ts';
import { mergedTree, missingForMerge } from './mergeability.ts';
import type { MergeMethod, PullRequest, Repository } from './model.ts';
import { optionalText } from './parameters.ts';
import { closePull } from './pull-follow.ts';
import { Refusal, unprocessable } from './refusals.ts';
import { type Answer, type RepositoryCall, repositoryRoute } from './router.ts';
import { binds, rulesFor, violationsText } from './rules.ts';
import { OWN_SIGNATURE } from './signatures.ts';
import { obeyWorkflowMerge } from './workflow-scope.ts';
import { moveRef, type World } from './world.ts';

/** What a merge may be told. */
export interface MergeOptions {
  readonly method: MergeMethod;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
}

/** https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request */
export const mergeRoutes = [
  repositoryRoute('GET /pulls/{number}/merge', 'contents=read', (call) => {
    if (pullOf(call).mergedAt === null) throw new Refusal(404, 'Not Found');
    return { status: 204 };
  }),
  repositoryRoute('PUT /pulls/{number}/merge', 'contents=write', mergePull),
];

async function mergePull(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor, body } = call;
  const pull = pullOf(call);
  const method = optionalText(body, 'merge_method') ?? 'merge';
  if (method !== 'merge' && method !== 'squash' && method !== 'rebase') throw unprocessable('Invalid merge method');
  const guard = optionalText(body, 'sha');
  if (guard !== undefined && guard !== pull.headSha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  await obeyMergeRules(repository, actor, { pull, method });
  await obeyWorkflows(repository, actor, pull);
  const title = optionalText(body, 'commit_title');
  const sha = await merge({ world, repository, actor }, pull, {
    method,
    title,
    message: optionalText(body, 'commit_message'),
  });
  return { status: 200, data: { sha, merged: true, message: 'Pull Request successfully merged' } };
}

/** 405 for everything that keeps a pull request from being merged now. */
export async function obeyMergeRules(
  repository: Repository,
  actor: Actor,
  { pull, method }: { pull: PullRequest; method: MergeMethod },
): Promise<void> {
  const refuse = (message: string) => new Refusal(405, message);
  const { settings } = repository;
  if (pull.state === 'closed') throw refuse('Pull Request is not mergeable');
  if (pull.draft) throw refuse('Pull Request is still a draft');
  const allowed = {
    merge: settings.allowMergeCommit,
    squash: settings.allowSquashMerge,
    rebase: settings.allowRebaseMerge,
  };
  const named = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' };
  if (!allowed[method]) throw refuse(`${named[method]} are not allowed on this repository.`);
  const rules = rulesFor(repository, 'branch', pull.baseRef);
  const binding = rules.filter((rule) => binds(rule, actor));
  if (binding.some((rule) => rule.mergeQueue)) {
    throw refuse(violationsText(['Changes must be made through the merge queue']));
  }
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  if ((await mergedTree(repository, base, pull.headSha)) === undefined) throw refuse('Pull Request is not mergeable');
  const missing = binding.length === 0 ? [] : await missingForMerge(repository, pull);
  if (missing.length > 0) throw refuse(violationsText(missing));
  if (binding.some((rule) => rule.strictChecks) && !(await isAncestor(repository.git, base, pull.headSha))) {
    throw refuse('Head branch is out of date. Review and try the merge again.');
  }
}

/** 403 when the merge would change workflow files and the token may not. */
export async function obeyWorkflows(repository: Repository, actor: Actor, pull: PullRequest): Promise<void> {
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  const tree = await mergedTree(repository, base, pull.headSha);
  if (tree !== undefined) await obeyWorkflowMerge(repository, actor, { base, tree });
}

/** Merges for real and gives the new commit on the base branch; the rules must have been obeyed. */
export async function merge(
  { world, repository, actor }: { world: World; repository: Repository; actor: Actor },
  pull: PullRequest,
  options: MergeOptions,
): Promise<string> {
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  const sha = await commitMerge({ world, repository, actor }, pull, { ...options, base });
  await completeMerge({ world, repository, actor }, pull, { base, sha });
  return sha;
}

/** Makes `sha`, which was committed on `base`, the merge of the pull request. */
export async function completeMerge(
  { world, repository, actor }: { world: World; repository: Repository; actor: Actor },
  pull: PullRequest,
  { base, sha }: { base: string; sha: string },
): Promise<void> {
  pull.baseSha = base;
  closePull(world, pull);
  Object.assign(pull, { mergedAt: pull.closedAt, mergedBy: world.actors.user(actor.login), mergeCommitSha: sha });
  await moveRef(world, repository, { ref: `refs/heads/${pull.baseRef}`, after: sha, actor });
  if (repository.settings.deleteBranchOnMerge) {
    await moveRef(world, repository, { ref: `refs/heads/${pull.headRef}`, after: null, actor });
  }
}

/** Writes the commit that a merge would put on `base`, and gives its sha; no ref moves. */
export async function commitMerge(
  { world, repository, actor }: { world: World; repository: Repository; actor: Actor },
  pull: PullRequest,
  { method, title, message, base }: MergeOptions & { base: string },
): Promise<string> {
  const { git } = repository;
  const tree = await mergedTree(repository, base, pull.headSha);
  if (tree === undefined) throw new Refusal(405, 'Pull Request is not mergeable');
  const author = { name: actor.login, email: noreplyEmail(actor), date: world.timestamp() };
  const committer = webFlow(world);
  if (method === 'merge') {
    const head = `Merge pull request #${pull.number} from ${repository.owner}/${pull.headRef}`;
    const text = `${title ?? head}\n\n${message ?? pull.title}`;
    return writeCommit(git, {
      tree,
      parents: [base, pull.headSha],
      author,
      committer,
      message: text,
      signature: OWN_SIGNATURE,
    });
  }
  const { commits } = await compareCommits(git, base, pull.headSha);
  if (method === 'rebase') return rebase(repository, { base, commits, committer });
  const only = commits.length === 1 ? commits[0] : undefined;
  const [subject, ...rest] = (only?.message ?? '').split('\n');
  const list = commits.map((commit) => `* ${commit.message.trim()}`).join('\n\n');
  const head = title ?? `${only === undefined ? pull.title : subject} (#${pull.number})`;
  const body = message ?? (only === undefined ? list : rest.join('\n').trim());
  const by = commits.at(-1)?.author ?? author;
  const text = body === '' ? head : `${head}\n\n${body}`;
  const people = { author: { ...by, date: committer.date }, committer, signature: OWN_SIGNATURE };
  return writeCommit(git, { tree, parents: [base], message: text, ...people });
}

/** Replays each commit on the base with `git merge-tree`'s result of every step. */
async function rebase(
  repository: Repository,
  {
    base,
    commits,
    committer,
  }: {
    base: string;
    commits: Awaited<ReturnType<typeof compareCommits>>['commits'];
    committer: ReturnType<typeof webFlow>;
  },
): Promise<string> {
  let tip = base;
  for (const commit of commits) {
    const tree = await mergedTree(repository, base, commit.sha);
    const known = await readCommit(repository.git, tip);
    if (tree === undefined || known === undefined) throw new Refusal(405, "This branch can't be rebased");
    tip = writeCommit(repository.git, {
      tree,
      parents: [tip],
      author: commit.author,
      committer,
      message: commit.message,
    });
  }
  return tip;
}
