import { type BumpRule, parseRule } from '../../actions/create-tag/src/parse-rules.ts';
import type { Policy } from '../../actions/create-tag/src/plan-tag.ts';
import type { Release } from './read-releases.ts';

/** What a project has agreed on: the inputs that it would give the action, except for prefix and channel. */
export type ReplayRules = Omit<Policy, 'prefix' | 'channel'>;

const defaults: ReplayRules = {
  bump: 'auto',
  version: '',
  skipTaken: true,
  initialVersion: '0.1.0',
  zeroMajor: 'major',
  zeroMinor: 'minor',
  rules: [],
  source: ['commits'],
  defaultBump: 'patch',
  revert: 'patch',
  breaking: 'footer',
  ignoreBodyAuthors: [],
};

const releasePlease: ReplayRules = { ...defaults, rules: rules('feature: minor', 'deps: patch') };

/** The rules that `--rules` may name. */
export const rulesByName: Readonly<Record<string, ReplayRules>> = {
  'release-please': releasePlease,
  'semantic-release': defaults,
  'single-package': releasePlease,
  'zero-major': { ...releasePlease, zeroMajor: 'minor', zeroMinor: 'patch' },
  monorepo: releasePlease,
};

const byRepository: Readonly<Record<string, string>> = {
  'googleapis/release-please': 'release-please',
  'semantic-release/semantic-release': 'semantic-release',
  'open-feature/flagd': 'zero-major',
  'cloudquery/cloudquery': 'monorepo',
};

/**
 * The name of the rules for a repository: its own where we know it, else `zero-major` for one that never came to 1.0.0
 * (release-please's options for such projects), else `release-please`. What the releases held is not looked at.
 */
export function rulesOf(repository: string, releases: readonly Release[]): string {
  const known = byRepository[repository];
  if (known !== undefined) return known;
  const young = releases.every((release) => release.repository !== repository || /^0\./.test(release.released));
  return young ? 'zero-major' : 'release-please';
}

function rules(...lines: readonly string[]): BumpRule[] {
  return lines.map(parseRule);
}
