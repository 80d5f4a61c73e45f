import { readMessage } from '#shared/commits/read-message.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { coordinates } from '#shared/github/client.ts';
import { type ComparedFile, type Comparison, compareCommits, type ListedCommit } from '#shared/github/compare.ts';
import { readNewcomers } from '#shared/github/newcomers.ts';
import { readRef } from '#shared/github/refs.ts';
import { isGitHubError, statusOf } from '#shared/github/request-error.ts';
import type { RangeCommit, SourceRange } from '../facts/deploy-facts.ts';
import { directionOf } from '../facts/plan-direction.ts';
import { readFileDifference } from './read-file-difference.ts';

/** The two versions in the service's repository. */
export interface RangeRequest {
  readonly repository: string;
  readonly service: string;
  readonly version: string;
  readonly previousVersion: string | undefined;
}

/** The git tag of an image's tag, and what lies between; parts are undefined where they cannot be read. */
export interface ReadRange {
  readonly ref: string | undefined;
  readonly range: SourceRange | undefined;
  /** Why the range is not there. */
  readonly problem: string | undefined;
}

const MAX_COMMITS = 500;
const MAX_NAMED_FILES = 300;
const COMMITS_PER_QUERY = 100;

/** Reads the commits and files between two versions; never throws for what the service's repository refuses. */
export async function readRange(github: GitHubClient, request: RangeRequest): Promise<ReadRange> {
  try {
    const ref = await findTag(github, request, request.version);
    if (ref === undefined) return { ref, range: undefined, problem: `has no tag for ${request.version}` };
    if (request.previousVersion === undefined)
      return { ref, range: undefined, problem: 'the previous version is not known' };
    const previousRef = await findTag(github, request, request.previousVersion);
    if (previousRef === undefined) {
      return { ref, range: undefined, problem: `has no tag for ${request.previousVersion}` };
    }
    const range = await readBetween(github, request, { ref, previousRef });
    return { ref, range, problem: range === undefined ? 'the versions have no history in common' : undefined };
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    return { ref: undefined, range: undefined, problem: `cannot be read (${statusOf(error)})` };
  }
}

/** The git tag from which the image with tag `version` was built: equal to it, or with the service's name in front as monorepos have it. */
async function findTag(github: GitHubClient, request: RangeRequest, version: string): Promise<string | undefined> {
  const bare = version.replace(/^v(?=\d)/, '');
  const names = [
    version,
    `${request.service}/${version}`,
    `v${bare}`,
    `${request.service}-${version}`,
    `${request.service}/v${bare}`,
  ];
  for (const name of new Set(names)) {
    if ((await readRef(github, request.repository, `tags/${name}`)) !== undefined) return name;
  }
  return undefined;
}

async function readBetween(
  github: GitHubClient,
  { repository, version, previousVersion }: RangeRequest,
  { ref, previousRef }: { ref: string; previousRef: string },
): Promise<SourceRange | undefined> {
  const compare = (base: string, head: string) =>
    compareCommits(github, repository, { base, head, maxCommits: MAX_COMMITS });
  let isBack = directionOf(previousVersion, version) === 'rollback';
  let found = await (isBack ? compare(ref, previousRef) : compare(previousRef, ref));
  if (found?.status === 'behind') {
    isBack = !isBack;
    found = await (isBack ? compare(ref, previousRef) : compare(previousRef, ref));
  }
  if (found === undefined) return undefined;
  const before = found.mergeBase.sha;
  const [files, commits, newcomers] = await Promise.all([
    filesOf(github, repository, { found, head: isBack ? previousRef : ref }),
    withPulls(github, repository, found.commits),
    isBack ? [] : asCourtesy(() => readNewcomers(github, repository, { commits: found.commits, before })),
  ]);
  return {
    ...{ ref, previousRef, totalCommits: found.totalCommits },
    sha: isBack ? found.baseSha : (found.commits[0]?.sha ?? found.baseSha),
    status: isBack && found.status === 'ahead' ? 'behind' : found.status,
    ...{ commits, newcomers },
    ...files,
  };
}

// Beyond 300 files GitHub names no more; two trees tell them all.
async function filesOf(
  github: GitHubClient,
  repository: string,
  { found, head }: { found: Comparison; head: string },
): Promise<{ files: readonly ComparedFile[]; isFileListComplete: boolean }> {
  if (found.files.length < MAX_NAMED_FILES) return { files: found.files, isFileListComplete: true };
  const all = await readFileDifference(github, repository, { base: found.mergeBase.sha, head });
  return { files: all ?? found.files, isFileListComplete: all !== undefined };
}

// Pull requests, logins and first contributions are a courtesy: the changelog is true without them.
async function asCourtesy<T>(read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch (error) {
    if (isGitHubError(error)) return [];
    throw error;
  }
}

interface CommitNode {
  readonly author: { readonly user: { readonly login: string } | null } | null;
  readonly associatedPullRequests: { readonly nodes: readonly { number: number; merged: boolean }[] } | null;
}

/** Adds pull requests and authors, a hundred commits in one query. https://docs.github.com/en/graphql/reference/objects#commit */
async function withPulls(
  github: GitHubClient,
  repository: string,
  commits: readonly ListedCommit[],
): Promise<RangeCommit[]> {
  const known = new Map<string, CommitNode>();
  for (let start = 0; start < commits.length; start += COMMITS_PER_QUERY) {
    const some = commits.slice(start, start + COMMITS_PER_QUERY);
    for (const [sha, node] of await asCourtesy(() => askForPulls(github, repository, some))) known.set(sha, node);
  }
  return commits.map((commit) => {
    const node = known.get(commit.sha);
    const pulls = node?.associatedPullRequests?.nodes ?? [];
    const pull = (pulls.find(({ merged }) => merged) ?? pulls[0])?.number;
    const author = node?.author?.user?.login ?? commit.author;
    return { ...commit, message: readMessage(commit), author, pull };
  });
}

async function askForPulls(
  github: GitHubClient,
  repository: string,
  commits: readonly ListedCommit[],
): Promise<[string, CommitNode][]> {
  const { owner, repo } = coordinates(repository);
  const variables: Record<string, string> = { owner, name: repo };
  for (const [index, { sha }] of commits.entries()) variables[`o${index}`] = sha;
  const types = Object.keys(variables).map((name) => `$${name}: ${/^o\d+$/.test(name) ? 'GitObjectID' : 'String'}!`);
  const fields = commits.map(
    (_, index) =>
      `c${index}: object(oid: $o${index}) { ... on Commit { author { user { login } } associatedPullRequests(first: 3) { nodes { number merged } } } }`,
  );
  const query = `query(${types.join(', ')}) { repository(owner: $owner, name: $name) { ${fields.join('\n')} } }`;
  const answer = await github.graphql<{ repository: Record<string, CommitNode | null> }>(query, variables);
  return commits.flatMap(({ sha }, index): [string, CommitNode][] => {
    const node = answer.repository[`c${index}`];
    return node === null || node === undefined ? [] : [[sha, node]];
  });
}
