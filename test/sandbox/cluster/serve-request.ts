import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { deliver, type Reply } from '../faults.ts';
import { ApiError, apiError, notFound, statusObject } from './api-error.ts';
import { endpointsOf } from './controllers/services.ts';
import { answerDiscovery } from './discovery.ts';
import type { Kubelet } from './kubelet/kubelet.ts';
import { answerResource, json, parseBody, parseResourcePath, type ResourceRequest, verbOf } from './routes.ts';
import { filterOf } from './selectors.ts';
import { sendLog } from './send-log.ts';
import { type TableView, tableViewFor } from './tables/table.ts';
import { type OpenWatches, obeyVersion, streamWatch } from './watch-stream.ts';
import type { World } from './world.ts';

/** What the API server is made of. */
export interface ApiServer {
  readonly world: World;
  readonly kubelet: Kubelet;
  readonly watches: OpenWatches;
  readonly bookmarkMs: number;
}

/** Answers one request of a Kubernetes client. */
export async function serveRequest(
  server: ApiServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world } = server;
  const { method = 'GET', url = '/' } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { pathname, searchParams: query } = new URL(url, 'http://cluster');
  response.setHeader('date', new Date(world.clock.now()).toUTCString());
  const fault = world.faults.take({ method, path: url });
  let answered: Answered = { reply: json(500, {}), actor: '' };
  const answer = async (): Promise<Reply> => {
    answered = answerRequest(server, { request, response, pathname, query, body });
    return answered.reply;
  };
  const record = (status: number, write: boolean) =>
    world.requests.add({ method, path: url, status, write, actor: answered.actor });
  // A stream writes its own answer, so only the faults that come before it apply.
  if (isStream(pathname, query) && (fault === undefined || fault.kind === 'slow')) {
    if (fault !== undefined) await delay(fault.delayMs ?? 100);
    const reply = await answer();
    const send = () => deliver({ request, response }, undefined, async () => reply);
    return record(answered.stream === undefined ? await send() : answered.stream(), false);
  }
  const write = !['GET', 'HEAD'].includes(method);
  record(await deliver({ request, response }, fault, answer), write);
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

interface Answered {
  readonly reply: Reply;
  readonly actor: string;
  /** Sends a stream instead of the reply, and gives its status. */
  readonly stream?: (() => number) | undefined;
}

function answerRequest(server: ApiServer, incoming: Incoming): Answered {
  const { world } = server;
  const { request, response, pathname, query, body } = incoming;
  const { method = 'GET', headers } = request;
  let actor = '';
  try {
    const who = world.access.identify(headers.authorization);
    actor = who.user;
    const open = answerOpen(pathname);
    if (open !== undefined) return { reply: open, actor };
    if (pathname.endsWith('/selfsubjectaccessreviews') && method === 'POST') {
      return { reply: review(world, who.rules, body), actor };
    }
    const parsed = parseResourcePath(pathname);
    if (parsed === undefined) throw unknownPath();
    const resource: ResourceRequest = { ...parsed, method, query, body };
    demand(world, who, resource);
    const view = tableViewFor(headers.accept, { ...parsed.kind, query, now: () => world.clock.now() });
    const stream = streamFor(server, resource, { request, response, view });
    return {
      reply: stream === undefined ? viewed(answerResource(world, resource), view) : json(200, {}),
      actor,
      stream,
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { reply: json(error.status, statusObject(error)), actor };
  }
}

function viewed(reply: Reply, view: TableView | undefined): Reply {
  return view === undefined ? reply : json(reply.status, view(JSON.parse(String(reply.body)) as object));
}

function isStream(pathname: string, query: URLSearchParams): boolean {
  return query.get('watch') === 'true' || query.get('watch') === '1' || /\/(log|proxy)(\/|$)/.test(pathname);
}

function answerOpen(pathname: string): Reply | undefined {
  if (['/healthz', '/livez', '/readyz'].includes(pathname)) {
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' };
  }
  const found = answerDiscovery(pathname);
  return found === undefined ? undefined : json(200, found);
}

function demand(world: World, who: Parameters<World['access']['demand']>[0], request: ResourceRequest): void {
  const { kind, namespace = '', name, subresource } = request;
  const resource = subresource === '' ? kind.resource : `${kind.resource}/${subresource}`;
  world.access.demand(who, { verb: verbOf(request), group: kind.group, resource, namespace, name });
}

function review({ access }: World, rules: Parameters<World['access']['allows']>[0], body: Buffer): Reply {
  const asked = parseBody(body) as { spec?: { resourceAttributes?: Record<string, string> } };
  const attributes = asked.spec?.resourceAttributes ?? {};
  const { verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const allowed = access.allows(rules, { verb, group, resource: full, namespace, name });
  return json(201, {
    ...asked,
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    status: { allowed },
  });
}

function unknownPath(): ApiError {
  return apiError(404, 'NotFound', 'the server could not find the requested resource');
}

/** Prepares a watch, a log or a proxied request; calling the result sends it and gives the status. */
function streamFor(
  { world, kubelet, watches, bookmarkMs }: ApiServer,
  resource: ResourceRequest,
  { request, response, view }: Pick<Incoming, 'request' | 'response'> & { view: TableView | undefined },
): (() => number) | undefined {
  const { kind, namespace, name, subresource, query } = resource;
  if (subresource === 'log' && kind.resource === 'pods') {
    const pod = world.store.get('pods', { namespace, name });
    if (pod === undefined) throw notFound('pods', name);
    const log = kubelet.readLog(pod, {
      container: query.get('container') ?? '',
      previous: query.get('previous') === 'true',
    });
    return () => sendLog(log, query, response);
  }
  if (subresource === 'proxy' && kind.resource === 'services') return proxyTo(world, resource, { request, response });
  if (query.get('watch') !== 'true' && query.get('watch') !== '1') return undefined;
  const filter = filterOf(query);
  const named = name === '' ? filter : (object: Parameters<typeof filter>[0]) => object.metadata.name === name;
  obeyVersion(query, world.store.version);
  // Thrown here, a version that is too old is answered as a plain 410.
  const since = query.get('resourceVersion') ?? '';
  if (since !== '' && since !== '0' && world.store.changesSince(Number(since)) === undefined) {
    throw apiError(410, 'Expired', `too old resource version: ${since} (${world.store.version})`);
  }
  return () => {
    streamWatch(world.store, watches, { kind, namespace, filter: named, query, bookmarkMs, view }, response);
    return 200;
  };
}

function proxyTo(
  world: World,
  { namespace, name, rest, method, query, body }: ResourceRequest,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): () => number {
  const [service = '', port = ''] = name.split(':');
  const found = world.store.get('services', { namespace, name: service });
  if (found === undefined) throw notFound('services', service);
  const endpoint = endpointsOf(world, found, port === '' ? String(found.spec.ports?.[0]?.port) : port)[0];
  if (endpoint === undefined) {
    throw apiError(503, 'ServiceUnavailable', `no endpoints available for service "${service}"`);
  }
  const path = `/${rest}${query.size > 0 ? `?${query}` : ''}`;
  return () => {
    const headers = { ...request.headers, host: `${endpoint.ip}:${endpoint.port}` };
    delete (headers as { authorization?: string }).authorization;
    const upstream = httpRequest({ host: endpoint.ip, port: endpoint.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', (error) => {
      const refused = apiError(503, 'ServiceUnavailable', `error trying to reach service: ${error.message}`);
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(statusObject(refused)));
    });
    upstream.end(body);
    return 200;
  };
}
