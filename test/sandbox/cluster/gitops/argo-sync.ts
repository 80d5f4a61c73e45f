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
  const now = () => timestamp(world.clock.now());
  const source = sourceOf(settings);
  const revision = snapshot.sha;
  const operation = {
    initiatedBy: { automated: true },
    retry: { limit: retryLimit },
    sync: { prune: true, revision, source },
  };
  const resourcesAs = (status: string) => built.map((object) => ({ ...identify(place, object), status }));
  const comparedTo = { destination: destinationOf(settings), source };
  const startedAt = now();
  edit(place, (draft) => {
    draft.operation = operation;
    delete draft.status.operationState;
  });
  edit(place, ({ status }) => {
    Object.assign(status, { reconciledAt: now(), resources: resourcesAs('OutOfSync') });
    status.sync = { comparedTo, revision, status: 'OutOfSync' };
  });
  edit(place, ({ status }) => {
    status.operationState = { operation, phase: 'Running', startedAt };
  });
  for (let retryCount = 0; !world.signal.aborted; retryCount++) {
    const { resources, failure } = applyAll(place, built);
    const syncResult = { resources, revision, source };
    if (failure === undefined) {
      prune(place, built, before);
      finish(place, { operation, startedAt, syncResult, retryCount });
      await delay(50, undefined, { signal: world.signal }).catch(() => {});
      edit(place, ({ status }) => {
        Object.assign(status, { reconciledAt: now(), resources: resourcesAs('Synced') });
        status.sync = { comparedTo, revision, status: 'Synced' };
        status.summary = { images: [...new Set(built.flatMap(containersOf).map(({ image }) => image))] };
      });
      return;
    }
    const message = `one or more objects failed to apply, reason: ${failure}`;
    const state = { finishedAt: now(), operation, startedAt, syncResult, ...(retryCount > 0 ? { retryCount } : {}) };
    if (retryCount >= retryLimit) {
      edit(place, (draft) => {
        delete draft.operation;
        draft.status.operationState = {
          ...state,
          phase: 'Failed',
          message: `${message} (retried ${retryCount} times).`,
        };
      });
      return;
    }
    const told = `${message}. Retrying attempt #${retryCount + 1} at ${kitchenTime(world.clock.now())}.`;
    edit(place, ({ status }) => {
      status.operationState = { ...state, phase: 'Running', message: told };
    });
    await delay(5 * 2 ** retryCount * world.pace.secondMs, undefined, { signal: world.signal }).catch(() => {});
  }
}

function kitchenTime(ms: number): string {
  const [, hours = '0', minutes = '00'] = /T(\d\d):(\d\d)/.exec(new Date(ms).toISOString()) ?? [];
  return `${Number(hours) % 12 || 12}:${minutes}${Number(hours) < 12 ? 'AM' : 'PM'}`;
}

function finish(
  place: Place,
  done: { operation: object; startedAt: string; syncResult: { revision: string; source: object }; retryCount: number },
): void {
  const { operation, startedAt, syncResult, retryCount } = done;
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
