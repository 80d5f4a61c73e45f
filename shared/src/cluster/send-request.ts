import * as http from 'node:http';
import * as https from 'node:https';

/** Where an API server is and how to speak to it. */
export interface Endpoint {
  /** `https://host:port[/prefix]`, or any http URL when `socketPath` is set. */
  readonly url: string;
  /** A unix socket instead of the host (kubectl proxy). */
  readonly socketPath?: string;
  /** The token at this moment; files of service accounts are renewed while the job runs. */
  readonly readToken: () => string | undefined;
  /** Certificate authorities in PEM; the system's when not given. */
  readonly ca?: string;
}

/** A GET whose body is still to be read. Rejects on network errors and when no header came within `headerTimeoutMs`. */
export function sendRequest(
  endpoint: Endpoint,
  path: string,
  options: { signal?: AbortSignal; headerTimeoutMs: number; agent: http.Agent },
): Promise<http.IncomingMessage> {
  const base = new URL(endpoint.url);
  const token = endpoint.readToken();
  const secure = base.protocol === 'https:' && endpoint.socketPath === undefined;
  const request: https.RequestOptions = {
    method: 'GET',
    path: `${base.pathname.replace(/\/$/, '')}${path}`,
    agent: options.agent,
    headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(endpoint.socketPath === undefined
      ? { hostname: base.hostname.replace(/^\[|\]$/g, ''), port: base.port === '' ? (secure ? 443 : 80) : base.port }
      : { socketPath: endpoint.socketPath }),
  };
  return new Promise((resolve, reject) => {
    const sent = secure ? https.request(request) : http.request(request);
    const timer = setTimeout(
      () => sent.destroy(new Error('the API server did not answer in time')),
      options.headerTimeoutMs,
    );
    sent.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end();
  });
}

/** An agent that keeps connections, trusts the endpoint's authorities and honours HTTPS_PROXY (Node 24.5 or later). */
export function createAgent(endpoint: Endpoint): http.Agent {
  const options = { keepAlive: true, proxyEnv: process.env };
  const secure = endpoint.url.startsWith('https:') && endpoint.socketPath === undefined;
  if (!secure) return new http.Agent(endpoint.socketPath === undefined ? options : { keepAlive: true });
  return new https.Agent(endpoint.ca === undefined ? options : { ...options, ca: endpoint.ca });
}

/** The whole body as text, at most `maxBytes`; the rest is dropped. */
export async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
