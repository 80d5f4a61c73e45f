import { recordsOf } from './checkpoint.ts';
import type { Repository } from './model.ts';
import type { RefStore } from './ref-store.ts';
import type { World } from './world.ts';

/** What the world was like before its latest writes, for reads that come from a replica. */
export interface PastWorlds {
  /** To call before each write; gives what to call when it was applied. Keeps what `depth` writes back need, and nothing for 0. */
  remember(depth: number): () => void;
  /** The world of `writes` writes ago, or the oldest that is known; it can only be read. */
  before(writes: number): World;
}

/** Starts without a past. */
export function createPastWorlds(world: World): PastWorlds {
  const past: World[] = [];
  return {
    remember(depth) {
      const picture = depth > 0 ? [pictureOf(world)] : [];
      return () => {
        past.push(...picture);
        past.splice(0, Math.max(0, past.length - depth));
      };
    },
    before: (writes) => past.at(-Math.min(writes, past.length)) ?? world,
  };
}

// Git objects never change, so the records and the refs are the whole state.
function pictureOf(world: World): World {
  const repositories = [...world.repositories].map(([key, repository]): [string, Repository] => {
    const { git, diff, alone, refs } = repository;
    return [key, { ...structuredClone(recordsOf(repository)), git, diff, alone, refs: frozen(refs) }];
  });
  return { ...world, repositories: new Map(repositories) };
}

function frozen(refs: RefStore): RefStore {
  const kept = refs.list('refs/');
  const shas = new Map(kept.map(({ ref, sha }) => [ref, sha]));
  const refuse = () => {
    throw new Error('The past can only be read');
  };
  return {
    get: (ref) => shas.get(ref),
    list: (prefix) => kept.filter(({ ref }) => ref.startsWith(prefix)),
    fits: refs.fits,
    ...{ set: refuse, addPacked: refuse, delete: refuse, reload: refuse, mark: refuse },
  };
}
