import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shareBytes } from '../../../../actions/create-tag/src/monorepo/plan-shares.ts';

describe('a budget', () => {
  test.each([
    [[10, 20, 30], 100, [10, 20, 30]],
    [[10, 200, 300], 110, [10, 50, 50]],
    [[300, 10], 100, [90, 10]],
    [[5, 5], -1, [0, 0]],
    [[], 10, []],
  ])('of %j from %i bytes gives %j', (sizes, budget, shares) => {
    expect(shareBytes(sizes, budget)).toEqual(shares);
  });

  test('is never exceeded, and what is small is whole before anything large is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), fc.nat(20_000), (sizes, budget) => {
        const shares = shareBytes(sizes, budget);
        const sum = shares.reduce((a, b) => a + b, 0);
        expect(sum).toBeLessThanOrEqual(budget);
        const smallest = Math.min(...shares.filter((share, index) => share < (sizes[index] ?? 0)));
        for (const share of shares) expect(share).toBeLessThanOrEqual(smallest + 1 + sizes.length);
      }),
    );
  });
});
