import type { Policy } from '../../actions/create-tag/src/version/plan-tag.ts';
import { RELEASE_COMMIT } from './explain-miss.ts';
import type { Release } from './read-releases.ts';

/** What a project has agreed on: the inputs that it would give the action, except for what changes from release to release. */
export interface ReplayRules {
  /** What decides releases in this way. */
  readonly tool: 'release-please' | 'conventional-changelog';
  readonly inputs: Omit<Policy, 'bump' | 'prefix' | 'channel'>;
}

type ZeroRules = Pick<Policy, 'zeroMajor' | 'zeroMinor'>;

// What every release has in common: it was made, so that its commits ask for a patch at least.
const shared = {
  version: '',
  skipTaken: true,
  rules: [],
  source: ['commits'],
  defaultBump: 'patch',
  ignoreBodyAuthors: [],
} as const;

// The default, the two settings `bump-minor-pre-major` and `bump-patch-for-minor-pre-major`, and both:
// https://github.com/googleapis/release-please/blob/main/docs/customizing.md. Other tools have one of these fixed, and
// some count nothing but patches for a while (below 0.1.0, as Cargo takes every 0.0.x for incompatible).
const untouched: ZeroRules = { zeroMajor: 'major', zeroMinor: 'minor' };
const lowered: ZeroRules = { zeroMajor: 'minor', zeroMinor: 'patch' };
const zeroRules = [
  untouched,
  lowered,
  { zeroMajor: 'minor', zeroMinor: 'minor' },
  { zeroMajor: 'major', zeroMinor: 'patch' },
  { zeroMajor: 'patch', zeroMinor: 'patch' },
] as const satisfies readonly ZeroRules[];

// Of release-please's strategies most begin with 1.0.0, Rust, Python and Elixir with 0.1.0, others with 0.0.1.
const initialVersions = ['1.0.0', '0.1.0', '0.0.1'] as const;

// https://github.com/googleapis/release-please/blob/main/docs/customizing.md#versioning-strategies
function releasePlease(zeros: readonly ZeroRules[]): ReplayRules[] {
  return everySetting('release-please', zeros, { revert: 'patch', breaking: 'footer' });
}

// What is built on conventional-changelog filters a revert and what it reverts where both are in one release, and finds
// a breaking change in items of a list:
// https://github.com/semantic-release/commit-analyzer, https://github.com/conventional-changelog/conventional-changelog
function conventionalChangelog(zeros: readonly ZeroRules[], initials?: readonly string[]): ReplayRules[] {
  return everySetting('conventional-changelog', zeros, { revert: 'cancel', breaking: 'anywhere' }, initials);
}

function everySetting(
  tool: ReplayRules['tool'],
  zeros: readonly ZeroRules[],
  inputs: Pick<Policy, 'revert' | 'breaking'>,
  initials: readonly string[] = initialVersions,
): ReplayRules[] {
  return zeros.flatMap((zero) =>
    initials.map((initialVersion) => ({
      tool,
      inputs: { ...shared, ...inputs, ...zero, initialVersion },
    })),
  );
}

// It has no settings, and begins with 1.0.0: https://semantic-release.gitbook.io/semantic-release/support/faq
const semanticRelease = conventionalChangelog([untouched], ['1.0.0']);

/** The rules that `--rules` may name, those without any evidence first; which of several were a project's, its releases tell. */
export const rulesByName = {
  auto: [...releasePlease(zeroRules), ...conventionalChangelog(zeroRules)],
  'release-please': releasePlease(zeroRules),
  'semantic-release': semanticRelease,
  'single-package': [...releasePlease(zeroRules), ...semanticRelease],
  'zero-major': releasePlease([lowered]),
  monorepo: releasePlease(zeroRules),
} as const satisfies Readonly<Record<string, readonly ReplayRules[]>>;

/** What `--rules` may name. */
export type RulesName = keyof typeof rulesByName;

/** The rules as inputs, as far as projects differ in them. */
export function rulesText({ inputs }: ReplayRules): string {
  const { zeroMajor, zeroMinor, initialVersion, revert, breaking } = inputs;
  const others = `revert: ${revert}, breaking: ${breaking}`;
  return `${others}, zero-major: ${zeroMajor}, zero-minor: ${zeroMinor}, initial-version: ${initialVersion}`;
}

/**
 * The rules in the order in which they are likely without a release that tells: those of release-please first where its
 * release commits are seen, and a first version below 1.0.0 where later ones are.
 */
export function likelyFirst(rules: readonly ReplayRules[], releases: readonly Release[]): readonly ReplayRules[] {
  const seen = releases.some(({ commits }) => commits.some(({ message }) => RELEASE_COMMIT.test(message)));
  const young = releases.some(({ previous, released }) => previous !== '' && released.startsWith('0.'));
  const doubts = ({ tool, inputs }: ReplayRules) =>
    ((tool === 'release-please') === seen ? 0 : 2) + (inputs.initialVersion.startsWith('0.') === young ? 0 : 1);
  return [...rules].sort((a, b) => doubts(a) - doubts(b));
}
