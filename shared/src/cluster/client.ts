import type { IncomingMessage } from 'node:http';
import type { RequestMeter } from '../request-meter.ts';
import { backoffMs, retry, retryAfterMs, type Timer } from '../retry.ts';
import { ClusterError, explainClusterError, isTransient } from './cluster-error.ts';
import { groupOf, pathOf, type ResourceQuery } from './resources.ts';
import { createAgent, type Endpoint, readBody, sendRequest } from './send-request.ts';
import { ServerClock } from './server-clock.ts';

const pageSize = 500;
const maxListBytes = 100_000_000;
const headerTimeoutMs = 30_000;
const retryBudgetMs = 60_000;

/** A list of objects as the API server sends it; all pages in one. */
export interface ObjectList {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly object[];
}

/** Reads of a Kubernetes API server; it has no way to write. */
export interface ClusterClient {
  /** The API server's time in milliseconds. */
  now(): number;
  /** All objects of a resource. Repeats what can heal for a minute, then throws a UserError or the last failure. */
  list(query: ResourceQuery, signal?: AbortSignal): Promise<ObjectList>;
  /** Opens a watch from a resource version; throws a ClusterError (410 when the version is too old). */
  openWatch(
    query: ResourceQuery,
    options: { resourceVersion: string; timeoutSeconds: number; signal: AbortSignal },
  ): Promise<IncomingMessage>;
  /** The last lines of a container's log; `previous` for the run that crashed. Throws a ClusterError. */
  readLog(query: {
    namespace: string;
    pod: string;
    container: string;
    previous: boolean;
    lines: number;
  }): Promise<string>;
  /** Closes kept connections. */
  close(): void;
}

/** Connects to an API server; nothing is sent yet. */
export function connectCluster(options: {
  endpoint: Endpoint;
  meter: RequestMeter;
  timer: Timer;
  /** How long a list is repeated while the API server cannot be reached; a minute when left out. */
  retryBudgetMs?: number;
}): ClusterClient {
  const { endpoint, meter, timer } = options;
  const budgetMs = options.retryBudgetMs ?? retryBudgetMs;
  const agent = createAgent(endpoint);
  const clock = new ServerClock(() => timer.now());

  async function open(path: string, signal?: AbortSignal): Promise<IncomingMessage> {
    meter.add();
    const response = await sendRequest(endpoint, path, {
      headerTimeoutMs,
      agent,
      ...(signal === undefined ? {} : { signal }),
    });
    clock.observe(response.headers.date);
    if (response.statusCode === 200) return response;
    throw toError(response, await readBody(response, 1_000_000), timer.now());
  }

  async function readJson<T>(path: string, signal?: AbortSignal): Promise<T> {
    return JSON.parse(await readBody(await open(path, signal), maxListBytes)) as T;
  }

  return {
    now: () => clock.now(),
    list: (query, signal) =>
      patiently(query, { timer, signal, budgetMs }, () =>
        listPages(query, (path) => readJson<ObjectList>(path, signal)),
      ),
    openWatch: (query, { resourceVersion, timeoutSeconds, signal }) =>
      open(
        `${pathOf(query)}?${parameters(query, { watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: String(timeoutSeconds) })}`,
        signal,
      ),
    readLog: async ({ namespace, pod, container, previous, lines }) => {
      const path = `${pathOf({ resource: 'pods', namespace })}/${encodeURIComponent(pod)}/log`;
      const query = new URLSearchParams({
        container,
        tailLines: String(lines),
        limitBytes: '65536',
        ...(previous ? { previous: 'true' } : {}),
      });
      return readBody(await open(`${path}?${query}`), 65_536);
    },
    close: () => agent.destroy(),
  };
}

async function listPages(query: ResourceQuery, read: (path: string) => Promise<ObjectList>): Promise<ObjectList> {
  const items: object[] = [];
  for (let token = ''; ; ) {
    const page = await read(
      `${pathOf(query)}?${parameters(query, { limit: String(pageSize), ...(token === '' ? {} : { continue: token }) })}`,
    );
    for (const item of page.items ?? []) items.push(dropManagedFields(item));
    token = page.metadata.continue ?? '';
    if (token === '') return { metadata: page.metadata, items };
  }
}

// 401 is asked once more: the token of a service account may just have been renewed.
async function patiently<T>(
  query: ResourceQuery,
  { timer, signal, budgetMs }: { timer: Timer; signal: AbortSignal | undefined; budgetMs: number },
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await retry(
      attempt,
      (error, number) => {
        const again = isTransient(error) || (number === 1 && error instanceof ClusterError && error.status === 401);
        if (!again || signal?.aborted === true) return { retry: false };
        const asked = error instanceof ClusterError ? error.retryAfterMs : undefined;
        return { retry: true, afterMs: asked ?? backoffMs(number, timer, { baseMs: 200, maxMs: 5_000 }) };
      },
      { timer, budgetMs },
    );
  } catch (error) {
    throw explainClusterError(error, {
      resource: query.resource,
      group: groupOf(query.resource),
      namespace: query.namespace,
    });
  }
}

function parameters(query: ResourceQuery, more: Record<string, string>): URLSearchParams {
  const { fieldSelector, labelSelector } = query;
  return new URLSearchParams({
    ...more,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  });
}

function toError(response: IncomingMessage, body: string, now: number): ClusterError {
  const status = response.statusCode ?? 0;
  const header = response.headers['retry-after'];
  const answer = { retryAfterMs: retryAfterMs(header, now) };
  try {
    const { reason, message } = JSON.parse(body) as { reason?: string; message?: string };
    return new ClusterError(status, { ...answer, reason: reason ?? '', message: message ?? `HTTP ${status}` });
  } catch {
    return new ClusterError(status, { ...answer, reason: '', message: body.trim().slice(0, 500) || `HTTP ${status}` });
  }
}

/** Drops `managedFields`, which are half of an object and say nothing about its state; returns the same object. */
export function dropManagedFields(object: object): object {
  const { metadata } = object as { metadata?: Record<string, unknown> };
  if (metadata !== undefined) delete metadata['managedFields'];
  return object;
}
