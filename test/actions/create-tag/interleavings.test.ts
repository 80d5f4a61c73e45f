import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { playAllOrders } from '../../sandbox/interleavings.ts';
import type { RaceEnd } from '../../sandbox/race-harness.ts';
import type { Ran } from './start-service.ts';
import { isLastLook, playRandomOrders, startTagRace, type TagRace } from './tag-race.ts';

let races: TagRace;
beforeEach(async () => {
  races = await startTagRace();
});
afterEach(() => races.close());

const messages = ['fix: a', 'feat: b', 'fix: c', 'feat!: d'];
const MINUTES = 60_000;

// The last looks of 4 runs in all places, and more random orders, are played in test/e2e/real.
describe('runs that race on one trunk never fail, share a version or break the order', () => {
  test(
    'in all orders of 2 runs, and the orders that were left out lead nowhere else',
    async () => {
      await races.commit(['fix: a', 'fix: b']);
      const ends = { played: new Set<string>(), all: new Set<string>() };
      const played = await playAllOrders(races.race(2), (end) => {
        races.expectOrder(end);
        ends.played.add(JSON.stringify(races.seen(end)));
      });
      const noteAny = (end: RaceEnd<Ran>) => void ends.all.add(JSON.stringify(races.seen(end)));
      const all = await playAllOrders(races.race(2), noteAny, { effects: () => ({ reads: ['*'], writes: ['*'] }) });
      expect(ends.played).toEqual(ends.all);
      process.stderr.write(`races: create-tag, 2 runs: ${played} classes of ${all} orders, ${ends.all.size} ends\n`);
      expect(all).toBeGreaterThan(20 * played);
    },
    MINUTES,
  );

  test(
    'in all orders of 3 runs',
    async () => {
      await races.commit(messages.slice(0, 3));
      const played = await playAllOrders(races.race(3), races.expectOrder);
      process.stderr.write(`races: create-tag, 3 runs: ${played} classes of orders\n`);
      expect(played).toBeGreaterThan(100);
    },
    MINUTES,
  );

  test(
    'in all orders of 4 runs, the last look of each right after its tag',
    async () => {
      await races.commit(messages);
      const played = await playAllOrders(races.race(4), races.expectOrder, {
        atOnce: (steps) => steps.find(isLastLook),
      });
      process.stderr.write(`races: create-tag, 4 runs: ${played} classes of orders with the last look at once\n`);
      expect(played).toBeGreaterThan(800);
    },
    5 * MINUTES,
  );

  test(
    'in 200 random orders of up to 50 runs, at few requests',
    async () => {
      expect(await playRandomOrders(races, 200)).toBeLessThan(5 + 4);
    },
    5 * MINUTES,
  );
});
