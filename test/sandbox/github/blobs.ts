import { optionalText, requiredText } from './parameters.ts';
import { notFound } from './refusals.ts';
import { repositoryRoute } from './router.ts';

/** https://docs.github.com/en/rest/git/blobs */
export const blobRoutes = [
  repositoryRoute('POST /git/blobs', 'contents=write', ({ world, repository, body }) => {
    const encoding = optionalText(body, 'encoding') === 'base64' ? 'base64' : 'utf8';
    const sha = repository.git.write('blob', Buffer.from(requiredText(body, 'content'), encoding));
    return { status: 201, data: { sha, url: `${world.urls.api}/repos/${repository.fullName}/git/blobs/${sha}` } };
  }),
  repositoryRoute('GET /git/blobs/{sha}', 'contents=read', async ({ world, repository, params }) => {
    const blob = await repository.git.read(params['sha'] ?? '');
    if (blob?.type !== 'blob') throw notFound();
    const url = `${world.urls.api}/repos/${repository.fullName}/git/blobs/${blob.sha}`;
    const content = blob.content.toString('base64').replace(/(.{60})/g, '$1\n');
    const size = blob.content.length;
    return { status: 200, data: { sha: blob.sha, node_id: `B_${blob.sha}`, size, url, content, encoding: 'base64' } };
  }),
];
