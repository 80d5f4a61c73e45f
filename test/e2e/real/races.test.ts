import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isLastLook, playRandomOrders, startTagRace, type TagRace } from '../../actions/create-tag/tag-race.ts';
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

// A last look writes nothing, and what a run says after it no other run notices. So the last looks need not be combined
// with each other: each is moved to all places by itself, while those of the other runs follow their tags.
test.each([0, 1, 2, 3])(
  'create-tag: all orders of 4 runs, with the last look of run %i anywhere',
  async (free) => {
    await races.commit(['fix: a', 'feat: b', 'fix: c', 'feat!: d']);
    const played = await playAllOrders(races.race(4), races.expectOrder, {
      atOnce: (steps) => steps.find((step) => step.copy !== free && isLastLook(step)),
    });
    process.stderr.write(`races: create-tag, 4 runs, last look of run ${free}: ${played} classes of orders\n`);
    expect(played).toBeGreaterThan(800);
  },
  10 * MINUTES,
);
