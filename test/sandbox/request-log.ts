/** One request that a sandbox part has served; `status` 0 means that the connection was cut without an answer. */
export interface LoggedRequest {
  /** Position since the part was started or the log was cleared, from 1. */
  readonly number: number;
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** Path and query as the client sent them, below the base URL of the API. */
  readonly path: string;
  readonly status: number;
  /** Whether the request was of a kind that changes state, applied or not. */
  readonly write: boolean;
  /** The login that the token belongs to; '' for anonymous requests. */
  readonly actor: string;
}

/** Which requests to count: text is a part of the path, or a pattern on `METHOD /path?query`. */
export type RequestFilter = string | RegExp;

/** What was asked of a sandbox part, in the order of the answers. */
export interface RequestLog extends Iterable<LoggedRequest> {
  readonly entries: readonly LoggedRequest[];
  add(request: Omit<LoggedRequest, 'number' | 'at'>): void;
  count(filter?: RequestFilter): number;
  writes(filter?: RequestFilter): readonly LoggedRequest[];
  clear(): void;
}

/** Starts an empty log. */
export function createRequestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  return {
    entries,
    add: (request) => void entries.push({ number: entries.length + 1, at: Date.now(), ...request }),
    count: (filter) => entries.filter((entry) => matches(entry, filter)).length,
    writes: (filter) => entries.filter((entry) => entry.write && matches(entry, filter)),
    clear: () => void entries.splice(0),
    [Symbol.iterator]: () => entries[Symbol.iterator](),
  };
}

function matches({ method, path }: LoggedRequest, filter: RequestFilter | undefined): boolean {
  if (filter === undefined) return true;
  return typeof filter === 'string' ? path.includes(filter) : filter.test(`${method} ${path}`);
}
