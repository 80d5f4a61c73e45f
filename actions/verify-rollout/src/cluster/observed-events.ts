import type { KubeEvent, KubeObject } from './kube-objects.ts';

/** Remembers events by what they are about, and when each kind of them was seen. */
export class ObservedEvents {
  readonly #about = new Map<string, Map<string, KubeEvent>>();
  readonly #times = new Map<string, number[]>();
  readonly #reasons = new Set<string>();

  /** Takes in an event; counts what happened while we watched, and what the event says had happened before. */
  put(before: KubeEvent | undefined, event: KubeEvent, at: number): void {
    const more = repetitionsOf(event) - (before === undefined ? 0 : repetitionsOf(before));
    this.#reasons.add(event.reason ?? '');
    const times = this.#timesOf(event);
    for (let number = 0; number < more; number++) times.push(at);
    const about = this.#about.get(aboutKey(event)) ?? new Map<string, KubeEvent>();
    about.set(event.metadata.name, event);
    this.#about.set(aboutKey(event), about);
  }

  /** The events about an object, in the order in which they were seen. */
  about(object: KubeObject): KubeEvent[] {
    const byUid = this.#about.get(object.metadata.uid ?? '')?.values() ?? [];
    const byName = this.#about.get(object.metadata.name)?.values() ?? [];
    return [...byUid, ...byName];
  }

  /** Whether any event with this reason was seen, about whatever. */
  hasReason(reason: string): boolean {
    return this.#reasons.has(reason);
  }

  /** How often an event like this one was seen after `after` (server milliseconds). */
  repeatsAfter(event: KubeEvent, after: number): number {
    return this.#timesOf(event).filter((time) => time > after).length;
  }

  /** When an event like this one was first seen (server milliseconds). */
  firstSeen(event: KubeEvent): number | undefined {
    return this.#timesOf(event)[0];
  }

  #timesOf(event: KubeEvent): number[] {
    const key = `${aboutKey(event)}|${event.reason ?? ''}|${plainMessage(event.message ?? '')}`;
    const times = this.#times.get(key) ?? [];
    this.#times.set(key, times);
    return times;
  }
}

/** The message of an event without what differs between repetitions: pod names, counts, temporary files. */
export function plainMessage(message: string): string {
  return message
    .replace(/^\(combined from similar events\): /, '')
    .replace(/pods? "[^"]*"/gi, 'pod')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'uid')
    .replace(/\/(?:dev\/shm|tmp)\/\S+/g, 'file')
    .replace(/\d+/g, '#');
}

function repetitionsOf(event: KubeEvent): number {
  return Math.max(event.count ?? 1, event.series?.count ?? 1);
}

function aboutKey(event: KubeEvent): string {
  return event.involvedObject?.uid ?? event.involvedObject?.name ?? '';
}
