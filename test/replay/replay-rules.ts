import { type BumpRule, parseRule } from '../../actions/create-tag/src/parse-rules.ts';
import type { Policy } from '../../actions/create-tag/src/plan-tag.ts';

/** What a project has agreed on: the inputs that it would give the action. */
export type ReplayRules = Omit<Policy, 'prefix'>;

const defaults: ReplayRules = {
  bump: 'auto',
  version: '',
  skipTaken: true,
  channel: '',
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

/** The rules of the public files. */
export const rulesByName: Readonly<Record<string, ReplayRules>> = {
  'release-please': { ...defaults, rules: rules('deps: patch') },
  'semantic-release': { ...defaults },
  'zero-major': { ...defaults, zeroMajor: 'minor', zeroMinor: 'patch' },
  monorepo: { ...defaults },
};

const byRepository: Readonly<Record<string, string>> = {
  'googleapis/release-please': 'release-please',
  'semantic-release/semantic-release': 'semantic-release',
  'open-feature/flagd': 'zero-major',
  'cloudquery/cloudquery': 'monorepo',
};

/** The rules to replay a release with: those that were forced, else those of its repository, else the defaults. */
export function replayPolicy(forced: ReplayRules | undefined, repository: string): ReplayRules {
  return forced ?? rulesByName[byRepository[repository] ?? ''] ?? defaults;
}

function rules(...lines: readonly string[]): BumpRule[] {
  return lines.map(parseRule);
}
