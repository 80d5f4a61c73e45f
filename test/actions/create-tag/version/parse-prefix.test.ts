import { expect, test } from '@jest/globals';
import { parsePrefix } from '../../../../actions/create-tag/src/version/parse-prefix.ts';

test.each(['', 'v', 'thoughts-backend/v', 'release-', '@scope/pkg@', 'lib2-v', 'lib2/v'])(
  '%j is a prefix',
  (prefix) => {
    expect(parsePrefix(prefix)).toBe(prefix);
  },
);

test.each([
  ['a b', 'without spaces'],
  ['\u0001v', 'without spaces'],
  ['/v', 'without spaces'],
  ['refs/tags/v', 'without spaces'],
  ['app1', 'because app12.0.0'],
  ['v1.', 'because v1.2.0.0'],
])('%j is refused, because its tags would be unclear or none', (prefix, text) => {
  expect(() => parsePrefix(prefix)).toThrow(text);
});
