import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../faults.ts';
import type { RegistryAccess, RegistrySettings } from './access.ts';
import { digestOf, emptyRepository, referencedDigests, type StoredRepository } from './content.ts';
import type { PullCount } from './pull-count.ts';

interface World {
  readonly access: RegistryAccess;
  readonly settings: RegistrySettings;
  readonly repositories: Map<string, StoredRepository>;
  readonly pulls: PullCount;
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The registry's own address as the client sees it. */
  readonly base: string;
}

/** One request below `/v2/NAME/`, allowed and with its repository. */
interface Concerned extends Asked {
  readonly repository: StoredRepository;
  readonly name: string;
  readonly query: URLSearchParams;
  readonly settings: RegistrySettings;
}

/** Answers one request as https://github.com/opencontainers/distribution-spec/blob/main/spec.md says. */
export function answerRegistry(world: World, asked: Asked): Reply {
  const { pathname, searchParams } = new URL(asked.url, asked.base);
  if (pathname === '/token') return answerToken(world, asked, searchParams);
  if (pathname === '/v2' || pathname === '/v2/') {
    return refusal(world, asked, { repository: '', action: 'pull' }) ?? json(200, {});
  }
  const match = /^\/v2\/(.+?)\/(manifests|blobs|tags)\/(.*)$/.exec(pathname);
  if (match === null) return fail(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  const [, name = '', kind = '', rest = ''] = match;
  const reads = asked.method === 'GET' || asked.method === 'HEAD';
  const refused = refusal(world, asked, { repository: name, action: reads ? 'pull' : 'push' });
  if (refused !== undefined) return refused;
  const repository = world.repositories.get(name) ?? emptyRepository();
  if (!reads) world.repositories.set(name, repository);
  else if (!world.repositories.has(name)) return unknownName(kind, name);
  const concerned = { ...asked, repository, name, query: searchParams, settings: world.settings };
  if (kind === 'tags') return answerTags(concerned, rest);
  if (kind === 'blobs') return answerBlobs(concerned, rest);
  if (!reads) return writeManifest(concerned, rest);
  const { headers, over } = world.pulls.take(asked.method);
  const reply = over ? fail(429, 'TOOMANYREQUESTS', PULL_LIMIT) : readManifest(concerned, rest);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

const PULL_LIMIT = 'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit';

function unknownName(kind: string, name: string): Reply {
  // What the CNCF distribution does: a manifest is unknown even when its whole repository is.
  if (kind === 'manifests') return fail(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { name });
  return fail(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
}

function answerToken({ access }: World, { headers }: Asked, query: URLSearchParams): Reply {
  const scopes = query.getAll('scope').flatMap((scope) => scope.split(' '));
  const token = access.issueToken(headers.authorization, scopes);
  if (token === undefined) return fail(401, 'UNAUTHORIZED', 'authentication required');
  return json(200, { token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() });
}

function refusal(
  { access, settings }: World,
  { headers, base }: Asked,
  wanted: { repository: string; action: 'pull' | 'push' },
): Reply | undefined {
  const judgement = access.judge(headers.authorization, wanted);
  if (judgement === 'allowed') return undefined;
  const detail = [{ Type: 'repository', Class: '', Name: wanted.repository, Action: wanted.action }];
  if (judgement === 'denied') return fail(403, 'DENIED', 'requested access to the resource is denied', detail);
  const actions = wanted.action === 'push' ? 'pull,push' : 'pull';
  const scope = wanted.repository === '' ? '' : `,scope="repository:${wanted.repository}:${actions}"`;
  const challenge =
    settings.challenge === 'basic' ? 'Basic realm="sandbox"' : `Bearer realm="${base}/token",service="sandbox"${scope}`;
  const reply = fail(401, 'UNAUTHORIZED', 'authentication required', detail);
  return { ...reply, headers: { ...reply.headers, 'www-authenticate': challenge } };
}

function answerTags({ repository, name, query, base }: Concerned, rest: string): Reply {
  if (rest !== 'list') return fail(404, 'UNSUPPORTED', 'The operation is unsupported.');
  const last = query.get('last') ?? '';
  const after = [...repository.tags.keys()].sort().filter((tag) => tag > last);
  const page = after.slice(0, Number(query.get('n') ?? '1000'));
  const reply = json(200, { name, tags: page });
  if (page.length === after.length) return reply;
  const next = `${base}/v2/${name}/tags/list?n=${page.length}&last=${page.at(-1)}`;
  return { ...reply, headers: { ...reply.headers, link: `<${next}>; rel="next"` } };
}

function readManifest({ repository, settings }: Concerned, reference: string): Reply {
  const digest = reference.includes(':') ? reference : repository.tags.get(reference);
  const manifest = repository.manifests.get(digest ?? '');
  if (digest === undefined || manifest === undefined) {
    const detail = reference.includes(':') ? { Revision: reference } : { Tag: reference };
    return fail(404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail);
  }
  const told = settings.digestHeader === 'wrong' ? digestOf(`not ${digest}`) : digest;
  const header = settings.digestHeader === 'missing' ? {} : { 'docker-content-digest': told };
  return {
    status: 200,
    headers: { 'content-type': manifest.mediaType, etag: `"${digest}"`, ...header },
    body: manifest.bytes,
  };
}

function writeManifest({ repository, name, settings, body, headers, method }: Concerned, reference: string): Reply {
  if (method !== 'PUT') return fail(405, 'UNSUPPORTED', 'The operation is unsupported.');
  const digest = digestOf(body);
  if (reference.includes(':') && reference !== digest) {
    return fail(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const { blobs, manifests } = referencedDigests(body);
  const missing = [
    ...blobs.filter((each) => !repository.blobs.has(each)),
    ...manifests.filter((each) => !repository.manifests.has(each)),
  ];
  if (missing.length > 0) return fail(404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { digest: missing[0] });
  const current = repository.tags.get(reference);
  if (settings.immutableTags && current !== undefined && current !== digest) {
    return fail(409, 'TAG_INVALID', `The image tag '${reference}' already exists and the repository is immutable`);
  }
  repository.manifests.set(digest, { mediaType: headers['content-type'] ?? '', bytes: body });
  if (!reference.includes(':')) repository.tags.set(reference, digest);
  const location = `/v2/${name}/manifests/${digest}`;
  return { status: 201, headers: { location, 'docker-content-digest': digest }, body: '' };
}

function answerBlobs(concerned: Concerned, rest: string): Reply {
  const { repository, name, method, query, body } = concerned;
  if (method === 'GET' || method === 'HEAD') {
    const blob = repository.blobs.get(rest);
    if (blob === undefined) return fail(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest: rest });
    return {
      status: 200,
      headers: { 'content-type': 'application/octet-stream', 'docker-content-digest': rest },
      body: blob,
    };
  }
  const id = rest.replace(/^uploads\/?/, '');
  if (method === 'POST' && !query.has('digest')) {
    const begun = randomUUID();
    repository.uploads.set(begun, []);
    return accepted(202, { location: `/v2/${name}/blobs/uploads/${begun}`, range: '0-0' });
  }
  const parts = method === 'POST' ? [] : repository.uploads.get(id);
  if (parts === undefined) return fail(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  parts.push(body);
  if (method === 'PATCH') {
    // The position of the last byte that is there, of all chunks.
    const last = Math.max(0, parts.reduce((sum, { length }) => sum + length, 0) - 1);
    return accepted(202, { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${last}` });
  }
  const content = Buffer.concat(parts);
  const digest = digestOf(content);
  if (query.get('digest') !== digest) {
    return fail(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  repository.uploads.delete(id);
  repository.blobs.set(digest, content);
  return accepted(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
}

function accepted(status: number, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers, body: '' };
}

function json(status: number, value: unknown): Reply {
  const headers = { 'content-type': 'application/json', 'docker-distribution-api-version': 'registry/2.0' };
  return { status, headers, body: JSON.stringify(value) };
}

function fail(status: number, code: string, message: string, detail?: unknown): Reply {
  return json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] });
}
