import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { imageTag } from '../../../../actions/create-tag/src/version/plan-image-tag.ts';

test.each([
  ['v', '1.2.3', 'v1.2.3'],
  ['thoughts-backend/v', '1.2.3-rc.1', 'v1.2.3-rc.1'],
  ['cli-v', '1.0.0+build.7', 'cli-v1.0.0'],
  ['c++/v', '1.0.0', 'v1.0.0'],
  ['ü@v', '1.0.0', 'v1.0.0'],
  [
    `${'p'.repeat(97)}-v`,
    '1.0.0-a-channel-with-a-long-name.12',
    `${'p'.repeat(91)}-v1.0.0-a-channel-with-a-long-name.12`,
  ],
])('the image of %s%s is tagged %s', (prefix, version, expected) => {
  expect(imageTag({ tag: `${prefix}${version}`, version })).toBe(expected);
});

test('every tag gives a tag that a registry takes', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.stringMatching(/^\d{1,3}\.\d{1,3}\.\d{1,3}(-[a-z]{1,200}\.\d)?(\+[a-z.]{1,9})?$/),
      (prefix, version) => {
        expect(imageTag({ tag: `${prefix}${version}`, version })).toMatch(/^[\w][\w.-]{0,127}$/);
      },
    ),
  );
});
