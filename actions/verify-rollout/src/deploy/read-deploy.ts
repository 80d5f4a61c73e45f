import { badInput } from '#shared/inputs.ts';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import type { Inputs } from '../inputs.ts';
import { type Ports, repositoryOf } from '../ports.ts';
import { parseDeployInput } from './parse-deploy.ts';
import { type Deploy, resolveDeploy } from './resolve-deploy.ts';

/** A deploy as the inputs give it: with its pull request only where that was looked up. */
export type KnownDeploy = Pick<Deploy, 'marker'> & { readonly pull?: Deploy['pull'] };

/** The deploy that the inputs name; 'none' when `deploy: auto` finds no deploy pull request, undefined when no deploy is asked for. */
export async function readDeploy(
  inputs: Inputs,
  { github, runner }: Pick<Ports, 'github' | 'runner'>,
): Promise<KnownDeploy | 'none' | undefined> {
  if (inputs.deploy === '') return undefined;
  if (inputs.deploy !== 'auto') {
    const marker = parseDeployInput(inputs.deploy, parseDeployMarker);
    if (marker === undefined)
      throw badInput(['deploy: not the JSON of a deploy marker: service, environment, image and version are needed']);
    return { marker };
  }
  if (github === undefined)
    throw badInput(['github-token: missing; deploy: auto reads the pull request of the commit']);
  const repository = repositoryOf(inputs, runner);
  const deploy = await resolveDeploy(github, { repository, sha: runner.context.sha, author: inputs.deployAuthor });
  if (deploy === undefined) return 'none';
  const { service, environment, version } = deploy.marker;
  runner.log(`pull request ${deploy.pull.number} deploys ${service} ${version} to ${environment}`);
  return deploy;
}
