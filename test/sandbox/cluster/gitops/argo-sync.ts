import { setTimeout as delay } from 'node:timers/promises';
import { applyManifest, deleteObject, keyFor, type Manifest } from '../apply.ts';
import { kindOf } from '../resource-kinds.ts';
import { timestamp } from '../store.ts';
import { destinationOf, edit, type Place, sourceOf } from './argo-application.ts';
import { containersOf } from './build-kustomization.ts';
import type { Snapshot } from './git-source.ts';

const retryLimit = 5;

interface SyncResult {
  readonly resources: readonly object[];
  /** Why the objects were not applied; undefined when they were. */
  readonly failure: string | undefined;
}

/** Applies a commit in one operation, with its retries. */
export async function sync(
  place: Place,
  { snapshot, built, before }: { snapshot: Snapshot; built: readonly Manifest[]; before: readonly Manifest[] },
): Promise<void> {
  const { world, settings } = place;
  const source = sourceOf(settings);
  const revision = snapshot.sha;
  const sync = { prune: true, revision, source };
  const operation = { initiatedBy: { automated: true }, retry: { limit: retryLimit }, sync };
  const startedAt = timestamp(world.clock.now());
  const begun = { operation, startedAt };
  edit(place, (draft) => {
    draft.operation = operation;
    delete draft.status.operationState;
  });
  compare(place, { built, revision, status: 'OutOfSync' });
  edit(place, ({ status }) => {
    status.operationState = { operation, phase: 'Running', startedAt };
  });
  for (let retryCount = 0; !world.signal.aborted; retryCount++) {
    const { resources, failure } = applyAll(place, built);
    const syncResult = { resources, revision, source };
    if (failure === undefined) {
      prune(place, built, before);
      finish(place, { ...begun, syncResult, retryCount });
      await delay(50, undefined, { signal: world.signal }).catch(() => {});
      compare(place, { built, revision, status: 'Synced' });
      return;
    }
    failSync(place, { ...begun, syncResult, retryCount, failure });
    if (retryCount >= retryLimit) return;
    await delay(5 * 2 ** retryCount * world.pace.secondMs, undefined, { signal: world.signal }).catch(() => {});
  }
}

interface Attempt {
  readonly operation: object;
  readonly startedAt: string;
  readonly syncResult: { readonly revision: string; readonly source: object };
  readonly retryCount: number;
}

// What the comparison of the wanted with the live state found.
function compare(
  place: Place,
  { built, revision, status: found }: { built: readonly Manifest[]; revision: string; status: string },
): void {
  const { settings, world } = place;
  const comparedTo = { destination: destinationOf(settings), source: sourceOf(settings) };
  const resources = built.map((object) => ({ ...identify(place, object), status: found }));
  edit(place, ({ status }) => {
    Object.assign(status, { reconciledAt: timestamp(world.clock.now()), resources });
    status.sync = { comparedTo, revision, status: found };
    if (found !== 'Synced') return;
    status.summary = { images: [...new Set(built.flatMap(containersOf).map(({ image }) => image))] };
  });
}

// As recorded: the phase stays Running until there is no retry left.
function failSync(place: Place, { retryCount, failure, ...attempt }: Attempt & { failure: string }): void {
  const now = place.world.clock.now();
  const message = `one or more objects failed to apply, reason: ${failure}`;
  const state = { finishedAt: timestamp(now), ...attempt, ...(retryCount > 0 ? { retryCount } : {}) };
  const last = retryCount >= retryLimit;
  const told = last
    ? `${message} (retried ${retryCount} times).`
    : `${message}. Retrying attempt #${retryCount + 1} at ${kitchenTime(now)}.`;
  edit(place, (draft) => {
    if (last) delete draft.operation;
    draft.status.operationState = { ...state, phase: last ? 'Failed' : 'Running', message: told };
  });
}

function kitchenTime(ms: number): string {
  const [, hours = '0', minutes = '00'] = /T(\d\d):(\d\d)/.exec(new Date(ms).toISOString()) ?? [];
  return `${Number(hours) % 12 || 12}:${minutes}${Number(hours) < 12 ? 'AM' : 'PM'}`;
}

function finish(place: Place, { operation, startedAt, syncResult, retryCount }: Attempt): void {
  const finishedAt = timestamp(place.world.clock.now());
  const { revision, source } = syncResult;
  edit(place, (draft) => {
    const history = draft.status.history ?? [];
    const entry = {
      deployStartedAt: startedAt,
      deployedAt: finishedAt,
      id: history.length,
      initiatedBy: { automated: true },
    };
    draft.status.history = [...history, { ...entry, revision, source }];
  });
  edit(place, (draft) => {
    delete draft.operation;
    draft.status.operationState = {
      ...{
        finishedAt,
        message: 'successfully synced (all tasks run)',
        operation,
        phase: 'Succeeded',
        startedAt,
        syncResult,
      },
      ...(retryCount > 0 ? { retryCount } : {}),
    };
  });
}

function identify({ settings }: Place, { kind, apiVersion, metadata }: Manifest) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const namespace = metadata.namespace ?? settings.targetNamespace;
  return { ...(group === '' ? {} : { group }), kind, name: metadata.name, namespace, version };
}

function applyAll(place: Place, built: readonly Manifest[]): SyncResult {
  const failures: string[] = [];
  const resources = built.map((object) => {
    const identity = identify(place, object);
    const images = containersOf(object).map(({ image }) => image);
    const common = { ...identity, ...(images.length > 0 ? { images } : {}), syncPhase: 'Sync' };
    const place_ = `${object.kind.toLowerCase()}${identity.group === undefined ? '' : `.${identity.group}`}/${identity.name}`;
    try {
      const { metadata } = object;
      const result = applyManifest(place.world.store, {
        ...object,
        metadata: { ...metadata, namespace: identity.namespace },
      });
      return { ...common, hookPhase: 'Running', message: `${place_} ${result}`, status: 'Synced' };
    } catch (error) {
      const message = `error when patching "/dev/shm/${Date.now()}": ${error instanceof Error ? error.message : String(error)}`;
      failures.push(message);
      return { ...common, hookPhase: 'Failed', message, status: 'SyncFailed' };
    }
  });
  return { resources, failure: failures[0] };
}

function prune({ world, settings }: Place, built: readonly Manifest[], before: readonly Manifest[]): void {
  const idOf = ({ kind, metadata }: Manifest) =>
    `${kind}/${metadata.namespace ?? settings.targetNamespace}/${metadata.name}`;
  const kept = new Set(built.map(idOf));
  for (const object of before) {
    const kind = kindOf(object);
    if (kept.has(idOf(object)) || kind === undefined) continue;
    const key = keyFor(kind, { namespace: settings.targetNamespace, ...object.metadata });
    deleteObject(world.store, kind.resource, { key, nowMs: world.clock.now() });
  }
}
