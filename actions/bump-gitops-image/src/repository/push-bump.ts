import type { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { type CreatedCommit, createCommit, createCommitOnBranch, isStaleHead } from '#shared/github/commits.ts';
import type { BranchHead } from '#shared/github/read-files.ts';
import { explainGitHubError } from '#shared/github/reasons.ts';
import { createRef, updateRef } from '#shared/github/refs.ts';
import { isUncertain, statusOf } from '#shared/github/request-error.ts';
import { blobSha, createTree, rootTreeSha } from '#shared/github/trees.ts';
import type { FileChange } from '../images/change.ts';
import { userError } from '../reasons.ts';
import type { BranchSnapshot } from './read-branch.ts';

/** A commit that holds the bump: written now, or found as it should be. */
export interface Pushed {
  readonly sha: string;
  /** Whether GitHub signed the commit; undefined for one that stood there before. */
  readonly verified: boolean | undefined;
}

/** The branch moved, or the answer got lost: read again and plan again. */
export interface Contended {
  readonly contended: unknown;
  /** Whether the newest commit of the branch is the one whose answer got lost. */
  readonly isOurs?: (tip: BranchHead) => boolean;
}

/** Where to push, and on top of what. */
export interface Push {
  readonly github: GitHubClient;
  readonly repository: string;
  /** The branch that moves. */
  readonly branch: string;
  /** `replace` rebuilds a deploy branch of ours; `append` moves a branch forward, never by force. */
  readonly how: 'replace' | 'append';
  readonly message: string;
}

/** The line in a commit message by which a deploy branch is known to be ours. */
export const TRAILER = 'Bumped-By: trunkline/bump-gitops-image';

/**
 * Commits the changes, in one write onto the end of a branch and in three otherwise, or in none when the branch already
 * holds exactly them.
 */
export async function pushBump(
  push: Push,
  snapshot: BranchSnapshot,
  changes: readonly FileChange[],
): Promise<Pushed | Contended> {
  const { base, head } = snapshot;
  if (push.how === 'append' && fitsOneWrite(changes)) return appendCommit(push, snapshot, changes);
  if (push.how === 'replace' && head !== undefined) {
    refuseOthers(push, head);
    if (head.tree === plannedTree(snapshot, changes)) return { sha: head.commit, verified: undefined };
  }
  let commit: CreatedCommit;
  try {
    const tree = await createTree(push.github, push.repository, { base: base.tree, files: changes.map(contentOf) });
    commit = await createCommit(push.github, push.repository, { message: push.message, tree, parents: [base.commit] });
  } catch (error) {
    // Trees and commits that no ref reaches harm nobody, so both may be written again.
    if (isUncertain(error)) return { contended: error };
    throw explainGitHubError(error, `committing to ${push.repository}`);
  }
  try {
    await moveBranch(push, snapshot, commit.sha);
  } catch (error) {
    const isOurs = (tip: BranchHead) => tip.commit === commit.sha;
    if (isUncertain(error) || statusOf(error) === 409 || isStale(error)) return { contended: error, isOurs };
    throw explainGitHubError(error, `moving the branch ${push.branch} of ${push.repository}`);
  }
  return commit;
}

// GitHub publishes no limits for a commit in one write. Reports: 100 files (https://github.com/devantler-tech/ksail/pull/6442),
// 40 MB (https://github.com/grafana/github-api-commit-action/pull/66). Base64 and quoting make 5 MB at most 7.
const MAX_FILES = 100;
const MAX_BYTES = 5_000_000;

function fitsOneWrite(changes: readonly FileChange[]): boolean {
  const bytes = changes.reduce((sum, { after }) => sum + Buffer.byteLength(after), 0);
  return changes.length <= MAX_FILES && bytes <= MAX_BYTES && changes.every(isOrdinary);
}

// One write makes ordinary files of all, and its refusal would not tell that workflow files are the reason.
function isOrdinary({ file }: FileChange): boolean {
  return file.mode === '100644' && !file.path.startsWith('.github/workflows/');
}

// The shorter the time between reading the head and moving it, the fewer writers of a busy branch meet.
async function appendCommit(
  { github, repository, branch, message }: Push,
  snapshot: BranchSnapshot,
  changes: readonly FileChange[],
): Promise<Pushed | Contended> {
  const { base } = snapshot;
  const files = changes.map(({ file, after }) => ({ path: file.path, content: after }));
  try {
    return await createCommitOnBranch(github, repository, { branch, expectedHead: base.commit, message, files });
  } catch (error) {
    if (isStaleHead(error)) return { contended: error };
    // Others may give their commits the same message; with the same content it does not matter whose it is.
    const tree = plannedTree(snapshot, changes);
    const isOurs = (tip: BranchHead) =>
      tip.parents[0] === base.commit && tip.message.trim() === message.trim() && tip.tree === tree;
    if (isUncertain(error)) return { contended: error, isOurs };
    throw explainGitHubError(error, `committing to the branch ${branch} of ${repository}`);
  }
}

function moveBranch({ github, repository, branch, how }: Push, { head }: BranchSnapshot, sha: string): Promise<void> {
  const name = `heads/${branch}`;
  if (how === 'append') return updateRef(github, repository, { name, sha, force: false });
  if (head === undefined) return createRef(github, repository, { name, sha });
  return updateRef(github, repository, { name, sha, force: true });
}

/** The tree that the commit will have, computed here; undefined when that is not possible. */
function plannedTree({ base, folders }: BranchSnapshot, changes: readonly FileChange[]): string | undefined {
  const blobs = new Map(
    changes.map(({ file, after }) => [file.path, { mode: file.mode, sha: blobSha(Buffer.from(after)) }]),
  );
  return rootTreeSha(base.tree, folders, blobs);
}

function contentOf({ file, after }: FileChange): { path: string; mode: string; content: string } {
  return { path: file.path, mode: file.mode, content: after };
}

// Somebody's work on the branch is never thrown away.
function refuseOthers({ branch, repository }: Push, head: { message: string; parents: readonly string[] }): void {
  if (head.message.includes(TRAILER) && head.parents.length === 1) return;
  throw userError('branch-not-ours', `The newest commit of ${branch} in ${repository} was not made by this action.`);
}

function isStale(error: unknown): boolean {
  return statusOf(error) === 422 && /fast forward|already exists|does not exist/i.test(String(error));
}

/** The error for a branch that moved under us again and again. */
export function contentionError(push: Push, attempts: number, cause: unknown): UserError {
  const message = `${push.branch} of ${push.repository} moved during each of ${attempts} attempts.`;
  return userError('contention', message, { cause });
}
