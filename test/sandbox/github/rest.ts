import type { Reply } from '../faults.ts';
import type { Actor } from './actors.ts';
import { LimitRefusal } from './limit-refusals.ts';
import { Refusal } from './refusals.ts';
import { type Answer, matchRoute, type Route } from './router.ts';
import type { World } from './world.ts';

/** One request to the REST API; `path` is below the base URL, still encoded. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly actor: Actor;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Answers one REST request with GitHub's headers. */
export async function serveRest(world: World, routes: readonly Route[], request: RestRequest): Promise<Reply> {
  const { actor, method, path } = request;
  const found = matchRoute(routes, method === 'HEAD' ? 'GET' : method, path);
  const admission = world.limits.admit(actor, {
    resource: 'core',
    // Asking for the limits costs nothing.
    cost: path === '/rate_limit' ? 0 : 1,
    endpoint: `${method} ${found?.route.pattern}`,
    write: !READS.has(method),
    creates: !READS.has(method) && method !== 'DELETE',
  });
  const accepted = rightsHeaders(actor, found?.route);
  const page = found?.route.documentation ?? 'https://docs.github.com/rest';
  const headers = {
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': requestId(world),
    ...admission.headers,
  };
  try {
    if (admission.refusal !== undefined) throw admission.refusal;
    if (found === undefined) throw new Refusal(404, 'Not Found');
    const body = parseBody(request.body);
    const answer = await found.route.answer({ ...request, world, body, params: found.params });
    return replyOf(answer, { ...headers, ...accepted });
  } catch (error) {
    if (error instanceof LimitRefusal) return refused(error, error.page, { ...headers, ...error.headers });
    if (error instanceof Refusal) return refused(error, page, { ...headers, ...accepted });
    const body = JSON.stringify({ message: String((error as Error).stack) });
    return { status: 500, headers: { ...JSON_TYPE, ...headers }, body };
  } finally {
    admission.release();
  }
}

function replyOf({ status, data, headers }: Answer, common: Record<string, string>): Reply {
  const body = data === undefined ? '' : JSON.stringify(data);
  return { status, headers: { ...(body === '' ? {} : JSON_TYPE), ...common, ...headers }, body };
}

/** What the token may do and what the request would have needed; classic tokens are told in scopes. */
function rightsHeaders({ kind, scopes = [] }: Actor, route: Route | undefined): Record<string, string> {
  const needs = route?.needs ?? [];
  if (kind === 'classic') {
    return { 'x-oauth-scopes': scopes.join(', '), 'x-accepted-oauth-scopes': needs.length === 0 ? '' : 'repo' };
  }
  return needs.length === 0 || kind === 'anonymous' ? {} : { 'x-accepted-github-permissions': needs.join('; ') };
}

function refused({ status, message, errors }: Refusal, page: string, headers: Record<string, string>): Reply {
  const list = errors === undefined ? {} : { errors };
  const body = { message, ...list, documentation_url: page, status: String(status) };
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

function parseBody(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  throw new Refusal(400, 'Body should be a JSON object');
}

function requestId(world: World): string {
  return `SANDBOX:${world.nextId().toString(16).toUpperCase()}`;
}
