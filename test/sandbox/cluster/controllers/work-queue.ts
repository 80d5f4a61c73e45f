import type { Change } from '../store.ts';
import { keyOf, type ObjectKey } from '../store.ts';
import type { World } from '../world.ts';

/** One control loop: which objects a change concerns, and what to do about one of them. */
export interface Controller {
  concerns(change: Change): readonly ObjectKey[];
  /** Brings the object one step nearer to what is wanted; gives the milliseconds until it wants to look again. */
  reconcile(key: ObjectKey): number | undefined;
}

// Long enough to take a burst of changes together, short against everything that people see.
const delayMs = 4;

/** Runs a control loop until the cluster closes. */
export function runController(world: World, { concerns, reconcile }: Controller): void {
  const waiting = new Map<string, { timer: NodeJS.Timeout; at: number }>();

  function schedule(key: ObjectKey, afterMs: number): void {
    const text = keyOf(key);
    const at = Date.now() + afterMs;
    const known = waiting.get(text);
    if (known !== undefined && known.at <= at) return;
    clearTimeout(known?.timer);
    waiting.set(text, { at, timer: setTimeout(() => run(key, text), afterMs) });
  }

  function run(key: ObjectKey, text: string): void {
    waiting.delete(text);
    if (!world.running.controllers) return;
    const again = reconcile(key);
    if (again !== undefined && !world.signal.aborted) schedule(key, Math.max(again, delayMs));
  }

  const stop = world.store.onChange((change) => {
    if (!world.running.controllers) return;
    for (const key of concerns(change)) schedule(key, delayMs);
  });
  world.signal.addEventListener('abort', () => {
    stop();
    for (const { timer } of waiting.values()) clearTimeout(timer);
    waiting.clear();
  });
}
