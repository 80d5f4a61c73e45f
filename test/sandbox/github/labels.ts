import { may } from './actors.ts';
import type { PullRequest, Repository } from './model.ts';
import { optionalText, requiredText } from './parameters.ts';
import { obeyLag } from './pull-nodes.ts';
import { invalid, notAccessible, notFound } from './refusals.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import type { World } from './world.ts';

const NEEDS = 'issues=write; pull_requests=write';

/** https://docs.github.com/en/rest/issues/labels */
export const labelRoutes = [
  repositoryRoute('GET /labels', 'issues=read; pull_requests=read', (call) =>
    page(
      call,
      [...call.repository.labels.values()].map(({ name }) => labelAnswer(call.world, call.repository, name)),
    ),
  ),
  repositoryRoute('GET /labels/{name*}', 'issues=read; pull_requests=read', ({ world, repository, params }) => {
    if (!repository.labels.has((params['name'] ?? '').toLowerCase())) throw notFound();
    return { status: 200, data: labelAnswer(world, repository, params['name'] ?? '') };
  }),
  repositoryRoute('POST /labels', NEEDS, createLabel),
  repositoryRoute('GET /issues/{number}/labels', 'issues=read; pull_requests=read', (call) =>
    page(
      call,
      pullOf(call).labels.map((name) => labelAnswer(call.world, call.repository, name)),
    ),
  ),
  repositoryRoute('POST /issues/{number}/labels', NEEDS, (call) => {
    const pull = pullOf(call);
    obeyLag(pull, 'Label');
    return setLabels(call, pull, [...pull.labels, ...givenLabels(call)]);
  }),
  repositoryRoute('PUT /issues/{number}/labels', NEEDS, (call) => setLabels(call, pullOf(call), givenLabels(call))),
  repositoryRoute('DELETE /issues/{number}/labels/{name*}', NEEDS, (call) => {
    const pull = pullOf(call);
    const name = call.params['name'] ?? '';
    if (!pull.labels.some((one) => same(one, name))) throw notFound();
    return setLabels(
      call,
      pull,
      pull.labels.filter((one) => !same(one, name)),
    );
  }),
];

/** A label as the API shows it. */
export function labelAnswer(world: World, repository: Repository, name: string) {
  const label = repository.labels.get(name.toLowerCase());
  return {
    id: label?.id ?? 0,
    node_id: `LA_${label?.id ?? 0}`,
    url: `${world.urls.api}/repos/${repository.fullName}/labels/${encodeURIComponent(name)}`,
    name: label?.name ?? name,
    color: label?.color ?? 'ededed',
    default: false,
    description: label?.description ?? null,
  };
}

/** The pull request that a path below `/issues/` or `/pulls/` names. */
export function pullOf({ repository, params }: RepositoryCall): PullRequest {
  const pull = repository.pulls.get(Number(params['number']));
  if (pull === undefined) throw notFound();
  return pull;
}

function createLabel({ world, repository, body }: RepositoryCall): Answer {
  const name = requiredText(body, 'name');
  if (repository.labels.has(name.toLowerCase())) {
    throw invalid({ resource: 'Label', code: 'already_exists', field: 'name' });
  }
  remember(world, repository, {
    name,
    color: optionalText(body, 'color'),
    description: optionalText(body, 'description'),
  });
  return { status: 201, data: labelAnswer(world, repository, name) };
}

/** Unknown labels come into being, but only for who may write issues. */
function setLabels({ world, repository, actor }: RepositoryCall, pull: PullRequest, names: readonly string[]): Answer {
  const unknown = names.filter((name) => !repository.labels.has(name.toLowerCase()));
  if (unknown.length > 0 && !may(actor, 'issues', 'write')) throw notAccessible(actor);
  for (const name of unknown) remember(world, repository, { name });
  pull.labels = [...new Set(names.map((name) => repository.labels.get(name.toLowerCase())?.name ?? name))];
  pull.updatedAt = world.timestamp();
  return { status: 200, data: pull.labels.map((name) => labelAnswer(world, repository, name)) };
}

function givenLabels({ body }: RepositoryCall): string[] {
  const labels = Array.isArray(body) ? body : body['labels'];
  if (!Array.isArray(labels)) throw invalid({ resource: 'Label', code: 'missing_field', field: 'labels' });
  return labels.map((one: unknown) => (typeof one === 'string' ? one : String((one as { name?: unknown }).name)));
}

function remember(
  world: World,
  repository: Repository,
  { name, color, description }: { name: string; color?: string | undefined; description?: string | undefined },
): void {
  const label = { id: world.nextId(), name, color: color ?? 'ededed', description: description ?? null };
  repository.labels.set(name.toLowerCase(), label);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
