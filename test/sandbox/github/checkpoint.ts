import { isMap } from 'node:util/types';
import type { Repository, RepositoryRecords } from './model.ts';
import type { World } from './world.ts';

/** Remembers what every repository shows, and gives the function that goes back to it, as often as it is called. */
export function checkpoint(world: World): () => void {
  const kept = [...world.repositories.values()].map((repository) => {
    const { git, refs } = repository;
    return { repository, records: structuredClone(recordsOf(repository)), ends: [git.mark(), refs.mark()] };
  });
  return () => {
    for (const { repository, records, ends } of kept) {
      for (const end of ends) end();
      restore(repository, { ...structuredClone(records) });
    }
  };
}

/** What is known of a repository besides its git objects and refs, as values that `structuredClone` takes. */
export function recordsOf(repository: Repository): RepositoryRecords {
  const { git: _git, refs: _refs, diff: _diff, alone: _alone, ...records } = repository;
  return records;
}

// Others hold on to the lists themselves, so their contents are exchanged.
function restore(repository: Repository, records: Record<string, unknown>): void {
  const target: Record<string, unknown> = repository as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(records)) {
    const now = target[name];
    if (isMap(now) && isMap(value)) refill(now, value);
    else if (Array.isArray(now) && Array.isArray(value)) now.splice(0, now.length, ...value);
    else if (name === 'settings') Object.assign(now as object, value);
    else target[name] = value;
  }
}

function refill(map: Map<unknown, unknown>, from: ReadonlyMap<unknown, unknown>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}
