import { type Actor, noreplyEmail } from './actors.ts';
import { changedFiles } from './changed-files.ts';
import { ancestorsOf, newestFirst } from './git-graph.ts';
import { type CommitFields, isoUtc, type Signature } from './git-objects.ts';
import { runGit } from './git-process.ts';
import { readCommit, writeCommit } from './git-store.ts';
import { EMPTY_TREE } from './git-trees.ts';
import type { Repository } from './model.ts';
import { optionalText, optionalTexts, recordOf, requiredText } from './parameters.ts';
import { notFound, Refusal, unprocessable } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, linkHeader, page, pageOf, type RepositoryCall, repositoryRoute } from './router.ts';
import { OWN_SIGNATURE, verificationOf } from './signatures.ts';
import { userAnswer } from './users.ts';
import type { World } from './world.ts';

type Commit = CommitFields & { sha: string };

// https://docs.github.com/en/rest/commits/commits#get-a-commit
const MAX_FILES = 300;
const MAX_PAGED_FILES = 3000;

/** https://docs.github.com/en/rest/git/commits and https://docs.github.com/en/rest/commits/commits */
export const commitRoutes = [
  repositoryRoute('POST /git/commits', 'contents=write', createCommit),
  repositoryRoute('GET /git/commits/{sha}', 'contents=read', async ({ world, repository, params }) => {
    const commit = await readCommit(repository.git, params['sha'] ?? '');
    if (commit === undefined) throw notFound();
    return { status: 200, data: gitCommitAnswer(world, repository, commit) };
  }),
  repositoryRoute('GET /commits', 'contents=read', listCommits),
  repositoryRoute('GET /commits/{ref*}', 'contents=read', getCommit),
];

/** Who a commit is by when the request names nobody: the token's account, committed and signed by GitHub for bots. */
export function ownSignatures(world: World, actor: Actor): Pick<CommitFields, 'author' | 'committer' | 'signature'> {
  const author = { name: actor.login, email: noreplyEmail(actor), date: world.timestamp() };
  if (actor.type !== 'Bot') return { author, committer: author };
  return { author, committer: webFlow(world), signature: OWN_SIGNATURE };
}

/** GitHub itself as committer, of merges and of bots' commits. */
export function webFlow(world: World): Signature {
  return { name: 'GitHub', email: 'noreply@github.com', date: world.timestamp() };
}

async function createCommit({ world, repository, actor, body }: RepositoryCall): Promise<Answer> {
  const { git } = repository;
  const [message, tree] = [requiredText(body, 'message'), requiredText(body, 'tree')];
  if ((await git.read(tree))?.type !== 'tree') throw unprocessable('Tree SHA does not exist');
  const parents = optionalTexts(body, 'parents') ?? [];
  for (const parent of parents) {
    if ((await git.read(parent))?.type !== 'commit')
      throw unprocessable('Parent SHA does not exist or is not a commit object');
  }
  const named = body['author'] !== undefined || body['committer'] !== undefined;
  const people = named ? givenSignatures(world, actor, body) : ownSignatures(world, actor);
  const signature = optionalText(body, 'signature') ?? (named ? undefined : people.signature);
  const sha = writeCommit(git, { tree, parents, message, ...people, signature });
  const made = await readCommit(git, sha);
  if (made === undefined) throw notFound();
  return { status: 201, data: gitCommitAnswer(world, repository, made) };
}

function givenSignatures(
  world: World,
  actor: Actor,
  body: RepositoryCall['body'],
): Pick<CommitFields, 'author' | 'committer' | 'signature'> {
  const one = (value: unknown): Signature => {
    const given = recordOf(value);
    return {
      name: requiredText(given, 'name'),
      email: requiredText(given, 'email'),
      date: optionalText(given, 'date') ?? world.timestamp(),
    };
  };
  const author = body['author'] === undefined ? ownSignatures(world, actor).author : one(body['author']);
  return { author, committer: body['committer'] === undefined ? author : one(body['committer']) };
}

async function listCommits(call: RepositoryCall): Promise<Answer> {
  const { world, repository, query } = call;
  const start = await resolveCommit(repository, query.get('sha') ?? repository.defaultBranch);
  if (start === undefined) throw notFound();
  const filtered = ['path', 'since', 'until', 'author'].some((name) => query.has(name));
  const shas = filtered
    ? await filteredCommits(repository, start, query)
    : newestFirst([...(await ancestorsOf(repository.git, start)).values()]).map(({ sha }) => sha);
  const answer = page(call, shas);
  const data = await Promise.all((answer.data as string[]).map((sha) => commitListed(world, repository, sha)));
  return { ...answer, data };
}

/** Git's own history simplification decides which commits touch a path. */
async function filteredCommits({ git }: Repository, start: string, query: URLSearchParams): Promise<string[]> {
  const options = ['since', 'until', 'author'].flatMap((name) =>
    query.has(name) ? [`--${name}=${query.get(name)}`] : [],
  );
  const path = query.get('path');
  const paths = path === null || path === '' ? [] : ['--', `:(literal)${path}`];
  const { stdout } = await runGit(['rev-list', ...options, start, ...paths], { folder: git.folder });
  return stdout.toString().split('\n').filter(Boolean);
}

async function getCommit(call: RepositoryCall): Promise<Answer> {
  const { world, repository, params, query } = call;
  const name = params['ref'] ?? '';
  const sha = await resolveCommit(repository, name);
  if (sha === undefined) {
    throw /^[0-9a-f]{7,40}$/.test(name) ? new Refusal(422, `No commit found for SHA: ${name}`) : notFound();
  }
  const commit = await readCommit(repository.git, sha);
  if (commit === undefined) throw notFound();
  const parent = commit.parents[0] === undefined ? undefined : await readCommit(repository.git, commit.parents[0]);
  const oldTree = parent?.tree ?? repository.git.write('tree', Buffer.alloc(0)) ?? EMPTY_TREE;
  const files = await changedFiles(world, repository, { oldTree, newTree: commit.tree, sha });
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const stats = { additions, deletions, total: additions + deletions };
  const { size: asked, number } = pageOf(query);
  const size = query.has('per_page') ? asked : MAX_FILES;
  const listed = files.slice(0, MAX_PAGED_FILES);
  const data = {
    ...commitAnswer(world, repository, commit),
    stats,
    files: listed.slice((number - 1) * size, number * size),
  };
  return { status: 200, data, headers: linkHeader(call, number, Math.ceil(listed.length / size)) };
}

async function commitListed(world: World, repository: Repository, sha: string) {
  const commit = await readCommit(repository.git, sha);
  return commit === undefined ? undefined : commitAnswer(world, repository, commit);
}

/** A commit as lists, compare and pull requests show it. */
export function commitAnswer(world: World, repository: Repository, commit: Commit) {
  const api = `${world.urls.api}/repos/${repository.fullName}`;
  const html = `${world.urls.server}/${repository.fullName}/commit/${commit.sha}`;
  const account = (person: Signature) => {
    const user =
      person.email === 'noreply@github.com' ? world.actors.user('web-flow') : world.actors.byEmail(person.email);
    return user === undefined ? null : userAnswer(world, user);
  };
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url: `${api}/commits/${commit.sha}`,
    html_url: html,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: { ...gitFields(world, repository, commit), comment_count: 0 },
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${world.urls.server}/${repository.fullName}/commit/${sha}`,
    })),
  };
}

function gitCommitAnswer(world: World, repository: Repository, commit: Commit) {
  const answer = commitAnswer(world, repository, commit);
  const url = `${world.urls.api}/repos/${repository.fullName}/git/commits/${commit.sha}`;
  const { sha, node_id, html_url, parents } = answer;
  return { sha, node_id, html_url, parents, ...gitFields(world, repository, commit), url };
}

function gitFields(world: World, repository: Repository, { sha, tree, message, author, committer, signature }: Commit) {
  const api = `${world.urls.api}/repos/${repository.fullName}/git`;
  const printed = (person: Signature) => ({ ...person, date: isoUtc(person.date) });
  return {
    url: `${api}/commits/${sha}`,
    author: printed(author),
    committer: printed(committer),
    message,
    tree: { sha: tree, url: `${api}/trees/${tree}` },
    verification: verificationOf(signature, isoUtc(committer.date)),
  };
}
