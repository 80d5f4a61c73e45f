import { expect, test } from '@jest/globals';
import { untouchedText } from '../../../../actions/create-tag/src/monorepo/plan-untouched.ts';

const [one, two] = [[1], [1, 2]];

test.each([
  [two, 'v1.0.0', ['a, b'], [], 'none of the 2 commits since v1.0.0 touches a, b'],
  [one, 'v1.0.0', ['a', 'b'], ['a/docs'], 'the commit since v1.0.0 does not touch a, b outside of a/docs'],
  [two, undefined, ['a'], [], 'no commit touches a'],
  [two, 'v1.0.0', [], ['docs'], 'none of the 2 commits since v1.0.0 touches anything outside of docs'],
  [two, 'v1.0.0', [], [], undefined],
  [[], 'v1.0.0', ['a'], [], undefined],
])('of the commits %j since %s in the paths %j without %j', (listed, since, paths, excludePaths, text) => {
  expect(untouchedText({ paths, excludePaths }, { commits: [], listed, since })).toBe(text);
});

test('says nothing where a commit counts', () => {
  const counted = { commits: one, listed: two, since: 'v1.0.0' };
  expect(untouchedText({ paths: ['a'], excludePaths: [] }, counted)).toBeUndefined();
});
