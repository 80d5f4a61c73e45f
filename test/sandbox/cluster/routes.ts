import type { Reply } from '../faults.ts';
import { apiError, notFound } from './api-error.ts';
import { applyManifest, deleteObject, keyFor, type Manifest } from './apply.ts';
import type { KubeObject } from './kube-objects.ts';
import { patched } from './patch.ts';
import { apiVersionOf, type ResourceKind, resourceAt } from './resource-kinds.ts';
import { filterOf } from './selectors.ts';
import type { ObjectKey } from './store.ts';
import { expired, obeyVersion } from './watch-stream.ts';
import type { World } from './world.ts';

/** A request to a resource, taken apart. */
export interface ResourceRequest {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly name: string;
  /** `log`, `status`, `proxy`, or ''. */
  readonly subresource: string;
  /** What follows the subresource, for `proxy`. */
  readonly rest: string;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** Takes `/api/v1/namespaces/shop/pods/web-0/log` apart; undefined when it names no resource of this server. */
export function parseResourcePath(path: string): Omit<ResourceRequest, 'method' | 'query' | 'body'> | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\/(.+)$/.exec(path);
  if (match === null) return undefined;
  const [, core, group = '', version = core ?? '', tail = ''] = match;
  const parts = tail.split('/').map(decodeURIComponent);
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2;
  const [resource = '', name = '', subresource = '', ...rest] = inNamespace ? parts.slice(2) : parts;
  const kind = resourceAt(group, version, resource);
  if (kind === undefined) return undefined;
  return { kind, namespace: inNamespace ? parts[1] : undefined, name, subresource, rest: rest.join('/') };
}

/** The verb of RBAC that a request needs. */
export function verbOf({ method, name, query }: ResourceRequest): string {
  if (method === 'GET') return name !== '' ? 'get' : query.get('watch') === 'true' ? 'watch' : 'list';
  const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
  return verbs[method] ?? method.toLowerCase();
}

/** Answers reads and writes of whole objects; watches, logs and proxies are answered elsewhere. */
export function answerResource(world: World, request: ResourceRequest): Reply {
  const { store } = world;
  const { kind, namespace, name, method, body, subresource } = request;
  if (subresource !== '' && subresource !== 'status') {
    throw apiError(404, 'NotFound', 'the server could not find the requested resource');
  }
  if (method === 'GET' && name === '') return json(200, list(world, request));
  if (method === 'POST') return create(world, request);
  const key = keyFor(kind, { name, ...(namespace === undefined ? {} : { namespace }) });
  const found = store.get(kind.resource, key) as KubeObject | undefined;
  if (found === undefined) throw notFound(kind.resource, name, kind.group);
  if (method === 'GET') return json(200, found);
  if (method === 'DELETE') {
    const { gracePeriodSeconds } = (body.length === 0 ? {} : parseBody(body)) as {
      gracePeriodSeconds?: number;
    };
    deleteObject(store, kind.resource, { key, nowMs: world.clock.now(), graceSeconds: gracePeriodSeconds });
    return json(200, found);
  }
  if (method === 'PUT') applyManifest(store, parseBody(body) as Manifest);
  else if (method === 'PATCH') patch(world, request, key);
  else throw apiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  return json(200, store.get(kind.resource, key));
}

function list({ store }: World, { kind, namespace, query }: ResourceRequest): object {
  obeyVersion(query, store.version);
  const filter = filterOf(query);
  const { last, version } = readContinue(query.get('continue') ?? '');
  if (version !== undefined && store.changesSince(version) === undefined) throw expired(String(version), store.version);
  const keyed = (store.list(kind.resource, namespace) as KubeObject[]).filter(filter);
  const after = keyed.filter((object) => last === undefined || keyText(object) > last);
  const limit = Number(query.get('limit') ?? '0') || after.length;
  const items = after.slice(0, limit);
  const end = items.at(-1);
  const more = items.length < after.length && end !== undefined;
  const token = more
    ? Buffer.from(JSON.stringify({ last: keyText(end), version: store.version })).toString('base64url')
    : '';
  return {
    ...{ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind) },
    metadata: {
      resourceVersion: String(version ?? store.version),
      ...(more ? { continue: token, remainingItemCount: after.length - items.length } : {}),
    },
    items,
  };
}

function keyText({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function readContinue(token: string): { last?: string; version?: number } {
  if (token === '') return {};
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as { last: string; version: number };
  } catch {
    throw apiError(400, 'BadRequest', 'continue key is not valid');
  }
}

function create({ store }: World, { kind, namespace, body }: ResourceRequest): Reply {
  const manifest = parseBody(body) as Manifest;
  if (namespace !== undefined) manifest.metadata.namespace = namespace;
  const key = keyFor(kind, manifest.metadata);
  if (store.get(kind.resource, key) !== undefined) {
    const full = kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
    throw apiError(409, 'AlreadyExists', `${full} "${key.name}" already exists`, {
      name: key.name,
      kind: kind.resource,
    });
  }
  applyManifest(store, manifest);
  return json(201, store.get(kind.resource, key));
}

function patch({ store }: World, { kind, body, subresource }: ResourceRequest, key: ObjectKey): void {
  const before = store.get(kind.resource, key) as KubeObject;
  const wanted = patched(before, parseBody(body));
  if (subresource === 'status') {
    store.change(kind.resource, key, (draft: KubeObject) => {
      draft.status = wanted.status;
    });
  } else applyManifest(store, wanted as Manifest);
}

/** A body in JSON; clients that send protobuf get the 415 of a server without it. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw apiError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted: application/json',
    );
  }
}

/** An answer in JSON. */
export function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
