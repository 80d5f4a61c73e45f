import { createHash } from 'node:crypto';
import { textOfError } from '../errors.ts';
import { type HttpReply, type HttpRequest, sendRequest } from '../http/send-request.ts';
import { type ImageReference, parseImageReference } from '../image/reference.ts';
import type { RequestMeter } from '../request-meter.ts';
import { backoffMs, type RetryDecision, retry, retryAfterMs, systemTimer, type Timer } from '../retry.ts';
import { authorize, isLoopback } from './authorize.ts';
import type { CredentialSource } from './credentials.ts';
import { parseChallenge } from './parse-challenge.ts';
import { readPlatforms } from './read-platforms.ts';
import { registryUserError } from './reasons.ts';

/** What a registry says about a reference. */
export interface ResolvedImage {
  /** Digest of the manifest or index that the reference names. */
  readonly digest: string;
  /** `linux/amd64`, `linux/arm/v7`, ...; only when asked for. */
  readonly platforms?: readonly string[];
}

/** Looks up images; all methods throw UserErrors of `registryReasons`. */
export interface Registry {
  /** Resolves `name:tag`, `name@digest` or both; undefined when the registry has no such image. With `platforms` the manifest is read, too. */
  resolve(reference: string, options?: { platforms?: boolean }): Promise<ResolvedImage | undefined>;
}

/** How to reach registries. */
export interface RegistryConnection {
  readonly credentials: CredentialSource;
  readonly meter: RequestMeter;
  readonly timer?: Timer;
  readonly retryBudgetMs?: number;
}

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Connects to any registry of the OCI distribution specification; https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull */
export function connectRegistry(connection: RegistryConnection): Registry {
  const timer = connection.timer ?? systemTimer;
  const tokens = new Map<string, string>();
  const accounts = new Map<string, ReturnType<CredentialSource>>();
  const send = (request: HttpRequest) => sendPatiently(request, { connection, timer });

  /** Sends, answers one challenge, and keeps the token for the repository. */
  async function ask(method: 'GET' | 'HEAD', path: string, image: ImageReference): Promise<HttpReply> {
    const scope = `${image.registry}/${image.repository}`;
    const url = `${baseUrl(image.registry)}/v2/${image.repository}/${path}`;
    const attempt = () => {
      const token = tokens.get(scope);
      const headers: Record<string, string> = {
        accept: ACCEPT,
        ...(token === undefined ? {} : { authorization: token }),
      };
      return send({ method, url, headers });
    };
    const first = await attempt();
    if (first.status !== 401) return first;
    const challenge = parseChallenge(first.headers['www-authenticate']);
    if (challenge === undefined) return first;
    // A credential helper is a process of its own; thirty images of one registry need one.
    const account = accounts.get(image.registry) ?? connection.credentials(image.registry);
    accounts.set(image.registry, account);
    const credentials = await account;
    tokens.set(
      scope,
      await authorize(challenge, { host: image.registry, repository: image.repository, credentials, send }),
    );
    return attempt();
  }

  return {
    async resolve(reference, options = {}) {
      const image = parseImageReference(reference);
      if (image === undefined) throw new Error(`${reference} is no image reference`);
      const path = `manifests/${image.digest ?? image.tag ?? 'latest'}`;
      const wantsBody = options.platforms === true;
      let reply = await ask(wantsBody ? 'GET' : 'HEAD', path, image);
      if (isMissing(reply)) return undefined;
      accept(reply, image);
      // Docker Hub's mirrors and some proxies leave the header out: the body's hash is the digest by definition.
      if (!wantsBody && digestHeader(reply) === undefined) reply = accept(await ask('GET', path, image), image);
      const digest = digestOf(reply, image);
      if (!wantsBody) return { digest };
      return { digest, platforms: await readPlatforms(reply.body, (blob) => ask('GET', `blobs/${blob}`, image)) };
    },
  };
}

function baseUrl(host: string): string {
  if (host === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLoopback(host) ? 'http' : 'https'}://${host}`;
}

// GitHub's and Google's registries answer 403 or 404 for names that do not exist; only 404 is sure.
function isMissing({ status }: HttpReply): boolean {
  return status === 404;
}

function accept(reply: HttpReply, { registry, writtenName }: ImageReference): HttpReply {
  if (reply.status === 200) return reply;
  const reason = reply.status === 401 || reply.status === 403 ? 'registry-denied' : 'registry-unavailable';
  throw registryUserError(reason, `The registry ${registry} answered ${reply.status} for ${writtenName}.`);
}

function digestHeader({ headers }: HttpReply): string | undefined {
  const value = headers['docker-content-digest'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function digestOf(reply: HttpReply, image: ImageReference): string {
  const computed =
    reply.body.length === 0 ? undefined : `sha256:${createHash('sha256').update(reply.body).digest('hex')}`;
  const claimed = digestHeader(reply);
  const digest = claimed ?? computed ?? '';
  const wrong = [computed, image.digest].find((other) => other?.startsWith('sha256:') && other !== digest);
  if (wrong === undefined) return digest;
  throw registryUserError('digest-mismatch', `${image.writtenName}: the registry says ${digest}, expected ${wrong}.`);
}

/** A registry that did not answer properly; retried. */
class Unready extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;

  constructor(message: string, status: number, retryAfter: string | undefined) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const MAX_ATTEMPTS = 4;

async function sendPatiently(
  request: HttpRequest,
  { connection, timer }: { connection: RegistryConnection; timer: Timer },
): Promise<HttpReply> {
  const host = new URL(request.url).host;
  async function attempt(): Promise<HttpReply> {
    connection.meter.add();
    const reply = await sendRequest(request).catch((error: unknown) => {
      throw new Unready(textOfError(error), 0, undefined);
    });
    if (reply.status !== 429 && reply.status < 500) return reply;
    throw new Unready(`answered ${reply.status}`, reply.status, reply.headers['retry-after']);
  }
  function decide(error: unknown, number: number): RetryDecision {
    if (!(error instanceof Unready) || number >= MAX_ATTEMPTS) return { retry: false };
    return { retry: true, afterMs: retryAfterMs(error.retryAfter, timer.now()) ?? backoffMs(number, timer) };
  }
  try {
    return await retry(attempt, decide, { timer, budgetMs: connection.retryBudgetMs ?? 60_000 });
  } catch (error) {
    if (!(error instanceof Unready)) throw error;
    const reason = error.status === 429 ? 'registry-rate-limited' : 'registry-unavailable';
    throw registryUserError(reason, `The registry ${host}: ${error.message}.`, { cause: error });
  }
}
