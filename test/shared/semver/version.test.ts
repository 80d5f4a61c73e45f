import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import compareBuild from 'semver/functions/compare-build.js';
import { compareTags, compareVersions, parseTag, type TaggedVersion } from '#shared/semver/version.ts';

test.each([
  ['v1.2.3', 'v', '1.2.3'],
  ['1.2.3', '', '1.2.3'],
  ['thoughts-backend/v1.2.3-rc.1', 'thoughts-backend/v', '1.2.3-rc.1'],
])('the tag %s with prefix %j is %s', (tag, prefix, version) => {
  expect(parseTag(tag, prefix)).toMatchObject({ tag, version });
});

test.each([
  ['v1.2', 'v'],
  ['vv1.2.3', 'v'],
  ['v1.2.3', ''],
  ['v=1.2.3', 'v'],
  ['other/v1.2.3', 'v'],
  ['v01.2.3', 'v'],
  [`v1.2.3-${'a'.repeat(300)}`, 'v'],
  ['v99999999999999999999.0.0', 'v'],
])('the tag %s with prefix %j is no version', (tag, prefix) => {
  expect(parseTag(tag, prefix)).toBeUndefined();
});

test('tags are ordered as their versions are', () => {
  const part = fc.integer({ min: 0, max: 2 });
  const suffix = fc.constantFrom('', '-a', '-a.1', '-a.10', '-a.2', '-a2', '-a10', '-1', '+b', '-a+c');
  const tag = fc.tuple(part, part, part, suffix).map(([major, minor, patch, end]) => {
    return parseTag(`v${major}.${minor}.${patch}${end}`, 'v') as TaggedVersion;
  });
  fc.assert(
    fc.property(tag, tag, (a, b) => {
      expect(Math.sign(compareTags(a, b))).toBe(Math.sign(compareVersions(a.version, b.version)));
    }),
  );
});

test('versions are ordered by precedence', () => {
  const versions = ['1.10.0', '1.2.0', '1.2.0-rc.2', '1.2.0-rc.10', '1.2.0-beta'];
  expect(versions.sort(compareVersions)).toEqual(['1.2.0-beta', '1.2.0-rc.2', '1.2.0-rc.10', '1.2.0', '1.10.0']);
});

test('digits at the end of a word are a number', () => {
  const versions = ['1.0.0', '1.0.0-rc10', '1.0.0-rc9', '1.0.0-rc09.2', '1.0.0-beta2024.1', '1.0.0-beta2023.10'];
  expect(versions.sort(compareVersions)).toEqual([
    '1.0.0-beta2023.10',
    '1.0.0-beta2024.1',
    '1.0.0-rc9',
    '1.0.0-rc09.2',
    '1.0.0-rc10',
    '1.0.0',
  ]);
  expect(Math.sign(compareVersions('1.0.0-rc1', '1.0.0-rc.1'))).toBe(1);
});

test('numbers of any length are ordered as numbers, before words', () => {
  const ordered = [
    '9',
    '20261125083015123',
    '20261125083015124',
    '120261125083015123',
    '-',
    'rc9',
    'rc20261125083015123',
  ];
  const versions = ordered.map((end) => `1.0.0-${end}`);
  expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
});

test('where words and numbers are apart, the order is that of SemVer', () => {
  const identifier = fc.oneof(
    fc.nat({ max: 20 }).map(String),
    fc.constantFrom('a', 'ab', 'b-', 'B', '-', '90071992547409930'),
  );
  const end = fc.array(identifier, { maxLength: 3 }).map((parts) => (parts.length === 0 ? '' : `-${parts.join('.')}`));
  const text = fc
    .tuple(fc.nat({ max: 2 }), end, fc.constantFrom('', '+b'))
    .map(([patch, rest, build]) => `1.0.${patch}${rest}${build}`);
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareVersions(a, b))).toBe(compareBuild(a, b));
    }),
  );
});
