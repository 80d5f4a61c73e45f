import type { User } from './actors.ts';
import { ancestorsOf, newestFirst } from './git-graph.ts';
import type { CommitFields, Signature } from './git-objects.ts';
import { decodeTag, isoUtc, typeOfMode } from './git-objects.ts';
import { runGit } from './git-process.ts';
import { readCommit, readTree } from './git-store.ts';

import { connection, type Paging } from './graphql-connection.ts';
import { pullNode } from './graphql-pull.ts';
import type { GraphQLContext } from './graphql-queries.ts';
import { pullsOfCommit } from './pulls.ts';
import { verificationOf } from './signatures.ts';
import { rollupState } from './statuses.ts';
import type { World } from './world.ts';

/** `Commit`, `Tag`, `Tree` or `Blob`; null for a name that is no object here. */
export async function objectNode(context: GraphQLContext, sha: string): Promise<object | null> {
  const object = await context.repository.git.read(sha);
  if (object === undefined) return null;
  const base = { id: `O_${object.sha}`, oid: object.sha, abbreviatedOid: object.sha.slice(0, 7) };
  if (object.type === 'commit') return commitNode(context, object.sha);
  if (object.type === 'tree') return { __typename: 'Tree', ...base, entries: () => treeEntries(context, object.sha) };
  if (object.type === 'tag') {
    const { tag, message, object: target, tagger } = decodeTag(object.content);
    const by = tagger === undefined ? null : gitActorNode(context.world, tagger);
    return { __typename: 'Tag', ...base, name: tag, message, tagger: by, target: () => objectNode(context, target) };
  }
  const isBinary = object.content.subarray(0, 8000).includes(0);
  const text = isBinary ? null : object.content.toString();
  return { __typename: 'Blob', ...base, byteSize: object.content.length, isBinary, text };
}

/** `Commit`; https://docs.github.com/en/graphql/reference/objects#commit */
export async function commitNode(context: GraphQLContext, sha: string): Promise<object | null> {
  const { world, repository } = context;
  const commit = await readCommit(repository.git, sha);
  if (commit === undefined) return null;
  const node = (one: string) => commitNode(context, one);
  return {
    __typename: 'Commit',
    id: `C_${sha}`,
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    url: `${world.urls.server}/${repository.fullName}/commit/${sha}`,
    ...messageFields(commit),
    authoredDate: isoUtc(commit.author.date),
    committedDate: isoUtc(commit.committer.date),
    author: gitActorNode(world, commit.author),
    committer: gitActorNode(world, commit.committer),
    authors: (paging: Paging) => connection(authorsOf(commit), paging, (person) => gitActorNode(world, person)),
    tree: () => objectNode(context, commit.tree),
    parents: (paging: Paging) => connection(commit.parents, paging, node),
    associatedPullRequests: async (paging: Paging) =>
      connection(await pullsOfCommit(repository, sha), paging, (pull) => pullNode(context, pull)),
    history: async (paging: Paging & HistoryFilter) => connection(await history(context, sha, paging), paging, node),
    signature: signatureNode(commit.signature, isoUtc(commit.committer.date)),
    statusCheckRollup: () => {
      const state = rollupState(repository, sha);
      return state === undefined ? null : { id: `SCR_${sha}`, state };
    },
  };
}

// https://docs.github.com/en/graphql/reference/interfaces#gitsignature
function signatureNode(text: string | undefined, at: string): object | null {
  const { verified, signature, payload } = verificationOf(text, at);
  if (signature === null) return null;
  const state = verified ? 'VALID' : 'UNKNOWN_KEY';
  const __typename = signature.includes('SSH') ? 'SshSignature' : 'GpgSignature';
  return { __typename, isValid: verified, state, signature, payload, wasSignedByGitHub: verified };
}

/** `User` or `Bot`; GraphQL shows a bot's login without `[bot]`. */
export function actorNode(world: World, { login, id, type }: User) {
  const shown = type === 'Bot' ? login.replace(/\[bot\]$/, '') : login;
  const kind = type === 'Bot' ? 'Bot' : 'User';
  return {
    __typename: kind,
    id: `U_${id}`,
    databaseId: id,
    login: shown,
    name: shown,
    url: `${world.urls.server}/${shown}`,
  };
}

function gitActorNode(world: World, { name, email, date }: Signature) {
  const user = world.actors.byEmail(email);
  const known = user === undefined ? null : { ...actorNode(world, user), __typename: 'User', login: user.login };
  return { name, email, date: isoUtc(date), user: known };
}

function messageFields({ message }: CommitFields) {
  const [headline = '', ...rest] = message.split('\n');
  return { message, messageHeadline: headline, messageBody: rest.join('\n').trim() };
}

/** The author and everybody in `Co-authored-by` trailers. */
function authorsOf({ author, message }: CommitFields): Signature[] {
  const others = [...message.matchAll(/^co-authored-by: *(.+?) *<(.+?)>$/gim)].map(([, name = '', email = '']) => ({
    name,
    email,
    date: author.date,
  }));
  return [author, ...others];
}

interface HistoryFilter {
  readonly path?: string;
  readonly author?: { readonly id?: string; readonly emails?: readonly string[] };
}

async function history(
  { world, repository }: GraphQLContext,
  sha: string,
  { path, author }: HistoryFilter,
): Promise<string[]> {
  const touching = path ? await touchingCommits(repository.git.folder, sha, path) : undefined;
  return newestFirst([...(await ancestorsOf(repository.git, sha)).values()])
    .filter((commit) => author === undefined || isBy(world, commit.author.email, author))
    .flatMap((commit) => (touching?.has(commit.sha) === false ? [] : [commit.sha]));
}

// The id takes precedence over e-mail addresses: https://docs.github.com/en/graphql/reference/input-objects#commitauthor
function isBy(world: World, email: string, { id, emails = [] }: NonNullable<HistoryFilter['author']>): boolean {
  if (id === undefined) return emails.includes(email);
  const user = world.actors.byEmail(email);
  return user !== undefined && actorNode(world, user).id === id;
}

async function touchingCommits(folder: string, sha: string, path: string): Promise<ReadonlySet<string>> {
  const { stdout } = await runGit(['rev-list', sha, '--', `:(literal)${path}`], { folder });
  return new Set(stdout.toString().split('\n').filter(Boolean));
}

async function treeEntries(context: GraphQLContext, sha: string) {
  return ((await readTree(context.repository.git, sha)) ?? []).map((entry) => ({
    name: entry.name,
    path: entry.name,
    mode: Number.parseInt(entry.mode, 8),
    type: typeOfMode(entry.mode),
    oid: entry.sha,
    object: () => objectNode(context, entry.sha),
  }));
}
