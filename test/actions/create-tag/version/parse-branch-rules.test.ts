import { expect, test } from '@jest/globals';
import { parseBranchRule, rangeOfBranch } from '../../../../actions/create-tag/src/version/parse-branch-rules.ts';

test.each([
  ['1.x', '1.x', { major: 1, minor: undefined }],
  ['release/1.4.x', 'release/1.4.x', { major: 1, minor: 4 }],
  ['release/*', 'release/v2.x', { major: 2, minor: undefined }],
  ['release/*', 'release/candidate', undefined],
  ['legacy: 1.x', 'legacy', { major: 1, minor: undefined }],
  ['legacy*: 1.x', 'legacy-two', { major: 1, minor: undefined }],
  ['1.x', 'main', undefined],
])('the rule %j gives the branch %s its range', (line, branch, range) => {
  expect(rangeOfBranch([parseBranchRule(line)], branch)).toEqual(range);
});

test.each(['legacy', 'legacy: 1', ': 1.x', 'release/*: new'])('the rule %j is refused', (line) => {
  expect(() => parseBranchRule(line)).toThrow('1.4.x');
});
