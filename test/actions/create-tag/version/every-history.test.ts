import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '#shared/errors.ts';
import { compareTags, parseTag, type TaggedVersion, withoutBuild } from '#shared/semver/version.ts';
import { isBaseOn } from '../../../../actions/create-tag/src/version/plan-channel.ts';
import { type Policy, planTag, type TagPlan } from '../../../../actions/create-tag/src/version/plan-tag.ts';

const tag = (version: string) => parseTag(`v${version}`, 'v') as TaggedVersion;
const ends = ['', '', '', '-rc.0', '-rc.1', '-rc9', '-rc10', '-beta', '-beta.1', '-0', '-next.beta.1', '+b', '-rc.1+c'];
const version = fc
  .tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 4 }), fc.constantFrom(...ends))
  .map(([major, minor, patch, end]) => tag(`${major}.${minor}.${patch}${end}`));
const plain = ['fix: a', 'feat: a', 'feat!: a', 'docs: a', 'wip', 'fix: a\n\nBREAKING CHANGE: b'];
const asking = ['2.0.0', '2.0.0-rc.1', '1.2.4-beta', 'soon'].map((asked) => `chore: a\n\nRelease-As: ${asked}`);
const settings = fc.record({
  bump: fc.constantFrom<Policy['bump']>('auto', 'auto', 'patch', 'minor', 'major'),
  channel: fc.constantFrom('', '', 'rc', 'rc.0', 'beta', 'next', 'next.beta', '0'),
  zeroMajor: fc.constantFrom<Policy['zeroMajor']>('patch', 'minor', 'major'),
  zeroMinor: fc.constantFrom<Policy['zeroMinor']>('patch', 'minor'),
  defaultBump: fc.constantFrom<Policy['defaultBump']>('none', 'patch'),
  branchRules: fc.constantFrom([], [{ branch: 'release/*', range: undefined }]),
});
const history = (messages: readonly string[]) =>
  fc.record({
    base: version,
    tags: fc.array(version, { maxLength: 6 }),
    settings,
    messages: fc.array(fc.constantFrom(...messages), { maxLength: 4 }),
  });

/** The plan on a trunk; undefined where it is refused. */
function plan({
  base,
  tags,
  ...asked
}: {
  base: TaggedVersion;
  tags: readonly TaggedVersion[];
  settings: Partial<Policy> & { channel: string };
  messages: readonly string[];
}): TagPlan | undefined {
  const { settings: given, messages } = asked;
  const known = [...new Map([base, ...tags].map((each) => [each.tag, each])).values()].sort((a, b) =>
    compareTags(b, a),
  );
  const commits = messages.map((message, index) => ({ sha: String(index).repeat(40), message }));
  const policy: Policy = {
    prefix: 'v',
    version: '',
    skipTaken: true,
    initialVersion: '0.1.0',
    rules: [],
    source: ['commits'],
    revert: 'patch',
    breaking: 'footer',
    ignoreBodyAuthors: [],
    bump: 'auto',
    zeroMajor: 'minor',
    zeroMinor: 'minor',
    defaultBump: 'none',
    ...given,
  };
  const counting = known.filter((each) => each === base || isBaseOn(each, given.channel));
  try {
    return planTag({ tags: counting, known, place: { kind: 'after', base }, commits }, policy);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

test('a version is above its base, free, and on its channel', () => {
  fc.assert(
    fc.property(history([...plain, ...asking]), ({ base, tags, settings: given, messages }) => {
      fc.pre(isBaseOn(base, given.channel));
      const made = plan({ base, tags, settings: given, messages })?.tag;
      fc.pre(made !== undefined);
      expect(compareTags(made, base)).toBeGreaterThan(0);
      expect([base, ...tags].map((each) => withoutBuild(each.version))).not.toContain(withoutBuild(made.version));
      expect(made.prerelease.length > 0).toBe(given.channel !== '');
      expect(isBaseOn(made, given.channel)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('one more commit never makes the version lower', () => {
  fc.assert(
    fc.property(history(plain), fc.constantFrom(...plain), ({ base, tags, settings: given, messages }, more) => {
      fc.pre(isBaseOn(base, given.channel));
      const [before, after] = [messages, [more, ...messages]].map((each) =>
        plan({ base, tags, settings: given, messages: each }),
      );
      fc.pre(before !== undefined && after !== undefined);
      expect(compareTags(after.tag ?? base, before.tag ?? base)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 3_000 },
  );
});

test('the order of the commits makes no difference, nor does one that is listed twice', () => {
  fc.assert(
    fc.property(history(plain), ({ base, tags, settings: given, messages }) => {
      fc.pre(isBaseOn(base, given.channel));
      const [once, again] = [messages, [...messages, ...messages].reverse()].map((each) =>
        plan({ base, tags, settings: given, messages: each }),
      );
      expect(again?.tag).toEqual(once?.tag);
    }),
    { numRuns: 1_000 },
  );
});
