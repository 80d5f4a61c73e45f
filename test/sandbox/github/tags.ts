import { noreplyEmail } from './actors.ts';
import type { TagFields } from './git-objects.ts';
import { peel, readTag, writeTag } from './git-store.ts';
import { refNodeId } from './ids.ts';
import type { Repository } from './model.ts';
import { recordOf, requiredText } from './parameters.ts';
import { notFound, unprocessable } from './refusals.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import { signatureIn } from './signatures.ts';
import type { World } from './world.ts';

/** https://docs.github.com/en/rest/git/tags and https://docs.github.com/en/rest/repos/repos#list-repository-tags */
export const tagRoutes = [
  repositoryRoute('POST /git/tags', 'contents=write', createTag),
  repositoryRoute('GET /git/tags/{sha}', 'contents=read', async ({ world, repository, params }) => {
    const tag = await readTag(repository.git, params['sha'] ?? '');
    if (tag === undefined) throw notFound();
    return { status: 200, data: tagAnswer(world, repository, tag) };
  }),
  repositoryRoute('GET /tags', 'contents=read', listTags),
];

async function createTag({ world, repository, actor, body }: RepositoryCall): Promise<Answer> {
  const [tag, message, object] = [
    requiredText(body, 'tag'),
    requiredText(body, 'message'),
    requiredText(body, 'object'),
  ];
  const type = requiredText(body, 'type');
  if (type !== 'commit' && type !== 'tree' && type !== 'blob') throw unprocessable(`Invalid type: ${type}`);
  const target = /^[0-9a-f]{40}$/.test(object) ? await repository.git.read(object) : undefined;
  if (target === undefined) throw unprocessable(`Could not verify tag object ${object}`);
  if (target.type !== type) throw unprocessable(`Object is not a ${type}`);
  const given = recordOf(body['tagger']);
  const tagger =
    body['tagger'] === undefined
      ? { name: actor.login, email: noreplyEmail(actor), date: world.timestamp() }
      : {
          name: requiredText(given, 'name'),
          email: requiredText(given, 'email'),
          date: typeof given['date'] === 'string' ? given['date'] : world.timestamp(),
        };
  const sha = writeTag(repository.git, { tag, message, object, type, tagger });
  const made = await readTag(repository.git, sha);
  if (made === undefined) throw notFound();
  return { status: 201, data: tagAnswer(world, repository, made) };
}

/** Newest name first, as GitHub happens to answer; its order is not documented. */
async function listTags(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const refs = [...repository.refs.list('refs/tags/')].reverse();
  const answer = page(call, refs);
  const api = `${world.urls.api}/repos/${repository.fullName}`;
  const data = await Promise.all(
    (answer.data as typeof refs).map(async ({ ref, sha }) => {
      const commit = (await peel(repository.git, sha))?.sha ?? sha;
      const name = ref.slice(10);
      return {
        name,
        zipball_url: `${api}/zipball/${ref}`,
        tarball_url: `${api}/tarball/${ref}`,
        commit: { sha: commit, url: `${api}/commits/${commit}` },
        node_id: refNodeId(repository, ref),
      };
    }),
  );
  return { ...answer, data };
}

function tagAnswer(world: World, repository: Repository, tag: TagFields & { sha: string }) {
  const api = `${world.urls.api}/repos/${repository.fullName}/git`;
  return {
    node_id: `TA_${tag.sha}`,
    sha: tag.sha,
    url: `${api}/tags/${tag.sha}`,
    tagger: tag.tagger,
    object: { sha: tag.object, type: tag.type, url: `${api}/${tag.type}s/${tag.object}` },
    tag: tag.tag,
    message: tag.message,
    verification: signatureIn(tag.message),
  };
}
