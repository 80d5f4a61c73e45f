import { UserError } from '#shared/errors.ts';
import { mapLimit } from '#shared/map-limit.ts';
import { readTagRefs } from './history/read-tags.ts';
import type { Inputs } from './inputs.ts';
import type { Component } from './monorepo/parse-component.ts';
import type { Told } from './report.ts';
import { type Ports, type TagRequest, tagCommit } from './tag-commit.ts';

/** How the tag of one service of a monorepo ended: told, or refused. */
export interface ComponentEnd {
  readonly component: Component;
  readonly told?: Told;
  readonly refused?: UserError;
}

const CONCURRENT_COMPONENTS = 4;

/**
 * Tags each service by itself, from one reading of all tags; one that is refused does not keep the others. None becomes
 * the latest release by itself, because the last to finish would be it.
 */
export async function tagComponents(inputs: Inputs, ports: Ports, request: TagRequest): Promise<ComponentEnd[]> {
  const { repository } = request.target;
  const refs = await readTagRefs(ports.github, repository, '');
  return mapLimit(inputs.components, CONCURRENT_COMPONENTS, async (component) => {
    try {
      return {
        component,
        told: await tagCommit({ ...inputs, ...component, makeLatest: 'false' }, ports, { ...request, refs }),
      };
    } catch (error) {
      if (error instanceof UserError) return { component, refused: error };
      throw error;
    }
  });
}
