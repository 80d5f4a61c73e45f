import type { Actor, Actors } from './actors.ts';
import { createActors } from './actors.ts';
import { isoUtc } from './git-objects.ts';
import type { QueueEvent } from './merge-queue.ts';
import type { Push, Repository } from './model.ts';
import { followPush } from './pull-follow.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';
import { ZERO } from './ref-store.ts';

/** One GitHub: its accounts, repositories, clock and addresses. */
export interface World {
  readonly folder: string;
  readonly actors: Actors;
  readonly limits: RateLimits;
  readonly repositories: Map<string, Repository>;
  readonly pushListeners: Set<(push: Push) => void>;
  readonly queueListeners: Set<(event: QueueEvent) => void>;
  readonly urls: { api: string; graphql: string; server: string };
  /** What follows from a change: armed pull requests merge. Set when the server starts. */
  settle: (repository: Repository) => Promise<void>;
  now(): Date;
  /** The time as GitHub prints it. */
  timestamp(): string;
  nextId(): number;
  lastId: number;
}

/** A GitHub without repositories; its addresses are filled in once it listens. */
export function createWorld(folder: string, now: () => Date, actors = createActors()): World {
  return {
    folder,
    now,
    actors,
    limits: createRateLimits(now),
    repositories: new Map(),
    pushListeners: new Set(),
    queueListeners: new Set(),
    settle: async () => {},
    urls: { api: '', graphql: '', server: '' },
    timestamp: () => isoUtc(now()),
    lastId: 100_000,
    nextId() {
      this.lastId += 1;
      return this.lastId;
    },
  };
}

/** The repository `owner/name`, in any case. */
export function findRepository(world: World, fullName: string): Repository | undefined {
  return world.repositories.get(fullName.toLowerCase());
}

/** Points `ref` at `after` (null deletes it) and lets pull requests and listeners see the push. */
export async function moveRef(
  world: World,
  repository: Repository,
  { ref, after, actor }: { ref: string; after: string | null; actor: Actor },
): Promise<void> {
  const before = repository.refs.get(ref) ?? ZERO;
  if (before === (after ?? ZERO)) return;
  if (after === null) await repository.refs.delete(ref);
  else repository.refs.set(ref, after);
  await announcePush(world, repository, { ref, before, after: after ?? ZERO, actor });
}

/** Tells what follows from a ref that has moved already. */
export async function announcePush(
  world: World,
  repository: Repository,
  { ref, before, after, actor }: { ref: string; before: string; after: string; actor: Actor },
): Promise<void> {
  repository.pushedAt = world.timestamp();
  if (ref.startsWith('refs/heads/')) await followPush(world, repository, { branch: ref.slice(11), after });
  const triggersWorkflows = actor.kind !== 'GITHUB_TOKEN';
  const push = { repository: repository.fullName, ref, before, after, actor: actor.login, triggersWorkflows };
  for (const listener of world.pushListeners) listener(push);
}
