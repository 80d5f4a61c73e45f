import type { UserError } from '../errors.ts';
import type { HttpReply, HttpRequest } from '../http/send-request.ts';
import type { Credentials } from './credentials.ts';
import type { Challenge } from './parse-challenge.ts';
import { registryUserError } from './reasons.ts';

/**
 * The `Authorization` header that answers a registry's challenge.
 * https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/
 */
export async function authorize(
  challenge: Challenge,
  options: {
    host: string;
    repository: string;
    credentials: Credentials | undefined;
    send: (request: HttpRequest) => Promise<HttpReply>;
  },
): Promise<string> {
  const { host, credentials, send } = options;
  if (challenge.scheme === 'basic') {
    if (credentials === undefined) throw denied(host, 'it asks for a user name and a password, and there are none');
    return basic(credentials);
  }
  const reply = await send(tokenRequest(challenge, options));
  if (reply.status === 401 || reply.status === 403) {
    throw denied(host, credentials === undefined ? 'it gives no token to anonymous users' : 'the given credentials');
  }
  const token = tokenOf(reply);
  if (token === undefined) throw denied(host, `its token service answered ${reply.status} without a token`);
  return `Bearer ${token}`;
}

function tokenRequest(
  { parameters }: Challenge,
  { host, repository, credentials }: { host: string; repository: string; credentials: Credentials | undefined },
): HttpRequest {
  const realm = parameters['realm'] ?? '';
  if (!isTrustedRealm(realm, host)) throw denied(host, 'its token service has no https address');
  const scope = parameters['scope'] || `repository:${repository}:pull`;
  const service = parameters['service'] ?? '';
  if (credentials?.identityToken !== undefined) {
    const form = {
      grant_type: 'refresh_token',
      refresh_token: credentials.identityToken,
      client_id: 'trunkline',
      service,
      scope,
    };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: new URLSearchParams(form).toString() };
  }
  const url = new URL(realm);
  if (service !== '') url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) };
  return { method: 'GET', url: url.href, headers };
}

// A password goes only over TLS, or to the machine itself.
function isTrustedRealm(realm: string, host: string): boolean {
  if (!URL.canParse(realm)) return false;
  const { protocol, hostname } = new URL(realm);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(host) && isLoopback(hostname));
}

/** Whether a registry host is the machine itself, where Docker speaks plain HTTP, too. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host);
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function denied(host: string, why: string): UserError {
  return registryUserError('registry-denied', `The registry ${host} denied access: ${why}.`);
}

function tokenOf({ status, body }: HttpReply): string | undefined {
  if (status !== 200) return undefined;
  try {
    const answer = new Map<string, unknown>(Object.entries(JSON.parse(body.toString('utf8')) as object));
    const token = answer.get('token') ?? answer.get('access_token');
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}
