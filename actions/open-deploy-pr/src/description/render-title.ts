import type { DeployFacts } from '../facts/deploy-facts.ts';

type Titled = Pick<DeployFacts, 'service' | 'environment' | 'version' | 'previousVersion' | 'mode'> & {
  readonly branch: Pick<DeployFacts['branch'], 'isSettingsAlone'>;
};

const VERBS = { deploy: 'Deploy', promote: 'Promote', rollback: 'Roll back', hotfix: 'Hotfix:' } as const;

/** The title of the pull request: the given template, or what it does in one line. */
export function renderTitle(facts: Titled, template: string): string {
  const { service, environment, version, mode, branch } = facts;
  const preposition = mode === 'rollback' ? 'in' : 'to';
  const fallback = branch.isSettingsAlone
    ? `Change settings of ${service} ${version} in ${environment}`
    : mode === 'rollback'
      ? `${VERBS.rollback} ${service} to ${version} in ${environment}`
      : `${VERBS[mode]} ${service} ${version} ${preposition} ${environment}`;
  const values: ReadonlyMap<string, string> = new Map([
    ['service', service],
    ['environment', environment],
    ['version', version],
    ['previous-version', facts.previousVersion ?? 'unknown'],
    ['mode', mode],
  ]);
  const text = template.replace(/\{([a-z-]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  return (text === '' ? fallback : text).slice(0, 256).toWellFormed();
}
