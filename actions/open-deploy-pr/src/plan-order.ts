import { badInput } from '#shared/inputs.ts';
import type { RunContext } from '#shared/runner/runner.ts';
import type { Inputs } from './inputs.ts';

/** What is to be done: the inputs with everything filled in that was left out. */
export interface Order extends Omit<Inputs, 'minSoak'> {
  readonly minSoakSeconds: number;
  /** The environment that must have verified the version; `''` for none. */
  readonly requiredEnvironment: string;
  readonly serverUrl: string;
}

/** Fills in the inputs; throws bad-input for what does not fit together. */
export function planOrder(inputs: Inputs, context: Pick<RunContext, 'repository' | 'serverUrl'>): Order {
  const { service, environment, mode, minSoak = 0 } = inputs;
  const problems: string[] = [];
  const requiredEnvironment =
    inputs.requireVerifiedIn === '' && mode === 'promote' ? inputs.fromEnvironment : inputs.requireVerifiedIn;
  if (mode === 'promote' && requiredEnvironment === '') {
    problems.push('require-verified-in: missing; mode promote needs the environment that verified the version');
  }
  if (requiredEnvironment === environment) {
    problems.push(`require-verified-in: "${environment}" is the environment that is deployed to`);
  }
  if (minSoak > 0 && requiredEnvironment === '') problems.push('min-soak: needs require-verified-in');
  if ((mode === 'hotfix' || mode === 'rollback') && inputs.reason === '' && inputs.autoMerge !== 'never') {
    problems.push(`reason: missing; mode ${mode} with auto-merge is not reviewed, so it needs a reason`);
  }
  if (problems.length > 0) throw badInput(problems);
  return {
    ...inputs,
    minSoakSeconds: minSoak,
    requiredEnvironment,
    branch: inputs.branch === '' ? `deploy/${environment}/${service}` : inputs.branch,
    repository: inputs.repository === '' ? context.repository : inputs.repository,
    sourceRepository: inputs.sourceRepository === '' ? context.repository : inputs.sourceRepository,
    serverUrl: context.serverUrl,
    labels: [...new Set([...inputs.labels, ...(mode === 'hotfix' || mode === 'rollback' ? [mode] : [])])],
  };
}
