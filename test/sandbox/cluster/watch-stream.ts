import type { ServerResponse } from 'node:http';
import { apiError, statusObject } from './api-error.ts';
import type { KubeObject } from './kube-objects.ts';
import { apiVersionOf, type ResourceKind } from './resource-kinds.ts';
import type { ObjectFilter } from './selectors.ts';
import type { Change, Store } from './store.ts';
import type { TableView } from './tables/table.ts';

/** How an open watch may end badly: connection reset, 410 inside of the stream, silence, or a clean early end. */
export type WatchBreak = 'reset' | 'gone' | 'silent' | 'end';

/** The watches that are open. */
export interface OpenWatches {
  readonly count: number;
  /** Breaks all watches, or those of one resource. */
  break(how: WatchBreak, resource?: string): void;
  add(watch: OpenWatch): void;
  remove(watch: OpenWatch): void;
}

interface OpenWatch {
  readonly resource: string;
  break(how: WatchBreak): void;
}

/** Starts without watches. */
export function createOpenWatches(): OpenWatches {
  const open = new Set<OpenWatch>();
  return {
    get count() {
      return open.size;
    },
    break: (how, resource) => {
      for (const watch of [...open]) if (resource === undefined || watch.resource === resource) watch.break(how);
    },
    add: (watch) => void open.add(watch),
    remove: (watch) => void open.delete(watch),
  };
}

/** What a watch shows. */
export interface WatchRequest {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly filter: ObjectFilter;
  readonly query: URLSearchParams;
  readonly bookmarkMs: number;
  readonly view: TableView | undefined;
}

/** Streams changes as JSON lines until its time is over. Throws a 410 ApiError when the version is too old. */
export function streamWatch(store: Store, open: OpenWatches, request: WatchRequest, response: ServerResponse): void {
  const { kind, query } = request;
  const since = query.get('resourceVersion') ?? '';
  const initial = since === '' || since === '0' || query.get('sendInitialEvents') === 'true';
  const missed = initial ? [] : store.changesSince(Number(since));
  if (missed === undefined) throw expired(since, store.version);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  let silent = false;
  const send = (type: string, whole: object) => {
    const object = type === 'ERROR' || request.view === undefined ? whole : request.view(whole);
    if (!silent) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const bookmark = (annotations?: object) =>
    send('BOOKMARK', {
      ...{ kind: kind.kind, apiVersion: apiVersionOf(kind) },
      metadata: { resourceVersion: String(store.version), ...(annotations === undefined ? {} : { annotations }) },
    });
  if (initial) sendInitial(store, request, { send, bookmark });
  for (const change of missed) show(request, change, send);

  const stops = [store.onChange((change) => show(request, change, send))];
  const seconds = Number(query.get('timeoutSeconds') ?? '1800');
  const end = setTimeout(() => response.end(), seconds * 1000);
  const bookmarks = query.get('allowWatchBookmarks') === 'true' ? setInterval(bookmark, request.bookmarkMs) : undefined;
  const watch: OpenWatch = {
    resource: kind.resource,
    break: (how) => {
      if (how === 'reset') response.socket?.resetAndDestroy();
      if (how === 'silent') silent = true;
      if (how === 'gone') send('ERROR', statusObject(expired(since, store.version)));
      if (how === 'gone' || how === 'end') response.end();
    },
  };
  open.add(watch);
  response.on('close', () => {
    for (const stop of stops) stop();
    clearTimeout(end);
    clearInterval(bookmarks);
    open.remove(watch);
  });
}

/** The answer to a version that the server no longer has. */
export function expired(since: string, now: number) {
  return apiError(410, 'Expired', `too old resource version: ${since} (${now})`);
}

/** Throws for a version that the server has not reached yet, as the watch cache of a lagging server does. */
export function obeyVersion(query: URLSearchParams, now: number): void {
  const asked = Number(query.get('resourceVersion') ?? '0');
  if (asked <= now) return;
  // https://github.com/kubernetes/apiserver/blob/master/pkg/storage/errors.go
  const cause = { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' };
  const details = { causes: [cause], retryAfterSeconds: 1 };
  throw apiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${now}`, details);
}

function sendInitial(
  store: Store,
  { kind, namespace, filter, query }: WatchRequest,
  { send, bookmark }: { send: (type: string, object: object) => void; bookmark: (annotations?: object) => void },
): void {
  for (const object of store.list(kind.resource, namespace) as KubeObject[]) if (filter(object)) send('ADDED', object);
  if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });
}

// An object that begins or ceases to match a selector appears or disappears for this watch.
function show(
  { kind, namespace, filter }: WatchRequest,
  { resource, type, object, previous }: Change,
  send: (type: string, object: object) => void,
): void {
  if (resource !== kind.resource) return;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return;
  const matched = previous !== undefined && filter(previous);
  const matches = type !== 'DELETED' && filter(object);
  if (matched && matches) send('MODIFIED', object);
  else if (matches) send('ADDED', object);
  else if (matched) send('DELETED', object);
}
