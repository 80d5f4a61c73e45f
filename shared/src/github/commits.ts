import { coordinates, type GitHubClient } from './client.ts';
import { messageOf } from './request-error.ts';

/** A commit that was just created; `verified` when GitHub signed it. https://docs.github.com/en/rest/git/commits */
export interface CreatedCommit {
  readonly sha: string;
  readonly verified: boolean;
}

/**
 * Creates a commit without author fields: GitHub then takes the token's account, and signs for bots and Apps.
 * No ref moves; repeating it makes another commit that nothing points to.
 */
export async function createCommit(
  github: GitHubClient,
  repository: string,
  commit: { message: string; tree: string; parents: readonly string[] },
): Promise<CreatedCommit> {
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/commits', {
    ...coordinates(repository),
    message: commit.message,
    tree: commit.tree,
    parents: [...commit.parents],
  });
  return { sha: data.sha, verified: data.verification.verified };
}

/** What to commit onto which branch, and the commit that the branch has to be at. */
export interface BranchCommit {
  readonly branch: string;
  readonly expectedHead: string;
  readonly message: string;
  /** New or changed files; each becomes an ordinary one (mode 100644). */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

const COMMIT = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid signature { isValid } } }
}`;

/**
 * Commits onto a branch and moves it, in one request and only if it still is at `expectedHead`; GitHub signs the commit.
 * Throws what `isStaleHead` knows when the branch has moved or is gone. https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
 */
export async function createCommitOnBranch(
  github: GitHubClient,
  repository: string,
  { branch, expectedHead, message, files }: BranchCommit,
): Promise<CreatedCommit> {
  const [headline = '', ...body] = message.split('\n');
  const answer = await github.graphql<{ createCommitOnBranch: { commit: CommitAnswer } }>(COMMIT, {
    input: {
      branch: { repositoryNameWithOwner: repository, branchName: branch },
      expectedHeadOid: expectedHead,
      message: { headline, body: body.join('\n').trim() },
      fileChanges: {
        additions: files.map(({ path, content }) => ({ path, contents: Buffer.from(content).toString('base64') })),
      },
    },
  });
  const { oid, signature } = answer.createCommitOnBranch.commit;
  return { sha: oid, verified: signature?.isValid ?? false };
}

interface CommitAnswer {
  readonly oid: string;
  readonly signature: { readonly isValid: boolean } | null;
}

/**
 * Whether a branch was not at the commit that it was expected at, or is gone, so that nothing was committed.
 * https://github.com/ministryofjustice/modernisation-platform/issues/11985, https://github.com/github/gh-aw/issues/22564
 */
export function isStaleHead(error: unknown): boolean {
  return /expected branch to point to|branch not found/i.test(messageOf(error));
}
