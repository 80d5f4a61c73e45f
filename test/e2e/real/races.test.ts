import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { playRandomOrders, startTagRace, type TagRace } from '../../actions/create-tag/tag-race.ts';
import { playAllOrders } from '../../sandbox/interleavings.ts';

let races: TagRace;
beforeEach(async () => {
  races = await startTagRace();
});
afterEach(() => races.close());

const MINUTES = 60_000;

test(
  'create-tag: 1,000 random orders of up to 50 runs, at few requests',
  async () => {
    expect(await playRandomOrders(races, 1_000)).toBeLessThan(5 + 4);
  },
  10 * MINUTES,
);

test(
  'create-tag: all orders of 4 runs',
  async () => {
    await races.commit(['fix: a', 'feat: b', 'fix: c', 'feat!: d']);
    const played = await playAllOrders(races.race(4), races.expectOrder);
    process.stderr.write(`races: create-tag, 4 runs: ${played} classes of orders\n`);
    expect(played).toBeGreaterThan(5_000);
  },
  60 * MINUTES,
);
