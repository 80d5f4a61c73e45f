import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planMatrix, planShards } from '../../../../actions/test-subset/src/shards/plan-shards.ts';

const timed = fc.array(fc.tuple(fc.uuid(), fc.integer({ min: 1, max: 500 })), { minLength: 1, maxLength: 60 });

describe('shards', () => {
  test('the slowest tests are spread first', () => {
    const secondsOf = new Map([
      ['a', 9],
      ['b', 5],
      ['c', 4],
      ['d', 1],
    ]);
    const shards = planShards(['a', 'b', 'c', 'd'], { shards: 2, secondsOf, unitOf: (test) => test });
    expect(shards).toEqual([
      { index: 1, tests: ['a', 'd'], seconds: 10 },
      { index: 2, tests: ['b', 'c'], seconds: 9 },
    ]);
  });

  test('a test without a recorded time counts as the median', () => {
    const secondsOf = new Map([
      ['a', 2],
      ['b', 4],
      ['c', 30],
    ]);
    const [first, second] = planShards(['a', 'b', 'c', 'new'], { shards: 2, secondsOf, unitOf: (test) => test });
    expect([first?.tests, second?.tests]).toEqual([['c'], ['a', 'b', 'new']]);
  });

  test('together they are the selection, none is empty, and none is longer than 4/3 of what is possible', () => {
    fc.assert(
      fc.property(timed, fc.integer({ min: 1, max: 12 }), (tests, count) => {
        const secondsOf = new Map(tests);
        const names = [...secondsOf.keys()];
        const shards = planShards(names, { shards: count, secondsOf, unitOf: (test) => test });
        expect(shards.flatMap(({ tests: own }) => own).sort()).toEqual([...names].sort());
        expect(shards.every(({ tests: own }) => own.length > 0)).toBe(true);
        const total = [...secondsOf.values()].reduce((sum, seconds) => sum + seconds, 0);
        const longest = Math.max(...secondsOf.values());
        // Graham 1969: longest first is at most 4/3 of the optimum, which is at least the mean and the longest test.
        const sorted = [...secondsOf.values()].sort((a, b) => b - a);
        const pair = (sorted[shards.length - 1] ?? 0) + (sorted[shards.length] ?? 0);
        const bound = Math.max(total / shards.length, longest, pair);
        expect(Math.max(...shards.map(({ seconds }) => seconds))).toBeLessThanOrEqual((bound * 4) / 3 + 1e-9);
      }),
    );
  });

  test('the order of the tests changes nothing', () => {
    fc.assert(
      fc.property(timed, (tests) => {
        const secondsOf = new Map(tests);
        const names = [...secondsOf.keys()];
        const options = { shards: 4, secondsOf, unitOf: (test: string) => test };
        expect(planShards([...names].reverse(), options)).toEqual(planShards(names, options));
      }),
    );
  });
});

test('the matrix is never empty, so that a required check reports', () => {
  expect(planMatrix(planShards([], { shards: 3, secondsOf: new Map(), unitOf: (test) => test }))).toEqual({
    include: [{ shard: 1, shards: 1, name: 'nothing to run', tests: 0 }],
  });
  expect(
    planMatrix(planShards(['a', 'b'], { shards: 3, secondsOf: new Map(), unitOf: (test) => test })).include.map(
      ({ name }) => name,
    ),
  ).toEqual(['1 of 2', '2 of 2']);
});
