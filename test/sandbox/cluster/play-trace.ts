import type { Timer } from '#shared/retry.ts';
import type { KubeObject } from './kube-objects.ts';
import { type Resource, resourceKinds } from './resource-kinds.ts';
import type { World } from './world.ts';

/** The first line of a recording: the parts of it that a test needs. */
export interface TraceHeader {
  readonly scenario: string;
  readonly workload: string;
  readonly namespace: string;
  readonly image: string;
  readonly startedAt: string;
  readonly until: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expected: { readonly result: string; readonly cause: string | null; readonly decidableAt: number };
  readonly revision?: string;
}

/** A recording that is being shown. */
export interface PlayedTrace {
  readonly header: TraceHeader;
  /** Resolves when the last line was shown, or at once after `stop`. */
  readonly finished: Promise<void>;
  stop(): void;
}

interface TraceLine {
  readonly t: number;
  readonly type: 'LIST' | 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly resource: Resource;
  readonly object: KubeObject & { items?: KubeObject[] };
}

/** Shows a recording through the API: its lists at once, its changes when `timer` says so; the Date header follows. */
export function playTrace(world: World, lines: readonly string[], timer: Timer): PlayedTrace {
  const [first = '{}', ...rest] = lines.filter((line) => line.trim() !== '');
  const header = JSON.parse(first) as TraceHeader;
  const observed = rest.map((line) => JSON.parse(line) as TraceLine);
  world.running.controllers = false;
  world.clock.set(Date.parse(header.startedAt), timer);
  for (const { resource, object, type } of observed) {
    if (type !== 'LIST') continue;
    for (const item of object.items ?? []) world.store.put(resource, complete(resource, item));
  }
  const changes = observed.filter(({ type }) => type !== 'LIST' && type !== 'BOOKMARK');
  const stopping = new AbortController();
  world.signal.addEventListener('abort', () => stopping.abort(), { once: true });
  return { header, finished: show(world, changes, { timer, signal: stopping.signal }), stop: () => stopping.abort() };
}

async function show(
  { store }: World,
  changes: readonly TraceLine[],
  { timer, signal }: { timer: Timer; signal: AbortSignal },
): Promise<void> {
  const begun = timer.now();
  for (const { t, type, resource, object } of changes) {
    if (begun + t > timer.now()) await timer.sleep(begun + t - timer.now(), signal);
    if (signal.aborted) return;
    if (type === 'DELETED') store.remove(resource, object.metadata);
    else store.put(resource, complete(resource, object));
  }
}

// Items of a list come without apiVersion and kind.
function complete(resource: Resource, object: KubeObject): KubeObject {
  const kind = resourceKinds.find((each) => each.resource === resource);
  if (kind === undefined) return object;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return { ...object, apiVersion: object.apiVersion ?? apiVersion, kind: object.kind ?? kind.kind };
}
