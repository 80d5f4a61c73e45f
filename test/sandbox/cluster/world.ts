import type { Timer } from '#shared/retry.ts';
import type { Faults } from '../faults.ts';
import type { RequestLog } from '../request-log.ts';
import type { ClusterAccess } from './access.ts';
import type { EventRecorder } from './events.ts';
import type { Store } from './store.ts';

/** How fast the cluster is. */
export interface Pace {
  /** Real time of a back-off, as a share of what the kubelet says: 0.03 makes 10 s, 20 s into 0.3 s, 0.6 s. */
  readonly backOffScale: number;
  /** Real milliseconds of a second of probe periods, grace periods and Flux intervals. */
  readonly secondMs: number;
}

/** The cluster's time; a trace that is played moves it to the time of the recording. */
export interface ClusterClock {
  now(): number;
  /** Shows `atMs` now, and goes on as `timer` does. */
  set(atMs: number, timer: Timer): void;
}

/** What all parts of the cluster share. */
export interface World {
  readonly store: Store;
  readonly clock: ClusterClock;
  readonly record: EventRecorder;
  readonly access: ClusterAccess;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly pace: Pace;
  /** Nodes whose kubelet no longer says or does anything. */
  readonly silentNodes: Set<string>;
  /** Work that has to end before the cluster is closed. */
  readonly tasks: Set<Promise<unknown>>;
  /** Aborts when the cluster closes. */
  readonly signal: AbortSignal;
  /** False while a trace is played: nobody but the player changes objects then. */
  readonly running: { controllers: boolean };
}

/** Starts with the machine's time. */
export function createClock(): ClusterClock {
  let now = Date.now;
  return {
    now: () => now(),
    set: (atMs, timer) => {
      const ahead = atMs - timer.now();
      now = () => timer.now() + ahead;
    },
  };
}
