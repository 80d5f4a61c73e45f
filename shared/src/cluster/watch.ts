import type { IncomingMessage } from 'node:http';
import { backoffMs, type Timer } from '../retry.ts';
import { type ClusterClient, dropManagedFields } from './client.ts';
import { ClusterError, explainClusterError, isTransient } from './cluster-error.ts';
import { groupOf, type ResourceQuery } from './resources.ts';

/** One thing a watch told, at the API server's time in milliseconds. */
export interface WatchEvent {
  readonly at: number;
  readonly resource: string;
  readonly type: 'LIST' | 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: object;
}

/** How a watch behaves; the defaults are those of client-go, with a shorter idle time. */
export interface WatchOptions {
  readonly client: ClusterClient;
  readonly timer: Timer;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent) => void;
  /** Told when the connection was lost, and again when it is back. */
  readonly onConnection?: (state: { resource: string; connected: boolean; error?: unknown }) => void;
  /** No byte for so long means that the connection is dead. */
  readonly idleTimeoutMs?: number;
  readonly timeoutSeconds?: number;
  /** The resource version of a list that was made before; the first list is then left out. */
  readonly startAt?: string | undefined;
  /** Lists every `pollMs` instead of watching, to keep the number of watches low. */
  readonly pollOnly?: boolean;
  /** How often to list where watching is forbidden, or with `pollOnly`. */
  readonly pollMs?: number;
}

/**
 * Lists a resource, then watches it until `signal` aborts: goes on from the last resource version after every end of
 * the connection, lists again when that version is gone (410), and polls where watching is forbidden.
 * Rejects with a UserError when the list is refused for good.
 */
export async function listAndWatch(query: ResourceQuery, options: WatchOptions): Promise<void> {
  const { timer, signal } = options;
  let version = options.startAt;
  let failures = 0;
  let polls = options.pollOnly === true;
  if (version !== undefined) options.onConnection?.({ resource: query.resource, connected: true });
  while (!signal.aborted) {
    try {
      version ??= await list(query, options);
      failures = 0;
      if (polls) return await poll(query, options);
      const started = timer.now();
      version = await watchOnce(query, version, options);
      // A server that ends watches at once must not be asked in a tight loop.
      if (timer.now() - started < 1000) await pause(200, options);
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof ClusterError ? error.status : 0;
      if (code === 410) version = undefined;
      else if (code === 403 && !polls) {
        polls = true;
        continue;
      } else if (!isTransient(error) && code !== 401) throw error;
      options.onConnection?.({ resource: query.resource, connected: false, error });
      failures++;
      if (code === 401 && failures > 1) throw explainClusterError(error, ruleOf(query));
      await pause(waitMs(error, failures, timer), options);
    }
  }
}

function waitMs(error: unknown, failures: number, timer: Timer): number {
  if (error instanceof ClusterError && error.status === 410) return failures > 1 ? 1000 : 0;
  const asked = error instanceof ClusterError ? error.retryAfterMs : undefined;
  return asked ?? backoffMs(failures, timer, { baseMs: 200, maxMs: 10_000 });
}

function ruleOf(query: ResourceQuery): { resource: string; group: string; namespace: string } {
  return { resource: query.resource, group: groupOf(query.resource), namespace: query.namespace };
}

async function list(query: ResourceQuery, { client, signal, onEvent, onConnection }: WatchOptions): Promise<string> {
  const answer = await client.list(query, signal);
  onConnection?.({ resource: query.resource, connected: true });
  onEvent({ at: client.now(), resource: query.resource, type: 'LIST', object: { items: answer.items } });
  return answer.metadata.resourceVersion ?? '0';
}

async function poll(query: ResourceQuery, options: WatchOptions): Promise<void> {
  while (!options.signal.aborted) {
    await pause(options.pollMs ?? 3000, options);
    if (!options.signal.aborted) await list(query, options);
  }
}

async function watchOnce(query: ResourceQuery, from: string, options: WatchOptions): Promise<string> {
  const { client, signal, timer, onEvent, onConnection } = options;
  const timeoutSeconds = (options.timeoutSeconds ?? 240) + Math.floor(timer.random() * 30);
  const response = await client.openWatch(query, { resourceVersion: from, timeoutSeconds, signal });
  onConnection?.({ resource: query.resource, connected: true });
  let version = from;
  for await (const line of linesOf(response, options.idleTimeoutMs ?? 90_000)) {
    const { type, object } = JSON.parse(line) as { type: string; object: WatchedObject };
    if (type === 'ERROR')
      throw new ClusterError(object.code ?? 500, {
        reason: object.reason ?? '',
        message: object.message ?? 'the watch failed',
      });
    version = object.metadata?.resourceVersion ?? version;
    dropManagedFields(object);
    onEvent({ at: client.now(), resource: query.resource, type: type as WatchEvent['type'], object });
  }
  return version;
}

interface WatchedObject {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly metadata?: { readonly resourceVersion?: string };
}

/** The lines of a stream as they come. A connection that ends or breaks ends the lines: the caller goes on from where it was. */
async function* linesOf(response: IncomingMessage, idleTimeoutMs: number): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  response.setTimeout(idleTimeoutMs, () => response.destroy());
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield line;
    }
  } catch {
    // Only a broken connection ends up here: what a line means is judged by the consumer, outside of this generator.
  } finally {
    response.destroy();
  }
}

async function pause(ms: number, { timer, signal }: WatchOptions): Promise<void> {
  if (ms > 0 && !signal.aborted) await timer.sleep(ms, signal);
}
