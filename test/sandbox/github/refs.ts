import { isAncestor } from './git-graph.ts';
import type { ObjectType } from './git-objects.ts';
import { refNodeId } from './ids.ts';
import type { Repository } from './model.ts';
import { optionalFlag, requiredText } from './parameters.ts';
import { isRefName } from './ref-store.ts';
import { notFound, unprocessable } from './refusals.ts';
import { type Answer, type RepositoryCall, renderLater, repositoryRoute } from './router.ts';
import { obeyRules, violations } from './rules.ts';
import { obeyWorkflowScope } from './workflow-scope.ts';
import { moveRef, type World } from './world.ts';

const REF_WRITE = 'contents=write; contents=write,workflows=write';

/** https://docs.github.com/en/rest/git/refs */
export const refRoutes = [
  repositoryRoute('GET /git/ref/{ref*}', 'contents=read', async ({ world, repository, params }) => ({
    status: 200,
    data: await refAnswer(world, repository, existing(repository, params['ref'])),
  })),
  repositoryRoute('GET /git/matching-refs/{ref*}', 'contents=read', listMatching),
  repositoryRoute('POST /git/refs', REF_WRITE, createRef),
  repositoryRoute('PATCH /git/refs/{ref*}', REF_WRITE, updateRef),
  repositoryRoute('DELETE /git/refs/{ref*}', 'contents=write', deleteRef),
];

async function listMatching({ world, repository, params }: RepositoryCall): Promise<Answer> {
  const found = repository.refs.list(`refs/${params['ref']}`);
  const facts = await repository.git.lookAt(found.map(({ sha }) => sha));
  const render = refRenderer(world, repository);
  const data = renderLater(found, ({ ref, sha }) => render(ref, sha, facts.get(sha)?.type));
  return { status: 200, data };
}

async function createRef({ world, repository, actor, body }: RepositoryCall): Promise<Answer> {
  const ref = requiredText(body, 'ref');
  const sha = requiredText(body, 'sha');
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw unprocessable('The sha parameter must be exactly 40 characters and contain only [0-9a-f].');
  if (!isRefName(ref) || ref.split('/').length < 3) throw unprocessable(`Reference name must start with 'refs/'.`);
  if (repository.refs.get(ref) !== undefined) throw unprocessable('Reference already exists');
  await obeyObject(repository, ref, sha);
  if (!repository.refs.fits(ref)) throw unprocessable('Reference update failed');
  await obeyWorkflowScope(repository, actor, sha);
  // Here GitHub does not tell which rule was violated, nor that an immutable release has used the name.
  const found = await violations(repository, actor, { ref, before: undefined, after: sha });
  if (found.length > 0) throw unprocessable('Reference update failed');
  await moveRef(world, repository, { ref, after: sha, actor });
  return { status: 201, data: await refAnswer(world, repository, ref) };
}

async function updateRef({ world, repository, actor, params, body }: RepositoryCall): Promise<Answer> {
  const ref = `refs/${params['ref']}`;
  const sha = requiredText(body, 'sha');
  const before = repository.refs.get(ref);
  if (before === undefined) throw unprocessable('Reference does not exist');
  await obeyObject(repository, ref, sha);
  if (optionalFlag(body, 'force') !== true && !(await isAncestor(repository.git, before, sha))) {
    throw unprocessable('Update is not a fast forward');
  }
  await obeyRules(repository, actor, { ref, before, after: sha });
  await obeyWorkflowScope(repository, actor, sha);
  await moveRef(world, repository, { ref, after: sha, actor });
  return { status: 200, data: await refAnswer(world, repository, ref) };
}

async function deleteRef({ world, repository, actor, params }: RepositoryCall): Promise<Answer> {
  const ref = `refs/${params['ref']}`;
  const before = repository.refs.get(ref);
  if (before === undefined) throw unprocessable('Reference does not exist');
  if (ref === `refs/heads/${repository.defaultBranch}`) throw unprocessable('Cannot delete the default branch');
  await obeyRules(repository, actor, { ref, before, after: undefined });
  await moveRef(world, repository, { ref, after: null, actor });
  return { status: 204 };
}

async function refAnswer(world: World, repository: Repository, ref: string) {
  const sha = repository.refs.get(ref) ?? '';
  return refRenderer(world, repository)(ref, sha, (await repository.git.read(sha))?.type);
}

/** Renders refs as the API shows them. */
function refRenderer(world: World, repository: Repository) {
  const api = `${world.urls.api}/repos/${repository.fullName}/git/`;
  return (ref: string, sha: string, type: ObjectType = 'commit') => ({
    ref,
    node_id: refNodeId(repository, ref),
    url: api + ref,
    object: { sha, type, url: `${api}${type}s/${sha}` },
  });
}

function existing(repository: Repository, name: string | undefined): string {
  if (repository.refs.get(`refs/${name}`) === undefined) throw notFound();
  return `refs/${name}`;
}

async function obeyObject(repository: Repository, ref: string, sha: string): Promise<void> {
  const object = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.read(sha) : undefined;
  if (object === undefined) throw unprocessable('Object does not exist');
  if (ref.startsWith('refs/heads/') && object.type !== 'commit') throw unprocessable('Object is not a commit');
}
