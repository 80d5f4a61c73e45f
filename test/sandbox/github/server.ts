import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answerer, createFaults, deliver, type Fault, type Faults, type Reply } from '../faults.ts';
import { listen } from '../listen.ts';
import type { PageHandler } from '../page/serve-page.ts';
import { createRequestLog, type RequestLog } from '../request-log.ts';
import { type Actor, anonymous, type issueStandardTokens, type TokenRequest } from './actors.ts';
import { serveArchive } from './archives.ts';
import { actorOf } from './authorization.ts';
import { settleMerges } from './auto-merge.ts';
import { checkpoint } from './checkpoint.ts';
import { serveGraphQL } from './graphql.ts';
import type { QueueEvent } from './merge-queue.ts';
import type { Push, Repository } from './model.ts';
import { createPastWorlds, type PastWorlds } from './past-worlds.ts';
import type { RateLimits } from './rate-limits.ts';
import { createRepository, type NewRepository } from './repositories.ts';
import { serveRest } from './rest.ts';
import { routes } from './routes.ts';
import { loadWorld, saveWorld } from './saved-world.ts';
import { type Change, commitChange } from './seeding.ts';
import type { RepositorySettings } from './settings.ts';
import { isGitPath, serveGit } from './smart-http.ts';
import { REST, tellRest } from './traffic.ts';
import { findRepository, type World } from './world.ts';

/** A GitHub on loopback over real bare repositories. Closed, it keeps nothing running; its folder stays. */
export interface GitHubSandbox {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** Serves git at `/owner/name.git`. */
  readonly serverUrl: string;
  /** `workflow` and `readOnly` are GITHUB_TOKENs, `app` a GitHub App, `admin` a personal token that may do everything. */
  readonly tokens: ReturnType<typeof issueStandardTokens>;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly limits: RateLimits;
  /** Asks without a socket, for tests that ask ten thousands of times; scripted faults need a socket. */
  readonly fetch: typeof fetch;
  /** Remembers what all repositories show; the function that it gives goes back to that. */
  checkpoint(): () => void;
  createRepository(options: NewRepository): Promise<{ fullName: string; sha: string; gitUrl: string; folder: string }>;
  /** Commits past every rule and gives the sha. */
  commit(fullName: string, change: Change): Promise<string>;
  /** Makes many refs at once (`refs/tags/v1.0.0` to sha), faster than by requests. */
  addRefs(fullName: string, refs: Readonly<Record<string, string>>): void;
  /** The settings; change them at any time. */
  settings(fullName: string): RepositorySettings;
  repositories(): readonly Repository[];
  /** What the API would show, to look at directly: pulls, deployments, releases, dispatches, ... */
  records(fullName: string): Repository;
  issueToken(request: TokenRequest): string;
  /** Calls `listener` after each push; gives the function that ends it. */
  onPush(listener: (push: Push) => void): () => void;
  /** The same for what happens in merge queues. */
  onQueue(listener: (event: QueueEvent) => void): () => void;
  close(): Promise<void>;
}

/** How a GitHub is started; repositories go below `folder`. */
export interface GitHubOptions {
  readonly folder: string;
  /** A free one when it is 0 or left out. */
  readonly port?: number;
  readonly now?: () => Date;
  /** Where everything besides the repositories is written after each write, and read at the start. */
  readonly records?: string;
  /** Answers first, and what it answers is not logged. */
  readonly page?: PageHandler;
}

/** Starts a GitHub on 127.0.0.1. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubSandbox> {
  const { records, folder, now = () => new Date(), port, page } = options;
  const { world, tokens } = await loadWorld(records, { folder, now });
  const save = records === undefined ? () => {} : () => saveWorld(records, world, tokens);
  world.settle = (repository) => settleMerges(world, repository);
  const requests = createRequestLog();
  const faults = createFaults({ hasPast: true });
  const parts = { world, past: createPastWorlds(world), requests, faults, page, save };
  const server = createServer((request, response) => {
    // A client that goes away in the middle of its request is no failure of the sandbox.
    serve(parts, request, response).catch(() => response.destroy());
  });
  // An idle connection that the server closes is a reset for a client that sends its next request meanwhile.
  server.keepAliveTimeout = 0;
  const address = `http://127.0.0.1:${await listen(server, port)}`;
  Object.assign(world.urls, { server: address, api: `${address}/api/v3`, graphql: `${address}/api/graphql` });
  return {
    ...sandboxOf(world, tokens.admin),
    ...{ tokens, requests, faults },
    fetch: (url, init) => serveInProcess(parts, url, init),
    checkpoint: () => checkpoint(world),
    async close() {
      await close(world, server);
      save();
    },
  };
}

function sandboxOf(world: World, adminToken: string) {
  const repositoryOf = (fullName: string): Repository => {
    const repository = findRepository(world, fullName);
    if (repository === undefined) throw new Error(`The sandbox has no repository ${fullName}`);
    return repository;
  };
  const admin = world.actors.byToken(adminToken) ?? anonymous;
  return {
    apiUrl: world.urls.api,
    graphqlUrl: world.urls.graphql,
    serverUrl: world.urls.server,
    limits: world.limits,
    async createRepository(options: NewRepository) {
      const { fullName, refs, git, defaultBranch } = await createRepository(world, options);
      const sha = refs.get(`refs/heads/${defaultBranch}`) ?? '';
      return { fullName, sha, gitUrl: `${world.urls.server}/${fullName}.git`, folder: git.folder };
    },
    commit(fullName: string, change: Change) {
      const repository = repositoryOf(fullName);
      return repository.alone(async () => {
        const sha = await commitChange(world, repository, admin, change);
        await world.settle(repository);
        return sha;
      });
    },
    addRefs: (fullName: string, refs: Readonly<Record<string, string>>) => repositoryOf(fullName).refs.addPacked(refs),
    settings: (fullName: string) => repositoryOf(fullName).settings,
    repositories: () => [...world.repositories.values()],
    records: repositoryOf,
    issueToken: (request: TokenRequest) => world.actors.issueToken(request),
    onPush: (listener: (push: Push) => void) => subscribe(world.pushListeners, listener),
    onQueue: (listener: (event: QueueEvent) => void) => subscribe(world.queueListeners, listener),
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

interface Parts {
  readonly world: World;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly past: PastWorlds;
  readonly page: PageHandler | undefined;
  /** Called before a write is answered. */
  save(): void;
}

interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const page = method === 'GET' ? parts.page?.(url, headers['if-none-match']) : undefined;
  if (page !== undefined) return void (await deliver({ request, response }, undefined, async () => page));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = { method, url, headers, body: Buffer.concat(chunks) };
  await handle(parts, raw, (fault, answer) => deliver({ request, response }, fault, answer));
}

async function serveInProcess(parts: Parts, url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { pathname, search } = new URL(String(url));
  const headers = init.headers as Record<string, string>;
  const body = Buffer.from(typeof init.body === 'string' ? init.body : '');
  const raw = { method: init.method ?? 'GET', url: pathname + search, headers, body };
  let reply: Reply | undefined;
  await handle(parts, raw, async (fault, answer) => {
    if (fault !== undefined) throw new Error('Scripted faults need a socket');
    reply = await answer(0);
    return reply.status;
  });
  return inMemory(reply as Reply, String(url));
}

// A `Response` would wrap its body in streams, which costs more than all the rest.
function inMemory({ status, headers, body }: Reply, url: string): Response {
  const bytes = Buffer.from(body);
  const readers = { text: async () => bytes.toString(), arrayBuffer: async () => new Uint8Array(bytes).buffer };
  return { status, url, headers: new Headers(headers), ...readers } as Response;
}

async function handle(
  { world, past, requests, faults, save }: Parts,
  raw: RawRequest,
  tell: (fault: Fault | undefined, answer: Answerer) => Promise<number>,
): Promise<void> {
  const { method, url, headers, body } = raw;
  const path = url.replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api\/graphql/, '/graphql');
  const actor = actorOf(world, headers.authorization);
  const write = isWrite(method, path, body);
  const fault = faults.take({ method, path, write });
  const status = await tell(fault, async (writesAgo) => {
    const keep = write ? past.remember(faults.staleWrites) : undefined;
    const reply = await replyTo(writesAgo === 0 ? world : past.before(writesAgo), raw, actor);
    // A refused mutation has status 200 too.
    if (reply.status < 400 && !(path === '/graphql' && reply.body.includes('"errors":['))) keep?.();
    if (write) save();
    return reply;
  });
  requests.add({ method, path, status, write, actor: actor?.login ?? '' });
}

async function replyTo(world: World, raw: RawRequest, actor: Actor | undefined): Promise<Reply> {
  const reply = actor === undefined ? badCredentials : await answerOf(world, raw, actor);
  tellRest(raw, reply);
  return reply;
}

async function answerOf(world: World, raw: RawRequest, actor: Actor): Promise<Reply> {
  const { method, url, headers, body } = raw;
  const { pathname, searchParams, search } = new URL(url, world.urls.server);
  if (pathname.startsWith(REST)) {
    return serveRest(world, routes, { method, path: pathname.slice(REST.length), query: searchParams, body, actor });
  }
  if (pathname === '/api/graphql' && method === 'POST') return serveGraphQL(world, { actor, body });
  if (isGitPath(pathname)) {
    return serveGit(world, { method, path: pathname, query: search.slice(1), headers, body, actor });
  }
  const archive = await serveArchive(world, actor, pathname);
  return archive ?? { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found\n' };
}

const badCredentials: Reply = {
  status: 401,
  headers: { 'content-type': 'application/json; charset=utf-8', 'www-authenticate': 'Basic realm="GitHub"' },
  body: '{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}',
};

function isWrite(method: string, path: string, body: Buffer): boolean {
  if (path.startsWith('/graphql')) return /"query"\s*:\s*"\s*mutation\b/.test(body.toString().replaceAll('\\n', ' '));
  if (path.includes('/git-upload-pack')) return false;
  return method !== 'GET' && method !== 'HEAD';
}

async function close(world: World, server: Server): Promise<void> {
  for (const { git, diff } of world.repositories.values()) {
    git.close();
    diff.close();
  }
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
