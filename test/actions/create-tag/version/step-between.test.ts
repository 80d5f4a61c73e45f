import { expect, test } from '@jest/globals';
import { taggedVersion } from '../../../../actions/create-tag/src/version/plan-version.ts';
import { stepBetween } from '../../../../actions/create-tag/src/version/step-between.ts';

test.each([
  [undefined, '0.1.0', 'none'],
  ['1.2.3', '1.2.4', 'patch'],
  ['1.2.3', '1.3.1', 'minor'],
  ['0.9.0', '1.0.0', 'major'],
  ['1.2.3', '2.0.0-beta.1', 'major'],
  ['2.0.0-beta.1', '2.0.0-beta.2', 'patch'],
  ['2.0.0-beta.2', '2.0.0', 'patch'],
])('from %s to %s is a step of %s', (previous, version, step) => {
  const before = previous === undefined ? undefined : taggedVersion(previous, '');
  expect(stepBetween(before, taggedVersion(version, ''))).toBe(step);
});
