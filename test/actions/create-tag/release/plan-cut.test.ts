import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutLines } from '../../../../actions/create-tag/src/release/plan-cut.ts';

describe('a text', () => {
  const text = 'first\nsecond\n\n<details><summary>more</summary>\n\nthird\n\n</details>';

  test('that fits is whole', () => {
    expect(cutLines(text, Buffer.byteLength(text))).toBe(text);
  });

  test.each([
    [text.length - 1, 'first\nsecond\n\n… shortened'],
    [27, 'first\n\n… shortened'],
    [15, ''],
    [0, ''],
  ])('has its first lines in %i bytes, without a section that stays open', (bytes, shown) => {
    expect(cutLines(text, bytes)).toBe(shown);
  });

  test('never has more bytes than it may, however they are counted', () => {
    const json = (line: string) => Buffer.byteLength(JSON.stringify(line));
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.nat(200), (lines, bytes) => {
        const cut = cutLines(lines.join('\n'), bytes, json);
        expect(cut === '' || json(cut) <= bytes).toBe(true);
      }),
    );
  });
});
