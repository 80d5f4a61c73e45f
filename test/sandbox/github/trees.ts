import { readCommit } from './git-store.ts';
import { listFolder, listTree, type TreeChange, writeTree } from './git-trees.ts';
import type { Repository } from './model.ts';
import { optionalText, requiredRecords, requiredText } from './parameters.ts';
import { notFound, unprocessable } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, type RepositoryCall, renderLater, repositoryRoute } from './router.ts';
import type { World } from './world.ts';

const MODES = new Set(['100644', '100755', '040000', '160000', '120000']);
const MAX_ENTRIES = 100_000;

/** https://docs.github.com/en/rest/git/trees */
export const treeRoutes = [
  repositoryRoute('POST /git/trees', 'contents=write', createTree),
  repositoryRoute('GET /git/trees/{tree*}', 'contents=read', getTree),
];

async function createTree({ world, repository, body }: RepositoryCall): Promise<Answer> {
  const base = await baseTree(repository, optionalText(body, 'base_tree'));
  const changes: TreeChange[] = [];
  for (const entry of requiredRecords(body, 'tree')) changes.push(await changeOf(repository, entry, base));
  const sha = await writeTree(repository.git, base, changes);
  return { status: 201, data: await treeAnswer(world, repository, { sha, recursive: false }) };
}

async function baseTree(repository: Repository, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const object = await repository.git.read(name);
  if (object?.type === 'commit') return (await readCommit(repository.git, name))?.tree;
  if (object?.type !== 'tree') throw unprocessable('base_tree is not a valid tree oid');
  return name;
}

async function changeOf(
  { git }: Repository,
  entry: Readonly<Record<string, unknown>>,
  base: string | undefined,
): Promise<TreeChange> {
  const path = requiredText(entry, 'path');
  if (path.startsWith('/') || path.split('/').some((part) => ['', '.', '..', '.git'].includes(part))) {
    throw unprocessable('tree.path contains a malformed path component');
  }
  const mode = requiredText(entry, 'mode');
  if (!MODES.has(mode)) throw unprocessable('Must supply a valid tree.mode');
  const [content, sha] = [entry['content'], entry['sha']];
  if (typeof content === 'string') return { path, mode, sha: git.write('blob', Buffer.from(content)) };
  if (sha === null && base !== undefined) return { path, mode, sha };
  if (typeof sha !== 'string') throw unprocessable('Must supply either tree.sha or tree.content');
  if (mode !== '160000' && (await git.read(sha)) === undefined) throw unprocessable('GitRPC::BadObjectState');
  return { path, mode, sha };
}

async function getTree({ world, repository, params, query }: RepositoryCall): Promise<Answer> {
  const name = params['tree'] ?? '';
  const object = await repository.git.read(name);
  const commit = object?.type === 'tree' ? undefined : await resolveCommit(repository, name);
  const sha = object?.type === 'tree' ? object.sha : commit && (await readCommit(repository.git, commit))?.tree;
  if (sha === undefined) throw notFound();
  // GitHub takes any value as yes, even `0` and `false`.
  return { status: 200, data: await treeAnswer(world, repository, { sha, recursive: query.has('recursive') }) };
}

async function treeAnswer(
  world: World,
  repository: Repository,
  { sha, recursive }: { sha: string; recursive: boolean },
) {
  const { git } = repository;
  const api = `${world.urls.api}/repos/${repository.fullName}/git`;
  const entries = await (recursive ? listTree(git, sha) : listFolder(git, sha));
  const tree = renderLater(entries.slice(0, MAX_ENTRIES), ({ path, mode, type, sha: object, size }) => {
    if (type === 'commit') return { path, mode, type, sha: object };
    // What is undefined is not printed.
    return { path, mode, type, sha: object, size, url: `${api}/${type}s/${object}` };
  });
  return { sha, url: `${api}/trees/${sha}`, tree, truncated: entries.length > MAX_ENTRIES };
}
