import { describe, expect, test } from '@jest/globals';
import { compareTags, parseTag, type TaggedVersion } from '#shared/semver/version.ts';
import type { HistoryCommit } from '../../../../actions/create-tag/src/bump/bump.ts';
import { parseRule } from '../../../../actions/create-tag/src/bump/parse-rules.ts';
import { parseBranchRule } from '../../../../actions/create-tag/src/version/parse-branch-rules.ts';
import { channelOf, parseChannel } from '../../../../actions/create-tag/src/version/plan-channel.ts';
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
  contained?: string;
  /** Tags that are no base on the channel. */
  elsewhere?: readonly string[];
};

/** The version after `base` for commits, newest first; the sha of a commit is its index, repeated. */
function plan(
  base: string,
  messages: readonly (string | Omit<HistoryCommit, 'sha'>)[],
  { rules = [], tags = [], burned = [], author, contained, elsewhere = [], ...options }: Options = {},
) {
  const tag = (version: string) => parseTag(`v${version}`, 'v') as TaggedVersion;
  const commits = messages.map((message, index) => ({
    sha: String(index).repeat(40),
    ...(typeof message === 'string' ? { message } : message),
    ...(author === undefined ? {} : { author }),
  }));
  const place = base === '' ? ({ kind: 'first' } as const) : ({ kind: 'after', base: tag(base) } as const);
  const all = (base === '' ? tags : [...tags, base]).map(tag).sort((one, other) => compareTags(other, one));
  const policy = { ...defaults, ...options, rules: rules.map(parseRule) };
  const known = [...all, ...elsewhere.map(tag)].sort((one, other) => compareTags(other, one));
  const prerelease = contained === undefined ? {} : { containedPrerelease: tag(contained) };
  return planTag({ tags: all, known, place, commits, ...prerelease }, policy, new Set(burned));
}

/** A commit of a pull request with these labels. */
function labelled(message: string, ...labels: string[]): Omit<HistoryCommit, 'sha'> {
  return { message, pull: { number: 7, title: message, labels } };
}

const version = (...args: Parameters<typeof plan>) => plan(...args).tag?.version;

describe('what commits ask for', () => {
  test.each<[string, string[], string | undefined, Options?]>([
    ['1.2.3', ['fix: a'], '1.2.4'],
    ['1.2.3', ['perf: a'], '1.2.4'],
    ['1.2.3', ['fix: a', 'feat: b', 'docs: c'], '1.3.0'],
    ['1.2.3', ['feature: a'], '1.3.0'],
    ['1.2.3', ['fix!: a', 'feat: b'], '2.0.0'],
    ['1.2.3', ['docs: a\n\nBREAKING CHANGE: b'], '2.0.0'],
    ['1.2.3', ['docs: a\n\nBREAKING CHANGE: b'], undefined, { breaking: 'header' }],
    ['1.2.3', ['fix: a\n\nword\nBREAKING CHANGE: b'], '2.0.0'],
    ['1.2.3', ['fix: a\n\n* BREAKING CHANGE: b'], '1.2.4'],
    ['1.2.3', ['fix: a\n\n* BREAKING CHANGE: b'], '2.0.0', { breaking: 'anywhere' }],
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
    [['feature: a'], ['feature: none'], undefined],
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

  test('that say none are no reason for the default', () => {
    const floor = { defaultBump: 'patch', rules: ['docs: none'] } as const;
    expect(plan('1.2.3', ['docs: a'], floor)).toMatchObject({
      outcome: 'no-changes',
      because: expect.stringContaining('no commit'),
    });
    expect(version('1.2.3', ['docs: a', 'wip'], floor)).toBe('1.2.4');
  });

  test.each(['feat', 'feat: huge', ': minor', 'fe at: minor'])('%j is refused', (line) => {
    expect(() => parseRule(line)).toThrow('perf: patch');
  });
});

describe('labels', () => {
  const source = ['labels', 'commits'] as const;
  test.each<[string[], string | undefined]>([
    [['skip-release'], undefined],
    [['minor', 'skip-release'], undefined],
    [['semver:major', 'no-release'], undefined],
    [['none', 'minor'], '1.3.0'],
    [['minor', 'release:major'], '2.0.0'],
    [['constructor', '__proto__'], '1.2.4'],
  ])('%j make %s', (labels, expected) => {
    expect(version('1.2.3', [labelled('fix: a', ...labels)], { source, defaultBump: 'patch' })).toBe(expected);
  });

  test('of a bot count only with a prefix', () => {
    const pull = (...labels: string[]) => {
      const { message, pull: merged } = labelled('fix: a', ...labels);
      return { message, pull: { number: 7, title: message, ...merged, author: 'dependabot[bot]', labels } };
    };
    expect(version('1.2.3', [pull('major')], { source })).toBe('1.2.4');
    expect(version('1.2.3', [pull('semver:minor', 'major')], { source })).toBe('1.3.0');
    expect(version('1.2.3', [pull('minor', 'skip-release')], { source })).toBeUndefined();
  });
});

describe('below 1.0.0', () => {
  test('a feature that does more than a breaking change decides, and is named', () => {
    const zero = { zeroMajor: 'patch', zeroMinor: 'minor' } as const;
    const { tag, because } = plan('0.2.3', ['fix!: b', 'feat: a'], zero);
    expect([tag?.version, because]).toEqual(['0.3.0', '1 commit asks for minor (feat: minor)']);
  });

  test.each<[string, string, string, Options?]>([
    ['0.3.1', 'feat!: a', '0.4.0'],
    ['0.3.1', 'feat!: a', '1.0.0', { zeroMajor: 'major' }],
    ['0.3.1', 'feat: a', '0.4.0'],
    ['0.3.1', 'feat: a', '0.3.2', { zeroMinor: 'patch' }],
    ['0.3.1', 'feat!: a', '0.4.0', { zeroMinor: 'patch' }],
    ['0.0.4', 'feat!: a', '0.0.5', { zeroMajor: 'patch', zeroMinor: 'patch' }],
    ['0.3.1', 'fix: a', '1.0.0', { bump: 'major' }],
    ['1.0.0', 'feat!: a', '2.0.0', { zeroMajor: 'patch' }],
    ['0.3.1', 'docs: a', '0.3.2', { defaultBump: 'minor', zeroMinor: 'patch' }],
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

describe('the numbers of a channel', () => {
  test.each<[string, string, string, string, string, ...string[]]>([
    ['go on from nine', '1.3.0-rc9', 'fix: a', 'rc', '1.3.0-rc10'],
    ['go on after a year', '1.0.0-beta2023.1', 'feat: a', 'beta', '1.0.0-beta2023.2'],
    ['start again after a year', '1.0.1-beta2023.4', 'feat: a', 'beta', '1.1.0-beta2023.1'],
    ['start again with zeros', '1.0.1-beta01', 'feat: a', 'beta', '1.1.0-beta01'],
    ['start again without a number', '1.2.3', 'feat: a', 'beta', '1.3.0-beta', '1.2.3-beta', '1.2.3-beta.1'],
    ['start from 0 where they did', '1.2.3', 'feat: a', 'rc', '1.3.0-rc.0', '1.2.0-rc.1', '1.2.0-rc.0', '1.1.0-rc.1'],
    ['start from 1 where the first is unknown', '1.2.3', 'feat: a', 'rc', '1.3.0-rc.1', '1.2.0-rc.4'],
    ['start as the last line did', '1.2.3', 'feat: a', 'rc', '1.3.0-rc.1', '1.2.0-rc.1', '1.1.0-rc.0'],
    ['do not start as another channel did', '1.2.3', 'feat: a', 'beta', '1.3.0-beta.1', '1.2.0-alpha.0'],
    ['start as they are told', '1.2.3', 'feat: a', 'rc.0', '1.3.0-rc.0', '1.2.3-rc.1'],
    ['go on from where they were told', '1.3.0-rc.4', 'feat: a', 'rc.0', '1.3.0-rc.5'],
    ['end with a digit', '1.2.3', 'feat: a', 'rc2', '1.3.0-rc2.1', '1.2.3-rc21'],
    ['may have no name', '1.0.0', 'fix: a', '0', '1.0.1-0'],
    ['without a name go on', '1.0.1-0', 'fix: a', '0', '1.0.1-1'],
    ['may have a name with a dot', '1.1.0-next.beta.1', 'fix: a', 'next.beta', '1.1.0-next.beta.2'],
    ['are not those of a longer name', '1.0.0', 'fix: a', 'next', '1.0.1-next.1', '1.0.0-next.beta.0'],
  ])('%s: after %s %j makes on %s %s', (_, base, message, channel, expected, ...tags) => {
    expect(version(base, [message], { channel, tags })).toBe(expected);
  });

  test.each(['', 'beta', 'next.beta', 'rc-2', 'rc2', 'rc.0', '0'])('%j is a channel', (text) => {
    expect(parseChannel(text)).toBe(text);
  });

  test.each(['1', '01', '1.2', '1.2.0', '-', 'beta.01', 'be ta', 'a+b', 'a..b', '.', 'a'.repeat(31)])(
    '%j is no channel',
    (text) => {
      expect(() => parseChannel(text)).toThrow('a channel such as beta');
    },
  );

  test.each([
    ['1.0.0', ''],
    ['1.0.0-0', '0'],
    ['1.0.0-beta2023.1', 'beta'],
    ['1.0.0-next.beta.1', 'next.beta'],
    ['1.0.0-rc', 'rc'],
  ])('%s names the channel %j', (text, channel) => {
    expect(channelOf(text)).toBe(channel);
  });
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

describe('a prerelease that was asked for', () => {
  const asked = ['fix: b', 'chore: a\n\nRelease-As: 2.0.0-rc.1'];
  test.each<[string, string, string | undefined, Options?]>([
    ['is made on its channel', '1.2.3', '2.0.0-rc.1', { channel: 'rc' }],
    ['is the release elsewhere', '1.2.3', '2.0.0', { elsewhere: ['2.0.0-rc.1'] }],
    ['is the release although it does not exist', '1.2.3', '2.0.0'],
    ['has its own number on another channel', '1.2.3', '2.0.0-beta.1', { channel: 'beta', elsewhere: ['2.0.0-rc.1'] }],
    ['is counted on where it exists', '1.2.3', '2.0.0-rc.2', { channel: 'rc', tags: ['2.0.0-rc.1'] }],
    ['is counted on from the base', '2.0.0-beta.3', '2.0.0-beta.4', { channel: 'beta' }],
  ])('%s: after %s it makes %s', (_, base, expected, options = {}) => {
    expect(version(base, asked, options)).toBe(expected);
  });

  test('by initial-version has its own number on another channel', () => {
    const initialVersion = '1.0.0-alpha.1';
    expect(version('', ['feat: a'], { initialVersion, channel: 'beta', elsewhere: ['1.0.0-alpha.1'] })).toBe(
      '1.0.0-beta.1',
    );
    expect(version('', ['feat: a'], { initialVersion, channel: 'alpha' })).toBe('1.0.0-alpha.1');
    expect(version('', ['feat: a'], { initialVersion })).toBe('1.0.0-alpha.1');
  });
});

describe('a prerelease that the commit holds', () => {
  test.each<[string, string[], string | undefined, Options?]>([
    ['2.0.0-beta.1', ['docs: a'], '2.0.0'],
    ['2.0.0-beta.1', ['feat: a'], '2.0.0'],
    ['1.2.4-beta.1', ['feat: a'], '1.3.0'],
    ['2.0.0-beta.1', ['feat: a'], '2.0.0', { bump: 'patch' }],
    ['2.0.0-beta.1', ['chore: a\n\nRelease-As: 1.5.0'], '2.0.0'],
    ['2.0.0-beta.1', ['feat: a'], undefined, { bump: 'none' }],
  ])('%s and %j make %s', (contained, messages, expected, options = {}) => {
    expect(version('1.2.3', messages, { contained, ...options })).toBe(expected);
  });

  test('is named', () => {
    const held = { contained: '2.0.0-beta.1' };
    expect(plan('1.2.3', ['feat: a'], held).because).toContain('at least 2.0.0, as the commit holds v2.0.0-beta.1');
    expect(plan('1.2.3', ['docs: a'], held).because).toBe('it releases v2.0.0-beta.1');
  });
});

describe('what was asked for and not done is told', () => {
  test.each([
    ['2.0', 'is no semantic version'],
    ['2.0.0.', 'is no semantic version'],
    ['"2.0.0"', 'is no semantic version'],
    ['vv2.0.0', 'is no semantic version'],
    ['=2.0.0', 'is no semantic version'],
    ['1.2.3', 'is not above v1.2.3'],
    ['1.0.0', 'is not above v1.2.3'],
  ])('Release-As: %s %s', (asked, why) => {
    const { tag, because, warnings } = plan('1.2.3', [`fix: a\n\nRelease-As: ${asked}`]);
    expect(tag?.version).toBe('1.2.4');
    expect(because).toContain(why);
    expect(warnings).toMatchObject([{ title: 'Release-As not used', message: expect.stringContaining(why) }]);
  });

  test('of several only those that are newer than the one that is used', () => {
    const asked = ['fix: a\n\nRelease-As: soon', 'fix: b\n\nRelease-As: 2.0.0', 'fix: c\n\nRelease-As: later'];
    const { tag, warnings } = plan('1.2.3', asked);
    expect([tag?.version, warnings.map(({ message }) => message)]).toEqual([
      '2.0.0',
      ['Release-As: soon of commit 0000000 is no semantic version'],
    ]);
  });

  test.each<[string, string[], Options, boolean]>([
    ['1.4.0', ['feat!: a', 'fix: b\n\nRelease-As: 1.4.1'], {}, true],
    ['1.4.0', ['feat!: a'], { bump: 'patch' }, true],
    ['1.4.0', ['feat!: a'], { version: '1.5.0' }, true],
    ['1.4.0', ['feat!: a'], { bump: 'major' }, false],
    ['1.4.0', ['feat!: a'], {}, false],
    ['1.4.0', ['feat: a'], { bump: 'patch' }, false],
    ['0.4.0', ['feat!: a'], { bump: 'patch' }, false],
    ['2.0.0-rc.1', ['feat!: a'], { bump: 'patch', channel: 'rc' }, false],
    ['1.4.0', ['feat!: a'], { bump: 'patch', contained: '2.0.0-rc.1' }, false],
    ['1.4.0', ['feat!: a'], { bump: 'patch', contained: '1.5.0-rc.1' }, true],
  ])('a version below a breaking change: after %s %j with %j', (base, messages, options, told) => {
    const { because, warnings } = plan(base, messages, options);
    expect(warnings.some(({ title }) => title === 'Breaking change overruled')).toBe(told);
    expect(because.includes('hides a breaking change: commit 0000000 (breaking (header)) asks for 2.0.0')).toBe(told);
  });
});

describe('the step', () => {
  test.each<[string, string[], string, string, Options?]>([
    ['1.4.0', ['docs: a'], '2.0.0', 'major', { version: '2.0.0' }],
    ['1.4.0', ['feat: a'], '1.5.1', 'minor', { burned: ['1.5.0'] }],
    ['1.4.0', ['chore: a\n\nRelease-As: 1.7.0'], '1.7.0', 'minor'],
    ['', ['feat: a'], '0.1.0', 'none'],
    ['1.4.0-rc.1', ['feat: a'], '1.4.0-rc.2', 'patch', { channel: 'rc' }],
    ['0.4.0', ['feat!: a'], '0.5.0', 'minor'],
  ])('from %j with %j to %s is %s', (base, messages, expected, step, options = {}) => {
    expect(plan(base, messages, options)).toMatchObject({ tag: { version: expected }, bump: step });
  });
});

describe('a commit that has a version', () => {
  const at = (bump: Policy['bump'], kind: 'at' | 'inside' = 'at') => {
    const [tag, before] = ['v1.5.0', 'v1.4.0'].map((name) => parseTag(name, 'v') as TaggedVersion) as [
      TaggedVersion,
      TaggedVersion,
    ];
    const tags = [tag, before];
    return planTag({ tags, known: tags, place: { kind, tag, highest: tag }, commits: [] }, { ...defaults, bump });
  };

  test('is told with the step that the run made which created it', () => {
    expect(at('auto')).toMatchObject({ outcome: 'already-tagged', bump: 'minor', warnings: [] });
    expect(at('minor')).toMatchObject({ because: 'v1.5.0 is on this commit', warnings: [] });
  });

  test.each(['at', 'inside'] as const)('gets no other by a bump, which is told (%s)', (kind) => {
    expect(at('major', kind)).toMatchObject({
      because: expect.stringContaining('bump: major was not used'),
      warnings: [{ title: 'bump not used', message: expect.stringContaining('`version`') }],
    });
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

  test('no prerelease begins to lead to a release that exists elsewhere', () => {
    expect(version('1.4.2', ['fix: a'], { channel: 'rc', tags: ['1.4.3'] })).toBe('1.4.4-rc.1');
    expect(version('1.4.3-rc.1', ['fix: a'], { channel: 'rc', tags: ['1.4.3'] })).toBe('1.4.3-rc.2');
    const branchRules = [parseBranchRule('1.4.x')];
    expect(version('1.4.2', ['fix: a'], { channel: 'rc', tags: ['1.4.3'], branchRules })).toBe('1.5.0-rc.1');
  });

  test('what was skipped is named', () => {
    expect(plan('1.2.3', ['feat: a'], { tags: ['1.3.0'] }).because).toContain('; v1.3.0 is on another branch');
    expect(plan('1.2.3', ['feat: a'], { burned: ['1.3.0'] }).because).toContain('; 1.3.0 is used up');
  });

  test.each<[string, string, string]>([
    ['fix: a', '1.4.x', '1.5.0'],
    ['fix: a', '1.x', '1.5.0'],
    ['fix: a', 'release/*', '1.5.0'],
    ['fix: a', '1.3.x', '1.4.4'],
  ])('the trunk leaves the line of a maintenance branch: %j beside %s makes %s', (message, rule, expected) => {
    const options = { tags: ['1.4.3'], branchRules: [parseBranchRule(rule)] };
    expect(version('1.4.2', [message], options)).toBe(expected);
  });

  test('a version that differs in its build metadata only is taken', () => {
    expect(version('1.2.3', ['fix: a'], { tags: ['1.2.4+build.7'] })).toBe('1.2.5');
    expect(() => plan('1.2.3', ['fix: a'], { tags: ['1.2.4+build.7'], skipTaken: false })).toThrow(
      'not in the history',
    );
    expect(() => plan('1.2.3', ['fix: a'], { version: '1.2.3+build.2' })).toThrow('no higher version');
  });

  test.each<[string, string, Options?]>([
    ['1.2.9007199254740991', 'fix: a'],
    ['1.9007199254740991.0', 'feat: a'],
    ['9007199254740991.0.0', 'feat!: a'],
    ['1.2.3', 'fix: a', { version: `1.2.4-${'a'.repeat(240)}`, prefix: 'a-service/v' }],
    ['1.2.3', 'fix: a', { prefix: 'é'.repeat(121) }],
    ['1.2.3', 'fix: a', { burned: ['1.2.4'], prefix: 'p'.repeat(241) }],
  ])('a version that makes no valid tag is refused: after %s %j', (base, message, options = {}) => {
    expect(() => plan(base, [message], options)).toThrow(expect.objectContaining({ reasonCode: 'no-valid-tag' }));
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
