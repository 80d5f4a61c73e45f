import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Something that goes wrong once (or `times` times in a row).
 * `status` answers with `status`, `headers` and `body` instead of the real answer (with `afterApplied`, after the
 * request took effect); `reset-before` cuts the connection before the request takes effect, `reset-after` after it
 * did but before any answer; `slow` waits `delayMs` and then answers; `truncate` cuts the connection in the middle of the body.
 */
export interface Fault {
  readonly kind: 'status' | 'reset-before' | 'reset-after' | 'slow' | 'truncate';
  /** The n-th request from now, from 1; counted among the matching ones when there is a `match`. */
  readonly request?: number;
  readonly match?: { readonly method?: string; readonly path?: string | RegExp };
  readonly times?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly afterApplied?: boolean;
  readonly delayMs?: number;
}

/** The scripted faults of one sandbox part. */
export interface Faults {
  add(fault: Fault): void;
  /** Counts one request and gives the fault that is due for it. */
  take(request: { method: string; path: string }): Fault | undefined;
  /** Faults that have not happened yet. */
  readonly pending: number;
  clear(): void;
}

/** Starts without any fault. */
export function createFaults(): Faults {
  const scripted: { fault: Fault; wait: number; left: number }[] = [];
  return {
    add: (fault) => void scripted.push({ fault, wait: fault.request ?? 1, left: fault.times ?? 1 }),
    take(request) {
      const concerned = scripted.filter(({ fault, left }) => left > 0 && concerns(fault, request));
      for (const entry of concerned) entry.wait -= 1;
      const due = concerned.find(({ wait }) => wait <= 0);
      if (due !== undefined) due.left -= 1;
      return due?.fault;
    },
    get pending() {
      return scripted.filter(({ left }) => left > 0).length;
    },
    clear: () => void scripted.splice(0),
  };
}

/** An answer before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Lets `answer` do its work and sends its reply, both as far as `fault` allows; gives the status that the client saw, 0 for none. */
export async function deliver(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  fault: Fault | undefined,
  answer: () => Promise<Reply>,
): Promise<number> {
  if (fault?.kind === 'reset-before') return cut(request);
  if (fault?.kind === 'status' && fault.afterApplied !== true) return send(response, scriptedReply(fault));
  if (fault?.kind === 'slow') await delay(fault.delayMs ?? 100);
  const reply = await answer();
  if (fault?.kind === 'reset-after') return cut(request);
  if (fault?.kind === 'truncate') return truncate({ request, response }, reply);
  return send(response, fault?.kind === 'status' ? scriptedReply(fault) : reply);
}

function concerns({ match }: Fault, { method, path }: { method: string; path: string }): boolean {
  if (match?.method !== undefined && match.method !== method) return false;
  if (match?.path === undefined) return true;
  return typeof match.path === 'string' ? path.includes(match.path) : match.path.test(path);
}

function scriptedReply({ status = 500, headers = {}, body }: Fault): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? { message: 'Scripted fault' });
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text };
}

function send(response: ServerResponse, { status, headers, body }: Reply): number {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return status;
}

function cut(request: IncomingMessage): number {
  request.socket.resetAndDestroy();
  return 0;
}

function truncate(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  { status, headers, body }: Reply,
): number {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy());
  return status;
}
