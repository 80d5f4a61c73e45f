import { expect, test } from '@jest/globals';
import { playSeeded, type RaceEnd, type RacePorts } from '../../sandbox/race-harness.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const WRITERS = 50;
const MINUTES = 60_000;
const names = Array.from({ length: WRITERS }, (_, index) => `svc-${index}`);
const files = (tag: string) =>
  Object.fromEntries(names.map((name) => [`apps/${name}.yaml`, `image: acme/${name}:${tag}\n`]));

/** Lets 50 services be bumped at once, in the order of each seed, and gives the most requests a writer makes on average. */
async function contend(
  write: 'direct' | 'branch',
  seeds: readonly number[],
  check: (fixture: BumpFixture, forced: number) => Promise<void>,
): Promise<number> {
  const fixture = await startBumpFixture(files('v1.0.0'));
  try {
    const { github } = fixture;
    github.limits.requestsPerHour = Number.MAX_SAFE_INTEGER;
    const order = (name: string) => ({ image: `acme/${name}`, tag: 'v1.0.1', files: `apps/${name}.yaml`, write });
    await fixture.bump({ ...order('svc-0'), 'dry-run': 'true' });
    const rewind = github.checkpoint();
    let most = 0;
    for (const seed of seeds) {
      rewind();
      let forced = 0;
      const countForced =
        (wire: typeof fetch): typeof fetch =>
        (url, init) => {
          if (init?.method === 'PATCH' && String(init.body).includes('"force":true')) forced += 1;
          return wire(url, init);
        };
      const start = (copy: number, ports: RacePorts) =>
        fixture.bump(order(names[copy] ?? ''), { timer: ports.timer, fetch: countForced(ports.fetch) });
      const end = await playSeeded({ github, copies: WRITERS, start }, seed, async (played) => {
        expectBumped(played);
        await check(fixture, forced);
      });
      most = Math.max(most, end.requests / WRITERS);
      process.stderr.write(
        `contention: bump-gitops-image, ${write}, seed ${seed}: ${(end.requests / WRITERS).toFixed(2)} requests a writer\n`,
      );
    }
    return most;
  } finally {
    await fixture.close();
  }
}

function expectBumped(end: RaceEnd<Awaited<ReturnType<BumpFixture['bump']>>>): void {
  const codes = end.outcomes.map((one) => (one.status === 'fulfilled' ? one.value.reasonCode : String(one.reason)));
  expect(codes).toEqual(names.map(() => 'bumped'));
}

test(
  '50 writers push to one branch: all land, no update is lost, nothing is forced',
  async () => {
    const most = await contend('direct', [1, 2, 3], async (fixture, forced) => {
      const texts = await Promise.all(names.map((name) => fixture.read('main', `apps/${name}.yaml`)));
      expect(texts).toEqual(Object.values(files('v1.0.1')));
      expect(forced).toBe(0);
    });
    // Each lost attempt costs a read and a write.
    expect(most).toBeLessThanOrEqual(8);
  },
  5 * MINUTES,
);

test(
  '50 writers each rebuild a deploy branch of their own: all land, in four requests',
  async () => {
    const most = await contend('branch', [1, 2], async (fixture, forced) => {
      const texts = await Promise.all(names.map((name) => fixture.read(`deploy/${name}`, `apps/${name}.yaml`)));
      expect(texts).toEqual(Object.values(files('v1.0.1')));
      expect(await fixture.read('main', 'apps/svc-0.yaml')).toBe('image: acme/svc-0:v1.0.0\n');
      expect(forced).toBe(0);
      expect(fixture.github.records(REPOSITORY).refs.list('refs/heads/deploy/')).toHaveLength(WRITERS);
    });
    expect(most).toBeLessThanOrEqual(4);
  },
  5 * MINUTES,
);

/** Loses three of ten commits on the way to GitHub, and the answers of three others. */
function losing(wire: typeof fetch, random: () => number): typeof fetch {
  return async (url, init) => {
    const luck = String(init?.body).includes('createCommitOnBranch') ? random() : 1;
    if (luck < 0.3) throw new TypeError('fetch failed');
    const answer = await wire(url, init);
    if (luck < 0.6) throw new TypeError('fetch failed');
    return answer;
  };
}

test(
  'writers with one and the same message, of whom many get no answer: none takes the commit of another for its own',
  async () => {
    const some = names.slice(0, 8);
    const fixture = await startBumpFixture(files('v1.0.0'));
    try {
      const rewind = fixture.github.checkpoint();
      for (const seed of [1, 2, 3, 4, 5]) {
        rewind();
        const random = seededRandom(seed);
        const start = (copy: number, { timer, fetch }: RacePorts) => {
          const order = {
            image: `acme/${some[copy]}`,
            tag: 'v1.0.1',
            files: `apps/${some[copy]}.yaml`,
            write: 'direct',
          };
          return fixture.bump({ ...order, 'commit-message': 'deploy' }, { timer, fetch: losing(fetch, random) });
        };
        await playSeeded({ github: fixture.github, copies: some.length, start }, seed, async ({ outcomes }) => {
          const told = outcomes.map((one) => (one.status === 'fulfilled' ? one.value.reasonCode : String(one.reason)));
          // Who gets no answer, and then comes after another writer, finds its change and not whose commit it was.
          for (const code of told) expect(code).toMatch(/^(bumped|already-current)$/);
          const texts = await Promise.all(some.map((name) => fixture.read('main', `apps/${name}.yaml`)));
          expect(texts).toEqual(some.map((name) => `image: acme/${name}:v1.0.1\n`));
        });
      }
    } finally {
      await fixture.close();
    }
  },
  2 * MINUTES,
);
