/** A pull that failed; the message is containerd's. */
export class PullError extends Error {}

/** User and password for a registry host; undefined for none. */
export type Credentials = (host: string) => { username: string; password: string } | undefined;

/** How gRPC names a failure of no particular kind. */
export const unknown = 'rpc error: code = Unknown desc = ';

const denied = 'pull access denied, repository does not exist or may require authorization';

interface Place {
  readonly host: string;
  readonly repository: string;
  readonly credentials: Credentials;
  /** What containerd was doing, the beginning of its messages. */
  readonly prefix: string;
}

/** Reads below `/v2/NAME/` and answers the registry's challenge once; throws a PullError when that does not help. */
export function createRegistryReader(place: Place): (path: string, accept: string) => Promise<Response> {
  const { host, credentials, prefix } = place;
  const known = credentials(host);
  const basic = known && `Basic ${Buffer.from(`${known.username}:${known.password}`).toString('base64')}`;
  let authorization: string | undefined;
  return async (path, accept) => {
    const answer = await send(place, path, { accept, ...(authorization === undefined ? {} : { authorization }) });
    const challenge = answer.headers.get('www-authenticate') ?? '';
    if (answer.status !== 401 || authorization !== undefined) return answer;
    await answer.arrayBuffer();
    authorization = challenge.startsWith('Basic') ? basic : await tokenFor(challenge, basic, prefix);
    if (authorization === undefined) {
      throw unauthorized(prefix, `${denied}: authorization failed: no basic auth credentials`);
    }
    const again = await send(place, path, { accept, authorization });
    if (again.status !== 401) return again;
    throw unauthorized(prefix, `${denied}: server message: insufficient_scope: authorization failed`);
  };
}

/** How containerd tells of a status that it did not expect. */
export function unexpected({ url, status, statusText }: Response): string {
  return `unexpected status from GET request to ${url}: ${status} ${statusText}`;
}

async function send(
  { host, repository, prefix }: Place,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  // As containerd and Docker do it: registries on loopback speak plain HTTP.
  const scheme = /^(localhost|127\.)/.test(host) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${repository}/${path}`;
  try {
    return await fetch(url, { headers });
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const refused = `dial tcp ${host}: connect: connection refused`;
    const why = cause?.code === 'ECONNREFUSED' ? refused : (cause?.message ?? String(error));
    throw new PullError(`${unknown}${prefix}: failed to do request: Head "${url}": ${why}`);
  }
}

function unauthorized(prefix: string, why: string): PullError {
  return new PullError(`${unknown}${prefix}: ${why}`);
}

async function tokenFor(challenge: string, basic: string | undefined, prefix: string): Promise<string> {
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const query = new URLSearchParams({ scope: parameters['scope'] ?? '', service: parameters['service'] ?? '' });
  const url = `${parameters['realm']}?${query}`;
  const answer = await fetch(url, basic === undefined ? {} : { headers: { authorization: basic } });
  const kind = basic === undefined ? 'failed to fetch anonymous token' : 'failed to fetch oauth token';
  if (!answer.ok) throw unauthorized(prefix, `failed to authorize: ${kind}: ${unexpected(answer)}`);
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}
