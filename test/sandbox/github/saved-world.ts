import { loadState, saveState } from '../saved-state.ts';
import { type ActorRecords, createActors, issueStandardTokens } from './actors.ts';
import { recordsOf } from './checkpoint.ts';
import type { RepositoryRecords } from './model.ts';
import { followPush } from './pull-follow.ts';
import { openRepository } from './repositories.ts';
import { createWorld, type World } from './world.ts';

type Tokens = ReturnType<typeof issueStandardTokens>;

// Git keeps objects and refs, so this is all the rest.
interface SavedWorld {
  readonly lastId: number;
  readonly actors: ActorRecords;
  readonly tokens: Tokens;
  readonly repositories: readonly RepositoryRecords[];
}

/** A GitHub as `saveWorld` left it in `file`; an empty one when there is no file. */
export async function loadWorld(
  file: string | undefined,
  { folder, now }: { folder: string; now: () => Date },
): Promise<{ world: World; tokens: Tokens }> {
  const saved = file === undefined ? undefined : loadState<SavedWorld>(file);
  const world = createWorld(folder, now, createActors(saved?.actors));
  if (saved === undefined) return { world, tokens: issueStandardTokens(world.actors) };
  world.lastId = saved.lastId;
  for (const records of saved.repositories) await restore(world, records);
  return { world, tokens: saved.tokens };
}

/** Writes all that a restart would lose. */
export function saveWorld(file: string, world: World, tokens: Tokens): void {
  const repositories = [...world.repositories.values()].map(recordsOf);
  const saved: SavedWorld = { lastId: world.lastId, actors: world.actors.records, tokens, repositories };
  saveState(file, saved);
}

async function restore(world: World, records: RepositoryRecords): Promise<void> {
  const repository = openRepository(world, records);
  await repository.refs.reload();
  // A process that was killed may have moved a branch and not yet its pull requests.
  for (const { state, headRef, headSha } of repository.pulls.values()) {
    const after = repository.refs.get(`refs/heads/${headRef}`);
    const isBehind = state === 'open' && after !== undefined && after !== headSha;
    if (isBehind) await followPush(world, repository, { branch: headRef, after });
  }
}
