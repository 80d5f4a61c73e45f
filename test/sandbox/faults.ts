import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Something that goes wrong once (or `times` times in a row).
 * `status` answers with `status`, `headers` and `body` instead of the real answer (with `afterApplied`, after the
 * request took effect); `reset-before` cuts the connection before the request takes effect, `reset-after` after it
 * did but before any answer; `slow` waits `delayMs` and then answers; `truncate` cuts the connection in the middle of
 * the body; `stale` answers a read from before the last `writes` writes (1 unless given), as a replica does that lags behind.
 */
export interface Fault {
  readonly kind: 'status' | 'reset-before' | 'reset-after' | 'slow' | 'truncate' | 'stale';
  /** The n-th request from now, from 1; counted among the matching ones when there is a `match`. */
  readonly request?: number;
  readonly match?: { readonly method?: string; readonly path?: string | RegExp };
  readonly times?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly afterApplied?: boolean;
  readonly delayMs?: number;
  readonly writes?: number;
}

/** A request as faults are matched with it; `stale` ones pass over writes. */
export interface FaultyRequest {
  readonly method: string;
  readonly path: string;
  readonly write?: boolean;
}

/** The scripted faults of one sandbox part. */
export interface Faults {
  add(fault: Fault): void;
  /** Counts one request and gives the fault that is due for it. */
  take(request: FaultyRequest): Fault | undefined;
  /** Faults that have not happened yet. */
  readonly pending: number;
  /** How many writes back a stale read that has not happened yet goes at most; 0 without any. */
  readonly staleWrites: number;
  clear(): void;
}

/** Starts without any fault; only a part that remembers what it was like can answer stale reads. */
export function createFaults({ hasPast = false } = {}): Faults {
  const scripted: { fault: Fault; wait: number; left: number }[] = [];
  return {
    add(fault) {
      if (fault.kind === 'stale' && !hasPast) throw new Error('This part of the sandbox cannot answer stale reads');
      scripted.push({ fault, wait: fault.request ?? 1, left: fault.times ?? 1 });
    },
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
    get staleWrites() {
      const stale = scripted.filter(({ fault, left }) => left > 0 && fault.kind === 'stale');
      return Math.max(0, ...stale.map(({ fault }) => fault.writes ?? 1));
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

/** Answers a request; `writesAgo` above 0 asks for what it would have been told that many writes ago. */
export type Answerer = (writesAgo: number) => Promise<Reply>;

/** Lets `answer` do its work and sends its reply, both as far as `fault` allows; gives the status that the client saw, 0 for none. */
export async function deliver(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  fault: Fault | undefined,
  answer: Answerer,
): Promise<number> {
  if (fault?.kind === 'reset-before') return cut(request);
  if (fault?.kind === 'status' && fault.afterApplied !== true) return send(response, scriptedReply(fault));
  if (fault?.kind === 'slow') await delay(fault.delayMs ?? 100);
  const reply = await answer(fault?.kind === 'stale' ? (fault.writes ?? 1) : 0);
  if (fault?.kind === 'reset-after') return cut(request);
  if (fault?.kind === 'truncate') return truncate({ request, response }, reply);
  return send(response, fault?.kind === 'status' ? scriptedReply(fault) : reply);
}

function concerns({ kind, match }: Fault, { method, path, write }: FaultyRequest): boolean {
  if (kind === 'stale' && write === true) return false;
  if (match?.method !== undefined && match.method !== method) return false;
  if (match?.path === undefined) return true;
  return typeof match.path === 'string' ? path.includes(match.path) : match.path.test(path);
}

function scriptedReply({ status = 500, headers = {}, body }: Fault): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? { message: 'Scripted fault' });
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text };
}

function send(response: ServerResponse, { status, headers, body }: Reply): number {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, 'content-length': length });
  // Node takes many times as long to write ASCII as UTF-8 as it takes to copy it.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
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
