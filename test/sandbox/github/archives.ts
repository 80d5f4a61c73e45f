import type { Reply } from '../faults.ts';
import { type Actor, covers } from './actors.ts';
import { runGit } from './git-process.ts';
import { notFound } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { repositoryRoute } from './router.ts';
import { findRepository, type World } from './world.ts';

const PATH = /^\/_archives\/([^/]+\/[^/]+)\/([0-9a-f]{40})\.tar\.gz$/;

/** GitHub sends clients to another host for the archive; https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-tar */
export const archiveRoutes = [
  repositoryRoute('GET /tarball/{ref*}', 'contents=read', async ({ world, repository, params }) => {
    const sha = await resolveCommit(repository, params['ref'] ?? '');
    if (sha === undefined) throw notFound();
    return { status: 302, headers: { location: archiveUrl(world, repository.fullName, sha) } };
  }),
];

/** The archive behind such a redirect, made by `git archive`; undefined for any other path. */
export async function serveArchive(world: World, actor: Actor, path: string): Promise<Reply | undefined> {
  const [, name = '', sha = ''] = PATH.exec(path) ?? [];
  const repository = findRepository(world, name);
  if (repository === undefined || (repository.private && !covers(actor, repository.fullName))) return undefined;
  const prefix = `${repository.owner}-${repository.name}-${sha.slice(0, 7)}/`;
  const { code, stdout } = await runGit(['archive', '--format=tar.gz', `--prefix=${prefix}`, sha], {
    folder: repository.git.folder,
  });
  return code === 0 ? { status: 200, headers: { 'content-type': 'application/x-gzip' }, body: stdout } : undefined;
}

function archiveUrl({ urls }: World, fullName: string, sha: string): string {
  return `${urls.server}/_archives/${fullName}/${sha}.tar.gz`;
}
