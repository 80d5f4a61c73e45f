import { spawn } from 'node:child_process';
import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../faults.ts';
import { type Actor, covers, may } from './actors.ts';
import { gitEnvironment, runGit } from './git-process.ts';
import type { Repository } from './model.ts';
import { type PushCommand, parsePush, refusedPush } from './push-commands.ts';
import { isTooLong } from './ref-store.ts';
import { violations } from './rules.ts';
import { foreignWorkflow, workflowScopeText } from './workflow-scope.ts';
import { announcePush, findRepository, type World } from './world.ts';

/** One request of a git client. */
export interface GitRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly actor: Actor;
}

const PATHS = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/.+)$/;

/** Whether the path is one that git clients ask for. */
export function isGitPath(path: string): boolean {
  return PATHS.test(path);
}

/** Serves clone, fetch and push with `git http-backend`; rules are obeyed before a push takes effect. */
export async function serveGit(world: World, request: GitRequest): Promise<Reply> {
  const [, name = '', service = ''] = PATHS.exec(request.path) ?? [];
  const repository = findRepository(world, name);
  const push = service === 'git-receive-pack' || request.query.includes('service=git-receive-pack');
  const refusal = refusalFor(repository, request.actor, push);
  if (refusal !== undefined || repository === undefined) return refusal ?? plain(404, 'Repository not found.');
  const run = () => httpBackend(world, repository, { ...request, service });
  if (service !== 'git-receive-pack') return run();
  return repository.alone(() => receivePack(world, repository, { request, run }));
}

function refusalFor(repository: Repository | undefined, actor: Actor, push: boolean): Reply | undefined {
  const hidden = repository === undefined || (repository.private && !covers(actor, repository.fullName));
  if (actor.kind === 'anonymous' && (hidden || push)) {
    return { ...plain(401, 'Authentication required'), headers: { 'www-authenticate': 'Basic realm="GitHub"' } };
  }
  if (hidden) return plain(404, 'Repository not found.');
  if (push && !(covers(actor, repository.fullName) && may(actor, 'contents', 'write'))) {
    return plain(403, `Permission to ${repository.fullName}.git denied to ${actor.login}.`);
  }
  return undefined;
}

async function receivePack(
  world: World,
  repository: Repository,
  { request, run }: { request: GitRequest; run: () => Promise<Reply> },
): Promise<Reply> {
  const { commands, pack } = parsePush(request.body);
  const { folder } = repository.git;
  // Rules look at the pushed history, so its objects must be there before the refs are.
  if (pack.length > 0) await runGit(['unpack-objects', '-q'], { folder, input: pack });
  const refused = await refusePush(repository, request.actor, commands);
  if (refused !== undefined) return refused;
  const reply = await run();
  const changes = await repository.refs.reload();
  for (const change of changes) await announcePush(world, repository, { ...change, actor: request.actor });
  await world.settle(repository);
  return reply;
}

async function refusePush(
  repository: Repository,
  actor: Actor,
  commands: readonly PushCommand[],
): Promise<Reply | undefined> {
  const refuse = (reason: string, text: string): Reply => ({
    status: 200,
    headers: { 'content-type': 'application/x-git-receive-pack-result' },
    body: refusedPush(commands, reason, text),
  });
  for (const command of commands) {
    if (isTooLong(command.ref)) {
      const text = `error: GH005: Sorry, refs longer than 255 bytes are not allowed.\nref too long: "${command.ref}"\n`;
      return refuse('pre-receive hook declined', text);
    }
    const found = await violations(repository, actor, command);
    if (found.length > 0) {
      const list = found.map((text) => `- ${text}`).join('\n');
      const text = `error: GH013: Repository rule violations found for ${command.ref}.\n\n${list}\n`;
      return refuse('push declined due to repository rule violations', text);
    }
    if (command.ref.startsWith('refs/pull/')) return refuse('deny updating a hidden ref', '');
    const { after } = command;
    const workflow =
      after === undefined || may(actor, 'workflows', 'write') ? undefined : await foreignWorkflow(repository, after);
    if (workflow !== undefined) return refuse(workflowScopeText(actor.kind, workflow), '');
  }
  return undefined;
}

/** One CGI call; https://git-scm.com/docs/git-http-backend */
function httpBackend(
  world: World,
  repository: Repository,
  { method, query, headers, body, actor, service }: GitRequest & { service: string },
): Promise<Reply> {
  const environment: Record<string, string> = {
    GIT_PROJECT_ROOT: world.folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${repository.fullName}.git/${service}`,
    REQUEST_METHOD: method,
    QUERY_STRING: query,
    CONTENT_TYPE: headers['content-type'] ?? '',
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    REMOTE_ADDR: '127.0.0.1',
    ...(actor.login === '' ? {} : { REMOTE_USER: actor.login }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['http-backend'], { env: gitEnvironment(environment) });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.resume();
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', () => resolve(cgiReply(Buffer.concat(chunks))));
    child.stdin.end(body);
  });
}

function cgiReply(output: Buffer): Reply {
  const end = output.indexOf('\r\n\r\n');
  if (end === -1) return plain(500, 'git http-backend gave no answer');
  const lines = output.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const { status = '200', ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others, body: output.subarray(end + 4) };
}

function plain(status: number, text: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
}
