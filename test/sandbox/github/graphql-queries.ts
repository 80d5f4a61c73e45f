import { type Actor, covers } from './actors.ts';
import { isoUtc } from './git-objects.ts';
import { actorNode } from './graphql-commit.ts';
import type { QueryCost } from './graphql-cost.ts';
import { pullNode } from './graphql-pull.ts';
import { GraphQLRefusal, unknownNode } from './graphql-refusals.ts';
import { repositoryNode } from './graphql-repository.ts';
import type { PullRequest, Repository } from './model.ts';
import { isLagging, nodeIdOf } from './pull-nodes.ts';
import { findRepository, type World } from './world.ts';

/** Who asks, and of which repository. */
export interface GraphQLContext {
  readonly world: World;
  readonly repository: Repository;
  readonly actor: Actor;
}

/** The root of every query. */
export function queries(world: World, actor: Actor, cost: QueryCost) {
  return {
    viewer: () => actorNode(world, actor),
    repository({ owner, name }: { owner: string; name: string }) {
      const repository = findRepository(world, `${owner}/${name}`);
      if (repository === undefined || (repository.private && !covers(actor, repository.fullName))) {
        throw new GraphQLRefusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
      return repositoryNode({ world, repository, actor });
    },
    node({ id }: { id: string }) {
      const { repository, pull } = pullByNode(world, actor, id);
      return pullNode({ world, repository, actor }, pull);
    },
    rateLimit() {
      const { reset, ...state } = world.limits.stateOf(actor, 'graphql');
      return { ...cost, ...state, resetAt: isoUtc(new Date(reset * 1000)) };
    },
  };
}

/** The pull request behind a node id; a new one may stay unknown for as many questions as `nodeLag` says. */
export function pullByNode(world: World, actor: Actor, id: string): { repository: Repository; pull: PullRequest } {
  for (const repository of world.repositories.values()) {
    if (repository.private && !covers(actor, repository.fullName)) continue;
    for (const pull of repository.pulls.values()) {
      if (nodeIdOf(pull) !== id) continue;
      if (isLagging(pull)) throw unknownNode(id);
      return { repository, pull };
    }
  }
  throw unknownNode(id);
}
