import type { IncomingHttpHeaders } from 'node:http';
import { HttpClient, type HttpClientResponse } from '@actions/http-client';

/** One HTTP exchange to make. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bounds connecting and each silence of the socket. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** The answer, whatever its status; redirects were followed (credentials stay with the first host). */
export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request. Honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY on every Node version; rejects on network errors and on longer bodies. */
export async function sendRequest(request: HttpRequest): Promise<HttpReply> {
  const { method, url, headers = {}, body = '', timeoutMs = 30_000, maxBytes = 8_000_000 } = request;
  const client = new HttpClient('trunkline', undefined, { socketTimeout: timeoutMs, keepAlive: false });
  try {
    const response = await client.request(method, url, body, { ...headers });
    const { statusCode = 0, headers: answered } = response.message;
    return { status: statusCode, headers: answered, body: await readBody(response, maxBytes) };
  } finally {
    client.dispose();
  }
}

async function readBody(response: HttpClientResponse, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.message) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) {
      response.message.destroy();
      throw new Error(`the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
