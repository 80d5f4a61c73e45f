import { type Actor, may } from './actors.ts';
import type { Release, Repository } from './model.ts';
import { optionalFlag, optionalText, requiredText } from './parameters.ts';
import { type FieldError, invalid, notFound } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import { violations, violationsText } from './rules.ts';
import { userAnswer } from './users.ts';
import { obeyWorkflowScope } from './workflow-scope.ts';
import { moveRef, type World } from './world.ts';

const MAX_BODY = 125_000;
const RELEASE_WRITE = 'contents=write; contents=write,workflows=write';

/** https://docs.github.com/en/rest/releases/releases */
export const releaseRoutes = [
  repositoryRoute('GET /releases', 'contents=read', (call) =>
    page(call, visible(call).reverse(), (slice) => slice.map((one) => releaseAnswer(call, one as Release))),
  ),
  repositoryRoute('POST /releases', RELEASE_WRITE, createRelease),
  repositoryRoute('POST /releases/generate-notes', 'contents=write', generateNotes),
  repositoryRoute('GET /releases/latest', 'contents=read', (call) => found(call, latestOf(call.repository))),
  repositoryRoute('GET /releases/tags/{tag*}', 'contents=read', (call) =>
    found(
      call,
      call.repository.releases.find(({ tag, draft }) => !draft && tag === call.params['tag']),
    ),
  ),
  repositoryRoute('GET /releases/{id}', 'contents=read', (call) => found(call, releaseOf(call))),
  repositoryRoute('PATCH /releases/{id}', RELEASE_WRITE, updateRelease),
  repositoryRoute('DELETE /releases/{id}', 'contents=write', (call) => {
    const { releases } = call.repository;
    releases.splice(releases.indexOf(releaseOf(call)), 1);
    return { status: 204 };
  }),
];

async function createRelease(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor, body } = call;
  const tag = requiredText(body, 'tag_name');
  const draft = optionalFlag(body, 'draft') ?? false;
  obeyLength(body);
  const release: Release = {
    id: world.nextId(),
    author: world.actors.user(actor.login),
    createdAt: world.timestamp(),
    tag,
    target: optionalText(body, 'target_commitish') ?? repository.defaultBranch,
    name: optionalText(body, 'name') ?? null,
    body: optionalText(body, 'body') ?? null,
    draft,
    prerelease: optionalFlag(body, 'prerelease') ?? false,
    immutable: false,
    makeLatest: optionalText(body, 'make_latest') !== 'false',
    publishedAt: null,
  };
  if (!draft) await publish(world, repository, { release, actor });
  repository.releases.push(release);
  return { status: 201, data: releaseAnswer(call, release) };
}

async function updateRelease(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor, body } = call;
  const release = releaseOf(call);
  if (release.immutable && body['tag_name'] !== undefined)
    throw refuse('tag_name', 'Cannot change an immutable release');
  obeyLength(body);
  const draft = optionalFlag(body, 'draft') ?? release.draft;
  Object.assign(release, {
    tag: optionalText(body, 'tag_name') ?? release.tag,
    target: optionalText(body, 'target_commitish') ?? release.target,
    name: optionalText(body, 'name') ?? release.name,
    body: optionalText(body, 'body') ?? release.body,
    prerelease: optionalFlag(body, 'prerelease') ?? release.prerelease,
    makeLatest: optionalText(body, 'make_latest') === undefined ? release.makeLatest : body['make_latest'] !== 'false',
  });
  if (release.draft && !draft) await publish(world, repository, { release, actor });
  release.draft = draft;
  return { status: 200, data: releaseAnswer(call, release) };
}

/** Publishing makes a lightweight tag where there is none, and locks the name for ever under immutable releases. */
async function publish(
  world: World,
  repository: Repository,
  { release, actor }: { release: Release; actor: Actor },
): Promise<void> {
  const { tag, target } = release;
  const ref = `refs/tags/${tag}`;
  const sha = repository.refs.get(ref) === undefined ? await resolveCommit(repository, target) : null;
  if (sha === undefined) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  if (sha !== null) await obeyWorkflowScope(repository, actor, sha);
  const errors = await publishErrors(repository, { release, actor, sha });
  if (errors.length > 0) throw invalid(...errors);
  if (sha !== null) await moveRef(world, repository, { ref, after: sha, actor });
  release.publishedAt = world.timestamp();
  release.draft = false;
  if (!repository.settings.immutableReleases) return;
  release.immutable = true;
  repository.settings.burnedTags.push(tag);
}

/** Everything that keeps the release from being published, all at once as GitHub tells it; `sha` is null where the tag exists. */
async function publishErrors(
  repository: Repository,
  { release, actor, sha }: { release: Release; actor: Actor; sha: string | null },
): Promise<FieldError[]> {
  const { tag } = release;
  const custom = { resource: 'Release', code: 'custom' } as const;
  const change = { ref: `refs/tags/${tag}`, before: undefined, after: sha ?? undefined };
  const found = sha === null ? [] : await violations(repository, actor, change);
  const errors: FieldError[] = [];
  const taken = repository.releases.some((other) => other !== release && !other.draft && other.tag === tag);
  if (taken) errors.push({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
  if (found.length > 0)
    errors.push({ ...custom, field: 'pre_receive', message: `pre_receive ${violationsText(found)}` });
  if (repository.settings.burnedTags.includes(tag)) {
    errors.push({ ...custom, field: 'tag_name', message: 'tag_name was used by an immutable release' });
  }
  if (found.length > 0) errors.push({ ...custom, message: 'Published releases must have a valid tag' });
  return errors;
}

function obeyLength(body: Readonly<Record<string, unknown>>): void {
  if ([...(optionalText(body, 'body') ?? '')].length <= MAX_BODY) return;
  throw refuse('body', `body is too long (maximum is ${MAX_BODY} characters)`);
}

function generateNotes({ world, repository, body }: RepositoryCall): Answer {
  const tag = requiredText(body, 'tag_name');
  const previous = optionalText(body, 'previous_tag_name');
  const range = previous === undefined ? `commits/${tag}` : `compare/${previous}...${tag}`;
  const text = `**Full Changelog**: ${world.urls.server}/${repository.fullName}/${range}`;
  return { status: 200, data: { name: tag, body: text } };
}

function refuse(field: string, message: string) {
  return invalid({ resource: 'Release', code: 'custom', field, message });
}

function visible({ repository, actor }: RepositoryCall): Release[] {
  return repository.releases.filter(({ draft }) => !draft || may(actor, 'contents', 'write'));
}

function latestOf({ releases }: Repository): Release | undefined {
  return releases.filter(({ draft, prerelease, makeLatest }) => !draft && !prerelease && makeLatest).at(-1);
}

function releaseOf(call: RepositoryCall): Release {
  const release = visible(call).find(({ id }) => id === Number(call.params['id']));
  if (release === undefined) throw notFound();
  return release;
}

function found(call: RepositoryCall, release: Release | undefined): Answer {
  if (release === undefined) throw notFound();
  return { status: 200, data: releaseAnswer(call, release) };
}

function releaseAnswer({ world, repository }: RepositoryCall, release: Release) {
  const url = `${world.urls.api}/repos/${repository.fullName}/releases/${release.id}`;
  const page = release.draft ? `untagged-${release.id}` : release.tag;
  return {
    url,
    id: release.id,
    node_id: `RE_${release.id}`,
    html_url: `${world.urls.server}/${repository.fullName}/releases/tag/${page}`,
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: release.immutable,
    created_at: release.createdAt,
    updated_at: release.createdAt,
    published_at: release.publishedAt,
    author: userAnswer(world, release.author),
    assets: [],
    tarball_url: `${world.urls.api}/repos/${repository.fullName}/tarball/${release.tag}`,
    zipball_url: `${world.urls.api}/repos/${repository.fullName}/zipball/${release.tag}`,
  };
}
