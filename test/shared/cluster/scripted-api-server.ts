import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type KubeObject = {
  kind?: string;
  metadata: { name: string; namespace?: string; resourceVersion?: string; labels?: Record<string, string> };
};
interface Change {
  readonly version: number;
  readonly type: string;
  readonly resource: string;
  readonly object: KubeObject;
}
interface Watcher {
  readonly resource: string;
  readonly response: ServerResponse;
  readonly name: string | undefined;
}

/** An answer that is given once instead of the usual one, to the first request whose URL matches. */
export interface ScriptedAnswer {
  readonly match: RegExp;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Cuts the connection instead of answering. */
  readonly reset?: boolean;
}

/** A Kubernetes API server that knows list, watch and logs, on loopback; a test moves its objects and its faults. */
export class ScriptedApiServer {
  readonly token = 'secret-token-of-the-cluster';
  /** Whether the token is asked for; kubectl sends none over plain HTTP. */
  demandsToken = true;
  readonly requests: { path: string; status: number; watch: boolean }[] = [];
  readonly answers: ScriptedAnswer[] = [];
  readonly logs = new Map<string, string>();
  /** Added to the Date header, in milliseconds. */
  skewMs = 0;
  url = '';
  readonly #server: Server;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #changes: Change[] = [];
  readonly #watchers = new Set<Watcher>();
  #version = 100;
  #oldest = 0;

  constructor() {
    this.#server = createServer((request, response) => this.#handle(request, response));
  }

  /** Listens on a free port. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Creates or replaces an object and tells the watches. */
  put(resource: string, object: object): void {
    const known = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, known);
    const given = object as KubeObject;
    const type = known.has(given.metadata.name) ? 'MODIFIED' : 'ADDED';
    this.#record(type, resource, given);
    known.set(given.metadata.name, this.#changes.at(-1)?.object ?? given);
  }

  remove(resource: string, name: string): void {
    const gone = this.#objects.get(resource)?.get(name);
    this.#objects.get(resource)?.delete(name);
    if (gone !== undefined) this.#record('DELETED', resource, gone);
  }

  /** Sends a bookmark with the present version to every watch. */
  bookmark(): void {
    this.#version++;
    for (const watcher of this.#watchers)
      send(watcher, 'BOOKMARK', { metadata: { name: '', resourceVersion: String(this.#version) } });
  }

  /** Cuts all open watches, as a load balancer does. */
  cutWatches(): void {
    for (const { response } of this.#watchers) response.socket?.destroy();
    this.#watchers.clear();
  }

  /** Forgets the history: every older resource version is answered with 410 Gone. */
  compact(): void {
    this.#oldest = ++this.#version;
  }

  get openWatches(): number {
    return this.#watchers.size;
  }

  #record(type: string, resource: string, object: KubeObject): void {
    const version = ++this.#version;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    this.#changes.push({ version, type, resource, object: stored });
    for (const watcher of this.#watchers) {
      if (watcher.resource === resource && (watcher.name ?? object.metadata.name) === object.metadata.name)
        send(watcher, type, stored);
    }
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://server');
    const watch = url.searchParams.get('watch') === 'true';
    response.setHeader('date', new Date(Date.now() + this.skewMs).toUTCString());
    response.on('close', () =>
      this.requests.push({ path: url.pathname + url.search, status: response.statusCode, watch }),
    );
    const index = this.answers.findIndex(({ match }) => match.test(url.pathname + url.search));
    const scripted = index < 0 ? undefined : this.answers.splice(index, 1)[0];
    if (scripted?.reset === true) request.socket.destroy();
    else if (scripted !== undefined) response.writeHead(scripted.status, scripted.headers).end(scripted.body ?? '');
    else if (this.demandsToken && request.headers.authorization !== `Bearer ${this.token}`)
      status(response, 401, 'Unauthorized');
    else if (url.pathname.endsWith('/log')) this.#sendLog(url, response);
    else if (watch) this.#watch(url, response);
    else this.#list(url, response);
  }

  #sendLog(url: URL, response: ServerResponse): void {
    const pod = url.pathname.split('/').at(-2) ?? '';
    const key = `${pod}/${url.searchParams.get('container')}${url.searchParams.get('previous') === 'true' ? '/previous' : ''}`;
    const log = this.logs.get(key);
    if (log === undefined)
      status(response, 400, 'BadRequest', `previous terminated container in pod "${pod}" not found`);
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(log);
  }

  #list(url: URL, response: ServerResponse): void {
    const resource = url.pathname.split('/').at(-1) ?? '';
    const name = nameOf(url);
    const all = [...(this.#objects.get(resource)?.values() ?? [])].filter(
      ({ metadata }) => (name ?? metadata.name) === metadata.name,
    );
    const from = Number(url.searchParams.get('continue') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? all.length);
    const next = from + limit < all.length ? { continue: String(from + limit) } : {};
    const metadata = { resourceVersion: String(this.#version), ...next };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ kind: 'List', metadata, items: all.slice(from, from + limit) }));
  }

  #watch(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    const watcher = { resource: url.pathname.split('/').at(-1) ?? '', response, name: nameOf(url) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.#oldest) {
      send(watcher, 'ERROR', { code: 410, reason: 'Expired', message: 'too old resource version' } as never);
      response.end();
      return;
    }
    for (const { version, type, resource, object } of this.#changes) {
      if (
        version > from &&
        resource === watcher.resource &&
        (watcher.name ?? object.metadata.name) === object.metadata.name
      )
        send(watcher, type, object);
    }
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
  }
}

function nameOf(url: URL): string | undefined {
  return /^metadata\.name=(.*)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
}

function send({ response }: Watcher, type: string, object: KubeObject): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function status(response: ServerResponse, code: number, reason: string, message = reason): void {
  const body = JSON.stringify({ kind: 'Status', code, reason, message });
  response.writeHead(code, { 'content-type': 'application/json' }).end(body);
}
