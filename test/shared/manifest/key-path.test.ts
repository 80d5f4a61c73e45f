import { describe, expect, test } from '@jest/globals';
import { formatKeyPath, type Keys, meansKeyPath, parseKeyPath } from '#shared/manifest/key-path.ts';

describe('key paths', () => {
  test.each<[string, Keys]>([
    ['a.b[0].c', ['a', 'b', 0, 'c']],
    ['["a.b"].c', ['a.b', 'c']],
    ['data["x|y"]', ['data', 'x|y']],
    ['spec.values|image.tag', ['spec', 'values', '|', 'image', 'tag']],
    ['[1].image', [1, 'image']],
  ])('%s', (path, keys) => {
    expect(parseKeyPath(path)).toEqual(keys);
    expect(formatKeyPath(keys)).toBe(path);
  });

  test.each(['', 'a[', 'a[x]', 'a[-1]', 'a..b', '["a"'])('%j is none', (path) => {
    expect(parseKeyPath(path)).toBeUndefined();
  });

  test.each<[string, Keys, number, boolean]>([
    ['a.0.b', ['a', 0, 'b'], 0, true],
    ['$.a[0].b', ['a', 0, 'b'], 0, true],
    ['a.b', ['a', 'b'], 3, true],
    ['a.b', ['a.b'], 0, true],
    ['["a.b"]', ['a.b'], 0, true],
    ['["a.b"]', ['a', 'b'], 0, false],
    ['[1].a', ['a'], 1, true],
    ['[1].a', ['a'], 0, false],
    ['[1].a', [1, 'a'], 0, true],
    ['a.b', ['a', 'b', 'c'], 0, false],
    ['a.b.c', ['a', 'b'], 0, false],
    ['values|image.tag', ['values', '|', 'image', 'tag'], 0, true],
    ['image.tag', ['values', '|', 'image', 'tag'], 0, false],
  ])('%s for %j in document %d: %s', (wanted, keys, document, means) => {
    expect(meansKeyPath(wanted, keys, document)).toBe(means);
  });
});
