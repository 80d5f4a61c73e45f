import { type BumpRule, parseRule } from '../../actions/create-tag/src/bump/parse-rules.ts';
import type { Policy } from '../../actions/create-tag/src/version/plan-tag.ts';
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
const zeroMajor: ReplayRules = { ...releasePlease, zeroMajor: 'minor', zeroMinor: 'patch' };
const zeroMinor: ReplayRules = { ...releasePlease, zeroMajor: 'minor', zeroMinor: 'minor' };

/** The rules that `--rules` may name. */
export const rulesByName: Readonly<Record<string, ReplayRules>> = {
  'release-please': releasePlease,
  'semantic-release': defaults,
  'single-package': releasePlease,
  'zero-major': zeroMajor,
  monorepo: releasePlease,
};

const byRepository: Readonly<Record<string, string>> = {
  'googleapis/release-please': 'release-please',
  'semantic-release/semantic-release': 'semantic-release',
  'open-feature/flagd': 'zero-major',
  'cloudquery/cloudquery': 'monorepo',
};

/** Rules with the name to show for them; of several, those that have explained most of the earlier releases decide. */
export interface Candidates {
  readonly name: string;
  readonly rules: readonly ReplayRules[];
}

/** The rules that a person named. Throws when nothing has that name. */
export function namedRules(name: string): Candidates {
  const rules = Object.hasOwn(rulesByName, name) ? rulesByName[name] : undefined;
  if (rules === undefined) throw new Error(`no rules are named ${name}`);
  return { name, rules: [rules] };
}

/**
 * The rules of a repository: its own where we know it. What an unknown project does below 1.0.0 is a setting that its
 * file does not tell, so it is read off the releases before the one to decide; until there are some, it is that of
 * `zero-major` for a project that never came to 1.0.0, else that of `release-please`.
 */
export function rulesOf(repository: string, releases: readonly Release[]): Candidates {
  const known = byRepository[repository];
  if (known !== undefined) return namedRules(known);
  const young = releases.every((release) => release.repository !== repository || release.released.startsWith('0.'));
  return { name: 'auto', rules: young ? [zeroMajor, releasePlease, zeroMinor] : [releasePlease, zeroMajor, zeroMinor] };
}

function rules(...lines: readonly string[]): BumpRule[] {
  return lines.map(parseRule);
}
