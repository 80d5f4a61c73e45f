import * as http from 'node:http';
import * as https from 'node:https';

/** An answer of any web server. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * GET with a time limit for all of it; at most 1 MB of the body. Honours HTTPS_PROXY and NO_PROXY (Node 24.5 or later).
 * Follows no redirects: the address is what the person wrote. Rejects on network errors and at the time limit.
 */
export function getText(url: string, { timeoutMs }: { timeoutMs: number }): Promise<HttpAnswer> {
  const secure = url.startsWith('https:');
  const settings = { keepAlive: false, proxyEnv: process.env };
  const agent = secure ? new https.Agent(settings) : new http.Agent(settings);
  const headers = { accept: 'application/json, text/plain;q=0.9, */*;q=0.1', 'cache-control': 'no-cache' };
  return new Promise((resolve, reject) => {
    const options = { agent, headers, signal: AbortSignal.timeout(timeoutMs) };
    const request = (secure ? https : http).get(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > 1_000_000) response.destroy(new Error('the answer is longer than 1 MB'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
