import { randomBytes } from 'node:crypto';
import type { KubeObject } from './kube-objects.ts';
import { type Store, timestamp } from './store.ts';

/** What happened to an object, in the words of the component that saw it. */
export interface NewEvent {
  readonly about: KubeObject;
  readonly reason: string;
  readonly message: string;
  readonly type?: 'Normal' | 'Warning';
  readonly component: string;
  /** The node, for events of the kubelet. */
  readonly host?: string;
  /** `spec.containers{web}` */
  readonly fieldPath?: string;
  readonly annotations?: Record<string, string>;
}

/** Writes events; a repetition raises the count of the first one, as client-go's recorder does. */
export type EventRecorder = (event: NewEvent) => void;

/** Records into the namespace of the object. */
export function createEventRecorder(store: Store, now: () => number): EventRecorder {
  const seen = new Map<string, string>();
  return (event) => {
    const { about, reason, message, type = 'Normal', component } = event;
    const at = timestamp(now());
    const namespace = about.metadata.namespace ?? 'default';
    const key = [about.metadata.uid, event.fieldPath, reason, message, type].join('|');
    const known = seen.get(key);
    if (known !== undefined && component !== 'default-scheduler') {
      const changed = store.change('events', { namespace, name: known }, (draft) => {
        draft.count = (draft.count ?? 1) + 1;
        draft.lastTimestamp = at;
      });
      if (changed !== undefined) return;
    }
    const name = `${about.metadata.name}.${randomBytes(8).toString('hex')}`;
    seen.set(key, name);
    store.create('events', {
      ...{ apiVersion: 'v1', kind: 'Event' },
      metadata: { name, namespace, ...(event.annotations === undefined ? {} : { annotations: event.annotations }) },
      ...{ involvedObject: referenceTo(about, event.fieldPath), reason, message, type },
      ...timesOf(event, at, new Date(now()).toISOString()),
    } as never);
  };
}

// The scheduler writes events.k8s.io: without count and without the old times.
function timesOf({ component, host }: NewEvent, at: string, exact: string): object {
  if (component === 'default-scheduler') {
    return {
      ...{ source: {}, firstTimestamp: null, lastTimestamp: null, eventTime: exact, action: 'Binding' },
      ...{ reportingComponent: component, reportingInstance: 'default-scheduler-sandbox' },
    };
  }
  return {
    source: { component, ...(host === undefined ? {} : { host }) },
    ...{ firstTimestamp: at, lastTimestamp: at, count: 1, eventTime: null },
    ...{ reportingComponent: component, reportingInstance: host ?? '' },
  };
}

function referenceTo({ kind, apiVersion, metadata }: KubeObject, fieldPath: string | undefined): object {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...{ kind, ...(namespace === undefined ? {} : { namespace }), name, uid, apiVersion, resourceVersion },
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
