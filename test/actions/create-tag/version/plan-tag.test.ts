import { describe, expect, test } from '@jest/globals';
import { parseTag, type TaggedVersion } from '#shared/semver/version.ts';
import { parseRule } from '../../../../actions/create-tag/src/bump/parse-rules.ts';
import { type Policy, planTag } from '../../../../actions/create-tag/src/version/plan-tag.ts';

const defaults: Policy = {
  prefix: 'v',
  bump: 'auto',
  version: '',
  skipTaken: true,
  channel: '',
  initialVersion: '0.1.0',
  zeroMajor: 'minor',
  zeroMinor: 'minor',
  rules: [],
  source: ['commits'],
  defaultBump: 'none',
  revert: 'patch',
  breaking: 'footer',
  ignoreBodyAuthors: ['dependabot[bot]'],
};

type Options = Partial<Omit<Policy, 'rules'>> & {
  rules?: readonly string[];
  tags?: readonly string[];
  burned?: readonly string[];
  author?: string;
};

/** The version after `base` for commits, newest first; the sha of a commit is its index, repeated. */
function plan(
  base: string,
  messages: readonly string[],
  { rules = [], tags = [], burned = [], author, ...options }: Options = {},
) {
  const tag = (version: string) => parseTag(`v${version}`, 'v') as TaggedVersion;
  const commits = messages.map((message, index) => ({
    sha: String(index).repeat(40),
    message,
    ...(author === undefined ? {} : { author }),
  }));
  const place = base === '' ? ({ kind: 'first' } as const) : ({ kind: 'after', base: tag(base) } as const);
  const all = base === '' ? tags : [...tags, base];
  const policy = { ...defaults, ...options, rules: rules.map(parseRule) };
  return planTag({ tags: all.map(tag), place, commits }, policy, new Set(burned));
}

const version = (...args: Parameters<typeof plan>) => plan(...args).tag?.version;

describe('what commits ask for', () => {
  test.each<[string, string[], string | undefined, Options?]>([
    ['1.2.3', ['fix: a'], '1.2.4'],
    ['1.2.3', ['perf: a'], '1.2.4'],
    ['1.2.3', ['fix: a', 'feat: b', 'docs: c'], '1.3.0'],
    ['1.2.3', ['fix!: a', 'feat: b'], '2.0.0'],
    ['1.2.3', ['docs: a\n\nBREAKING CHANGE: b'], '2.0.0'],
    ['1.2.3', ['docs: a\n\nBREAKING CHANGE: b'], undefined, { breaking: 'header' }],
    ['1.2.3', ['fix: a\n\nword\nBREAKING CHANGE: b'], '1.2.4'],
    ['1.2.3', ['fix: a\n\nword\nBREAKING CHANGE: b'], '2.0.0', { breaking: 'anywhere' }],
    ['1.2.3', ['docs: a', 'Update README', ''], undefined],
    ['1.2.3', ['docs: a', 'Update README', ''], '1.2.4', { defaultBump: 'patch' }],
    ['1.2.3', ['Update README'], '1.3.0', { defaultBump: 'minor' }],
    ['1.2.3', ['fix: a', 'Update README'], '1.2.4', { defaultBump: 'minor' }],
    ['1.2.3', [], undefined, { defaultBump: 'patch' }],
    ['1.2.3', ['docs: a\n\nfeat: b'], '1.3.0'],
    ['1.2.3', ['feat!: a\n\nBEGIN_COMMIT_OVERRIDE\nfix: b\nEND_COMMIT_OVERRIDE'], '1.2.4'],
    ['1.2.3', ['Merge pull request #1 from a/b\n\nfeat: c'], '1.3.0'],
    ['1.2.3', ['Merged PR 12: feat!: c'], '2.0.0'],
    ['1.2.3', ['docs: a\n\n```\nfix: b\n\nfeat!: c\n```'], undefined],
    ['1.2.3', ['chore(deps): a\n\nBREAKING CHANGE: of a'], undefined, { author: 'dependabot[bot]' }],
    ['1.2.3', ['chore(deps)!: a\n\nfeat: b'], '2.0.0', { author: 'Dependabot[bot]' }],
  ])('after %s %j make %s', (base, messages, expected, options = {}) => {
    expect(version(base, messages, options)).toBe(expected);
  });
});

describe('rules', () => {
  test.each<[string[], string[], string | undefined]>([
    [['deps: a'], ['deps: patch'], '1.2.4'],
    [['feat: a'], ['feat: patch'], '1.2.4'],
    [['perf: a'], ['perf: none'], undefined],
    [['perf!: a'], ['perf: none'], '2.0.0'],
    [['feat(api): a'], ['feat(API): major'], '2.0.0'],
    [['feat(api-v2): a'], ['feat(api-*): major'], '2.0.0'],
    [['feat(other): a'], ['feat(api-*): major'], '1.3.0'],
    [['fix(docs): a', 'fix: b'], ['fix(docs): none', 'fix: minor'], '1.3.0'],
    [['fix(docs): a'], ['fix(docs): none', 'fix: minor'], undefined],
    [['fix(@org/x): a'], ['fix(@org/*): minor'], '1.3.0'],
    [['whatever'], ['*: patch'], '1.2.4'],
    [['fix!: a'], ['breaking: minor'], '1.3.0'],
    [['feat!: a'], ['breaking: minor', 'feat: major'], '2.0.0'],
    [['fix(docs)!: a', 'fix: b'], ['breaking(docs): none'], '1.2.4'],
    [['fix!: a'], ['fix: none', '*: none'], '2.0.0'],
    [['feat: a'], ['feat: none', 'feat: patch'], '1.2.4'],
  ])('%j with %j make %s', (messages, rules, expected) => {
    expect(version('1.2.3', messages, { rules })).toBe(expected);
  });

  test.each(['feat', 'feat: huge', ': minor', 'fe at: minor'])('%j is refused', (line) => {
    expect(() => parseRule(line)).toThrow('perf: patch');
  });
});

describe('below 1.0.0', () => {
  test.each<[string, string, string, Options?]>([
    ['0.3.1', 'feat!: a', '0.4.0'],
    ['0.3.1', 'feat!: a', '1.0.0', { zeroMajor: 'major' }],
    ['0.3.1', 'feat: a', '0.4.0'],
    ['0.3.1', 'feat: a', '0.3.2', { zeroMinor: 'patch' }],
    ['0.3.1', 'feat!: a', '0.4.0', { zeroMinor: 'patch' }],
    ['0.0.4', 'feat!: a', '0.0.5', { zeroMajor: 'patch', zeroMinor: 'patch' }],
    ['0.3.1', 'fix: a', '1.0.0', { bump: 'major' }],
    ['1.0.0', 'feat!: a', '2.0.0', { zeroMajor: 'patch' }],
  ])('after %s %j makes %s', (base, message, expected, options = {}) => {
    expect(version(base, [message], options)).toBe(expected);
  });
});

describe('reverts', () => {
  const revert = (sha: string) => `Revert "feat: a"\n\nThis reverts commit ${sha}.`;
  const feat = '1'.repeat(40);
  test.each<[string, string[], string | undefined, Policy['revert']]>([
    ['a revert is a patch', [revert('f'.repeat(40))], '1.2.4', 'patch'],
    ['a revert leaves what it reverts', [revert(feat), 'feat: a'], '1.3.0', 'patch'],
    ['both cancel out', [revert(feat), 'feat: a'], undefined, 'cancel'],
    ['both cancel out by title', ['Revert "feat: a (#1)" (#2)', 'feat: a (#1)'], undefined, 'cancel'],
    ['a revert of an older release is a patch', [revert('f'.repeat(40))], '1.2.4', 'cancel'],
    ['a reverted revert cancels nothing', ['Reapply "feat: a"', 'Revert "feat: a"', 'feat: a'], '1.3.0', 'cancel'],
    ['a revert is nothing', [revert('f'.repeat(40))], undefined, 'ignore'],
  ])('%s', (_, messages, expected, policy) => {
    expect(version('1.2.3', messages, { revert: policy })).toBe(expected);
  });
});

describe('prereleases', () => {
  test.each<[string, string, string, string, Options]>([
    ['the first of a channel', '1.2.3', 'feat: a', '1.3.0-beta.1', { channel: 'beta' }],
    ['the next of a channel', '1.3.0-beta.1', 'fix: a', '1.3.0-beta.2', { channel: 'beta' }],
    ['a higher step', '1.2.4-beta.3', 'feat: a', '1.3.0-beta.1', { channel: 'beta' }],
    ['a breaking change', '1.3.0-beta.2', 'feat!: a', '2.0.0-beta.1', { channel: 'beta' }],
    ['a breaking change again', '2.0.0-beta.1', 'feat!: a', '2.0.0-beta.2', { channel: 'beta' }],
    ['the release', '1.3.0-alpha.1', 'fix: a', '1.3.0', {}],
    ['a breaking change below 1.0.0', '0.3.1', 'feat!: a', '0.4.0-rc.1', { channel: 'rc' }],
    ['no tag yet', '', 'feat: a', '0.1.0-rc.1', { channel: 'rc' }],
    ['no number yet', '1.3.0-beta', 'fix: a', '1.3.0-beta.1', { channel: 'beta' }],
    ['a number from zero', '1.3.0-rc.0', 'fix: a', '1.3.0-rc.1', { channel: 'rc' }],
    ['a number without a dot', '1.3.0-rc01', 'feat: a', '1.3.0-rc02', { channel: 'rc' }],
    ['another channel', '1.3.0-alpha.4', 'fix: a', '1.3.0-beta.1', { channel: 'beta' }],
  ])('%s: after %s %j makes %s', (_, base, message, expected, options) => {
    expect(version(base, [message], options)).toBe(expected);
  });
});

test('a prerelease whose next number would sort below it is not followed', () => {
  expect(() => plan('1.3.0-rc9', ['fix: a'], { channel: 'rc' })).toThrow('no higher version');
});

describe('a version that was asked for', () => {
  test.each<[string, string[], string | undefined, Options?]>([
    ['1.2.3', ['chore: a\n\nRelease-As: 2.0.0'], '2.0.0'],
    ['1.2.3', ['chore: a\n\nRelease-As: v2.0.0'], '2.0.0'],
    ['1.2.3', ['fix: b\n\nRelease-As: 1.5.0', 'feat!: a\n\nRelease-As: 3.0.0'], '1.5.0'],
    ['1.2.3', ['fix: a\n\nRelease-As: 1.0.0'], '1.2.4'],
    ['1.2.3', ['fix: a\n\nRelease-As: soon'], '1.2.4'],
    ['1.2.3', ['fix: a\n\nRelease-As: 2.0.0'], '2.0.0-rc.1', { channel: 'rc' }],
    ['2.0.0-rc.1', ['fix: a\n\nRelease-As: 2.0.0'], '2.0.0-rc.2', { channel: 'rc' }],
    ['', ['chore: a\n\nRelease-As: 1.0.0'], '1.0.0'],
    ['1.2.3', ['feat: a'], '5.0.0', { version: '5.0.0' }],
    ['1.2.3', ['docs: a'], '1.3.0', { bump: 'minor' }],
    ['1.2.3', ['feat: a'], undefined, { bump: 'none' }],
    ['', ['docs: a'], '0.1.0'],
    ['', ['docs: a'], '2.0.0', { initialVersion: '2.0.0' }],
    ['', [], undefined],
  ])('after %j %j make %s', (base, messages, expected, options = {}) => {
    expect(version(base, messages, options)).toBe(expected);
  });
});

describe('versions that are in the way', () => {
  test('a burned one is followed by the next patch', () => {
    expect(version('1.2.3', ['feat: a'], { burned: ['1.3.0', '1.3.1'] })).toBe('1.3.2');
    expect(version('1.2.3', ['feat: a'], { burned: ['1.3.0-rc.1'], channel: 'rc' })).toBe('1.3.0-rc.2');
  });

  test('one left behind on another branch is skipped when nothing higher exists', () => {
    expect(version('1.2.3', ['feat: a'], { tags: ['1.3.0'] })).toBe('1.3.1');
    expect(version('1.2.3', ['feat: a'], { tags: ['1.2.4'] })).toBe('1.3.0');
  });

  test('a maintenance branch stays below the versions of the trunk', () => {
    expect(version('1.2.3', ['fix: a'], { tags: ['2.0.0', '1.3.0'] })).toBe('1.2.4');
    expect(() => plan('1.2.3', ['feat: a'], { tags: ['2.0.0', '1.3.0'] })).toThrow('not in the history');
    expect(() => plan('1.2.3', ['feat!: a'], { tags: ['2.0.0'], skipTaken: false })).toThrow('not in the history');
  });
});

describe('the decision', () => {
  test('names the commits that decided and the rule', () => {
    const { because, deciding, commits } = plan('0.2.0', ['fix: a', 'feat(x): b', 'feat: c']);
    expect(because).toBe('2 commits ask for minor (feat: minor)');
    expect(deciding.map(({ header }) => header)).toEqual(['feat(x): b', 'feat: c']);
    expect(commits.map(({ rule }) => rule)).toEqual(['fix: patch', 'feat: minor', 'feat: minor']);
    expect(plan('0.2.0', ['feat!: a'], { zeroMajor: 'minor' }).because).toContain('below 1.0.0 is minor');
  });
});
