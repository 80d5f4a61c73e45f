import { describe, expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import type { Report } from '#shared/run-action.ts';
import { compareVersions } from '#shared/semver/version.ts';
import { inputSpec } from '../../../actions/create-tag/src/inputs.ts';
import type { OutputName } from '../../../actions/create-tag/src/outputs.ts';
import { run } from '../../../actions/create-tag/src/run.ts';
import { recordingRunner } from '../../support/recording-runner.ts';
import { createRaceWorld, type RaceWorld, type Step, shaOf } from './race-world.ts';

const inputs = readInputs(inputSpec, {});

/** Runs create-tag for every commit after the first, all at once, in the order that `choose` gives. */
async function race(world: RaceWorld, commits: number, choose: (waiting: readonly Step[]) => Step): Promise<void> {
  const runs: Promise<Report<OutputName>>[] = [];
  for (let commit = 1; commit <= commits; commit++) {
    const runner = recordingRunner({ sha: shaOf(commit) }, { repository: { default_branch: 'main' } });
    runs.push(run(inputs, { github: world.client(commit), runner, timer: world.timer(commit) }));
  }
  const all = Promise.all(runs);
  all.catch(() => undefined);
  await world.play(choose);
  const reports = await all;
  for (const report of reports) expect(['created', 'contained', 'already-tagged']).toContain(report.reasonCode);
  expect(reports.at(-1)?.outputs.created).toBe(true);
  const inOrder = [...world.tags].map(([tag, object]) => ({
    version: tag.slice(1),
    commit: Number(object.split('@')[1]),
  }));
  inOrder.sort((a, b) => a.commit - b.commit);
  expect(inOrder.map(({ version }) => version)).toEqual(inOrder.map(({ version }) => version).sort(compareVersions));
  expect(new Set(inOrder.map(({ commit }) => commit)).size).toBe(inOrder.length);
}

/** Plays all orders of the steps that can matter to other runs; returns how many there were. */
async function allOrders(commits: number, messages: readonly string[], afterwards: boolean): Promise<number> {
  let played = 0;
  const prefix: number[] = [];
  for (;;) {
    const taken: { choice: number; of: number }[] = [];
    const world = createRaceWorld(messages);
    const created = new Set<number>();
    await race(world, commits, (waiting) => {
      // Comparisons, tag objects and waiting change nothing for others, so their order does not matter.
      const own = waiting.find((step) => !step.shared || (!afterwards && created.has(step.run)));
      if (own !== undefined) return own;
      const choice = prefix[taken.length] ?? 0;
      taken.push({ choice, of: waiting.length });
      const step = waiting[choice] as Step;
      if (step.name.startsWith('POST')) created.add(step.run);
      return step;
    });
    played += 1;
    while (taken.length > 0 && (taken.at(-1)?.choice ?? 0) + 1 >= (taken.at(-1)?.of ?? 0)) taken.pop();
    const last = taken.pop();
    if (last === undefined) return played;
    prefix.splice(0, prefix.length, ...taken.map(({ choice }) => choice), last.choice + 1);
  }
}

describe('runs that race on one trunk never fail, share a version or break the order', () => {
  const messages = ['chore: start', 'fix: a', 'feat: b', 'fix: c', 'feat!: d'];

  test('in all orders of 2 runs', async () => {
    expect(await allOrders(2, messages, true)).toBeGreaterThan(10);
  });

  test('in all orders of 3 runs', async () => {
    expect(await allOrders(3, messages, true)).toBeGreaterThan(100);
  }, 120_000);

  test('in all orders of 4 runs, the last look of each right after its tag', async () => {
    expect(await allOrders(4, messages, false)).toBeGreaterThan(1_000);
  }, 120_000);

  test('in 1,000 random orders of up to 50 runs, at few requests', async () => {
    let seed = 42;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    let requests = 0;
    let runs = 0;
    for (let round = 0; round < 1_000; round++) {
      const commits = 2 + Math.floor(random() * (round % 20 === 0 ? 49 : 11));
      const texts = Array.from({ length: commits + 1 }, () => (random() < 0.4 ? 'feat: a' : 'fix: b'));
      const world = createRaceWorld(texts, random);
      await race(world, commits, (waiting) => waiting.reduce((first, step) => (step.at < first.at ? step : first)));
      requests += world.requests();
      runs += commits;
    }
    expect(requests / runs).toBeLessThan(5 + 4);
  }, 120_000);
});
