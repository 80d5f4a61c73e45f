import type { Access, Actor } from './actors.ts';
import { covers, may } from './actors.ts';
import { documentationOf } from './documentation.ts';
import type { Repository } from './model.ts';
import { notAccessible, notFound } from './refusals.ts';
import { findRepository, type World } from './world.ts';

/** One REST request once it was understood. */
export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request below `/repos/{owner}/{repo}` whose repository exists and may be seen. */
export interface RepositoryCall extends Call {
  readonly repository: Repository;
}

/** A REST answer; `data` undefined is an empty body. */
export interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route of the REST API; `needs` lists the permissions of which one suffices, `documentation` is the page of `operation` (method and path). */
export interface Route {
  readonly operation: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly needs: readonly string[];
  readonly documentation: string;
  readonly answer: (call: Call) => Promise<Answer> | Answer;
}

type Result = Promise<Answer> | Answer;

/** A route without a repository, e.g. `GET /rate_limit`. */
export function globalRoute(definition: string, answer: (call: Call) => Result): Route {
  const [method = '', path = ''] = definition.split(' ');
  const documentation = documentationOf(definition);
  return { operation: definition, method, pattern: patternOf(path), needs: [], documentation, answer };
}

/**
 * A route below `/repos/{owner}/{repo}`; `{name*}` takes slashes too. `needs` is as in GitHub's
 * `x-accepted-github-permissions` header: `contents=write`, alternatives separated by `; `, what one of them needs by `,`.
 * Changes run one at a time.
 */
export function repositoryRoute(definition: string, needs: string, answer: (call: RepositoryCall) => Result): Route {
  const [method = '', path = ''] = definition.split(' ');
  const accepted = needs.split('; ');
  const full = `/repos/{owner}/{repo}${path}`;
  return {
    operation: `${method} ${full}`,
    method,
    pattern: patternOf(full),
    needs: accepted,
    documentation: documentationOf(definition),
    answer: (call) => {
      const repository = repositoryOf(call, accepted);
      if (method === 'GET') return answer({ ...call, repository });
      return repository.alone(async () => {
        const result = await answer({ ...call, repository });
        await call.world.settle(repository);
        return result;
      });
    },
  };
}

/** The route for a request and the values in its path. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match === null) continue;
    const entries = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { route, params: Object.fromEntries(entries) };
  }
  return undefined;
}

/** One page of `items` with GitHub's `Link` header. */
export function page(call: Call, items: readonly unknown[], wrap?: (items: unknown[]) => unknown): Answer {
  const { size, number } = pageOf(call.query);
  const last = Math.max(1, Math.ceil(items.length / size));
  const slice = items.slice((number - 1) * size, number * size);
  return { status: 200, data: wrap === undefined ? slice : wrap(slice), headers: linkHeader(call, number, last) };
}

/** Page number and size as the query asks for them, with GitHub's defaults. */
export function pageOf(query: URLSearchParams): { size: number; number: number } {
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  return { size, number: Math.max(1, Number(query.get('page') ?? 1) || 1) };
}

/** `Link` for page `number` of `last`; nothing when there is one page only. */
export function linkHeader({ world, path, query }: Call, number: number, last: number): Record<string, string> {
  if (last <= 1) return {};
  const link = (to: number, rel: string) => {
    const next = new URLSearchParams(query);
    next.set('page', String(to));
    return `<${world.urls.api}${path}?${next}>; rel="${rel}"`;
  };
  const backwards = number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : [];
  const forwards = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [];
  return { link: [...backwards, ...forwards].join(', ') };
}

function repositoryOf({ world, actor, params }: Call, accepted: readonly string[]): Repository {
  const repository = findRepository(world, `${params['owner']}/${params['repo']}`);
  if (repository === undefined) throw notFound();
  const covered = covers(actor, repository.fullName);
  if (repository.private && !covered) throw notFound();
  const has = (one: string) => {
    const [name = '', access = 'read'] = one.split('=');
    if (access === 'read' && !repository.private) return true;
    return covered && may(actor, name, access as Access);
  };
  if (accepted.some((alternative) => alternative.split(',').every(has))) return repository;
  throw notAccessible(actor);
}

function patternOf(path: string): RegExp {
  const source = path.replace(
    /\{(\w+)(\*?)\}/g,
    (_, name: string, rest: string) => `(?<${name}>${rest ? '.+' : '[^/]+'})`,
  );
  return new RegExp(`^${source}$`);
}

/** Each item is rendered when its turn to be printed comes, so that a long list is not in memory twice. */
export function renderLater<T>(items: readonly T[], render: (item: T) => unknown): { toJSON(): unknown }[] {
  return items.map((item) => ({ toJSON: () => render(item) }));
}
