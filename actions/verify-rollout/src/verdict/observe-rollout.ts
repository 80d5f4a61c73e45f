import type { ClusterClient } from '#shared/cluster/client.ts';
import type { ResourceQuery } from '#shared/cluster/resources.ts';
import { listAndWatch, type WatchEvent } from '#shared/cluster/watch.ts';
import type { Timer } from '#shared/retry.ts';
import type { Observation, ObservedState } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';
import type { RevisionBook } from '../gitops/revision-book.ts';
import { planVerdict, type Verdict } from './plan-verdict.ts';

/** So long without any connection means that nothing is known any more. */
const unreachableMs = 120_000;
/** A watch that was lost so long before the deadline makes a timeout worthless. */
const blindMs = 10_000;

/** A resource to follow; `startAt` is the resource version of a list that was made before. */
export interface WatchedQuery extends ResourceQuery {
  readonly startAt?: string | undefined;
  readonly pollOnly?: boolean;
}

/** What to watch and how to decide. */
export interface Observing {
  readonly client: ClusterClient;
  readonly timer: Timer;
  readonly observed: ObservedState;
  readonly queries: readonly WatchedQuery[];
  readonly expectation: Expectation;
  /** Looks up how a commit stands to the expected one. */
  readonly revisions: RevisionBook | undefined;
  readonly onProgress: (verdict: Verdict) => void;
  readonly onTrouble: (resource: string, error: unknown) => void;
}

/** Watches until there is a verdict: at every observation, and whenever time alone decides. Throws a UserError when a list is refused. */
export async function observeRollout(observing: Observing): Promise<Verdict> {
  const stop = new AbortController();
  try {
    return await new Promise<Verdict>((resolve, reject) => {
      const loop = new DecisionLoop(observing, resolve);
      for (const query of observing.queries) {
        listAndWatch(query, {
          client: observing.client,
          timer: observing.timer,
          signal: stop.signal,
          startAt: query.startAt,
          pollOnly: query.pollOnly === true,
          pollMs: query.pollOnly === true ? 10_000 : 3000,
          onEvent: (event) => loop.take(event),
          onConnection: ({ resource, connected, error }) => loop.connection(resource, connected, error),
        }).catch(reject);
      }
      stop.signal.addEventListener('abort', () => loop.end());
    });
  } finally {
    stop.abort();
  }
}

/** Collects observations and decides once for all that came together. */
class DecisionLoop {
  readonly #observing: Observing;
  readonly #resolve: (verdict: Verdict) => void;
  readonly #lostSince = new Map<string, number>();
  #alarm = new AbortController();
  #immediate: NodeJS.Immediate | undefined;
  #ended = false;

  constructor(observing: Observing, resolve: (verdict: Verdict) => void) {
    this.#observing = observing;
    this.#resolve = resolve;
    const { timer, queries } = observing;
    for (const { resource } of queries) this.#lostSince.set(resource, timer.now());
    this.#lookUp();
    this.#decideIn(1000);
  }

  take(event: WatchEvent): void {
    this.#observing.observed.apply(event as Observation);
    this.#lookUp();
    this.#decideSoon();
  }

  connection(resource: string, connected: boolean, error: unknown): void {
    if (connected) {
      this.#lostSince.delete(resource);
      return;
    }
    const since = this.#lostSince.get(resource);
    this.#lostSince.set(resource, since ?? this.#observing.timer.now());
    if (since === undefined) this.#observing.onTrouble(resource, error);
  }

  end(): void {
    this.#ended = true;
    this.#alarm.abort();
    clearImmediate(this.#immediate);
  }

  #lookUp(): void {
    const { revisions, observed } = this.#observing;
    void revisions?.lookUp(observed).then((isNew) => (isNew ? this.#decideSoon() : undefined));
  }

  #decideSoon(): void {
    if (this.#ended) return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#decide();
    });
  }

  #decideIn(ms: number): void {
    this.#alarm.abort();
    if (this.#ended) return;
    this.#alarm = new AbortController();
    const { signal } = this.#alarm;
    const wake = () => (signal.aborted ? undefined : this.#decide());
    void this.#observing.timer.sleep(Math.min(Math.max(ms, 20), 60_000), signal).then(wake);
  }

  #decide(): void {
    if (this.#ended) return;
    const { client, observed, expectation, queries } = this.#observing;
    const now = client.now();
    const verdict = planVerdict(observed, expectation, now);
    const isComplete = queries.every(({ resource }) => observed.hasListed(resource));
    const lost = this.#longestLoss();
    const isBlind = lost >= unreachableMs || (now >= expectation.deadline && (lost >= blindMs || !isComplete));
    if (isBlind) this.#finish({ ...verdict, result: 'unreachable', causes: [] });
    else if (isComplete && verdict.result !== 'waiting') this.#finish(verdict);
    else {
      if (isComplete) this.#observing.onProgress(verdict);
      this.#decideIn(verdict.nextAt - now);
    }
  }

  #longestLoss(): number {
    const now = this.#observing.timer.now();
    return Math.max(0, ...[...this.#lostSince.values()].map((since) => now - since));
  }

  #finish(verdict: Verdict): void {
    this.end();
    this.#resolve(verdict);
  }
}
