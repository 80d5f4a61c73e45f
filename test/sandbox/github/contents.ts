import { readCommit } from './git-store.ts';
import { entriesOf, entryAt, type PathEntry } from './git-trees.ts';
import type { Repository } from './model.ts';
import { notFound, Refusal } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, type RepositoryCall, repositoryRoute } from './router.ts';
import type { World } from './world.ts';

const MAX_INLINE_BYTES = 1_000_000;

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
export const contentRoutes = [repositoryRoute('GET /contents/{path*}', 'contents=read', getContents)];

async function getContents({ world, repository, params, query }: RepositoryCall): Promise<Answer> {
  const ref = query.get('ref') || repository.defaultBranch;
  const sha = await resolveCommit(repository, ref.replace(/^refs\/(heads|tags)\//, ''));
  if (sha === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const commit = await readCommit(repository.git, sha);
  const entry = commit && (await entryAt(repository.git, commit.tree, params['path'] ?? ''));
  if (entry === undefined) throw notFound();
  if (entry.type !== 'tree') return { status: 200, data: await fileAnswer(world, repository, { entry, ref }) };
  const prefix = entry.path === '' ? '' : `${entry.path}/`;
  const inside = await entriesOf(repository.git, entry.sha, prefix);
  return { status: 200, data: inside.map((one) => entryAnswer(world, repository, { entry: one, ref })) };
}

async function fileAnswer(world: World, repository: Repository, { entry, ref }: { entry: PathEntry; ref: string }) {
  const bytes = (await repository.git.read(entry.sha))?.content ?? Buffer.alloc(0);
  const inline = bytes.length <= MAX_INLINE_BYTES;
  return {
    ...entryAnswer(world, repository, { entry, ref }),
    size: bytes.length,
    encoding: inline ? 'base64' : 'none',
    content: inline ? bytes.toString('base64').replace(/(.{60})/g, '$1\n') : '',
  };
}

function entryAnswer(world: World, repository: Repository, { entry, ref }: { entry: PathEntry; ref: string }) {
  const api = `${world.urls.api}/repos/${repository.fullName}`;
  const kind = entry.type === 'tree' ? 'dir' : entry.type === 'commit' ? 'submodule' : 'file';
  const url = `${api}/contents/${encodeURI(entry.path)}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = `${api}/git/${entry.type}s/${entry.sha}`;
  const html = `${world.urls.server}/${repository.fullName}/${entry.type}/${ref}/${encodeURI(entry.path)}`;
  return {
    type: entry.mode === '120000' ? 'symlink' : kind,
    name: entry.path.slice(entry.path.lastIndexOf('/') + 1),
    path: entry.path,
    sha: entry.sha,
    size: 0,
    url,
    git_url: gitUrl,
    html_url: html,
    download_url:
      kind === 'file' ? `${world.urls.server}/${repository.fullName}/raw/${ref}/${encodeURI(entry.path)}` : null,
    _links: { self: url, git: gitUrl, html },
  };
}
