import { expect } from '@jest/globals';
import { compareVersions } from '#shared/semver/version.ts';
import { playSeeded, type Race, type RaceEnd, type RacePorts, type Step } from '../../sandbox/race-harness.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { type Ran, type Service, startService } from './start-service.ts';

/** A trunk whose first commit is v0.1.0, and races of runs for the commits after it. */
export interface TagRace {
  /** Puts commits with these messages onto the trunk. */
  commit(messages: readonly string[]): Promise<void>;
  /** Runs for the first commits of the trunk, one each, all at once. */
  race(copies: number): Race<Ran>;
  /** What people see after a race: the tags, and what each run said. Throws what a run threw. */
  seen(end: RaceEnd<Ran>): { tags: string[]; reports: SeenReport[] };
  /** Expects that no run failed, no version was given twice, and later commits have higher versions. */
  expectOrder(end: RaceEnd<Ran>): void;
  close(): Promise<void>;
}

/** What one run said. */
export interface SeenReport {
  readonly reasonCode: string;
  readonly tag: unknown;
  readonly created: unknown;
  readonly superseded: unknown;
}

/** Starts it. */
export async function startTagRace(): Promise<TagRace> {
  const service = await startService();
  service.github.limits.requestsPerHour = Number.MAX_SAFE_INTEGER;
  await service.run();
  const trunk: string[] = [];
  const seen = (end: RaceEnd<Ran>) => ({ tags: tagsOf(service), reports: end.outcomes.map(reportOf) });
  return {
    async commit(messages) {
      for (const message of messages) trunk.push(await service.commit(message));
    },
    race: (copies) => ({
      github: service.github,
      copies,
      start: (copy: number, ports: RacePorts) => service.run({ ...ports, sha: trunk[copy] ?? '' }),
    }),
    seen,
    expectOrder: (end) => expectOrder(seen(end)),
    close: () => service.close(),
  };
}

/**
 * Plays `count` random orders of 2 to 6 runs, each fiftieth of 50, on a trunk of random features and fixes; gives the
 * average number of requests of a run.
 */
export async function playRandomOrders(races: TagRace, count: number): Promise<number> {
  const random = seededRandom(42);
  await races.commit(Array.from({ length: 50 }, () => (random() < 0.4 ? 'feat: a' : 'fix: b')));
  const rewind = races.race(0).github.checkpoint();
  const total = { requests: 0, runs: 0 };
  for (let seed = 1; seed <= count; seed++) {
    rewind();
    const copies = seed % 50 === 0 ? 50 : 2 + Math.floor(random() * 5);
    total.requests += (await playSeeded(races.race(copies), seed, races.expectOrder)).requests;
    total.runs += copies;
  }
  const each = total.requests / total.runs;
  const text = `${count} random orders of ${total.runs} runs, ${each.toFixed(2)} requests a run`;
  process.stderr.write(`races: create-tag: ${text}\n`);
  return each;
}

/** Whether a run looks a last time, after its tag, for a higher one that contains its commit. */
export function isLastLook({ url, previous }: Step): boolean {
  return url?.includes('/matching-refs/') === true && previous?.method === 'POST';
}

function tagsOf({ github, repository }: Service): string[] {
  const refs = github.records(repository).refs.list('refs/tags/');
  return refs.map(({ ref }) => ref.slice('refs/tags/'.length)).sort(compareTags);
}

function reportOf(outcome: PromiseSettledResult<Ran>): SeenReport {
  if (outcome.status === 'rejected') throw outcome.reason;
  const { reasonCode, outputs } = outcome.value.report;
  return { reasonCode, tag: outputs.tag, created: outputs.created, superseded: outputs.superseded };
}

function expectOrder({ tags, reports }: ReturnType<TagRace['seen']>): void {
  for (const { reasonCode } of reports) expect(['created', 'contained']).toContain(reasonCode);
  expect(reports.at(-1)).toMatchObject({ created: true, superseded: false });
  const created = reports.filter((report) => report.created === true).map(({ tag }) => String(tag));
  expect(new Set(created).size).toBe(created.length);
  expect(['v0.1.0', ...created]).toEqual(tags);
}

function compareTags(one: string, other: string): number {
  return compareVersions(one.slice(1), other.slice(1));
}
