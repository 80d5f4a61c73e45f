import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareVersions } from '#shared/semver/version.ts';
import { type Ran, type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
  await service.run();
});
afterEach(() => service.close());

/** Versions that were created, by the commit's place on the trunk; every one must be above all before it. */
function inOrder(runs: readonly Ran[]): string[] {
  const versions = runs
    .filter(({ report }) => report.outputs.created === true)
    .map(({ report }) => String(report.outputs.version));
  expect(versions).toEqual([...versions].sort(compareVersions));
  expect(new Set(versions).size).toBe(versions.length);
  return versions;
}

describe('runs at the same time', () => {
  test('five of the same commit make one tag, and one of them says that it created it', async () => {
    const sha = await service.commit('feat: a');
    const runs = await Promise.all(Array.from({ length: 5 }, () => service.run({ sha })));
    expect(new Set(runs.map(({ report }) => report.outputs.tag))).toEqual(new Set(['v0.2.0']));
    expect(runs.filter(({ report }) => report.outputs.created === true)).toHaveLength(1);
    expect(Object.keys(service.tags())).toEqual(['v0.1.0', 'v0.2.0']);
  });

  test.each([5, 20])('%i of as many commits all succeed, without duplicates and in order', async (count) => {
    for (let round = 0; round < 3; round++) {
      const shas: string[] = [];
      for (let index = 0; index < count; index++)
        shas.push(await service.commit(index % 3 === 0 ? 'feat: a' : 'fix: b'));
      const runs = await Promise.all(shas.map((sha) => service.run({ sha })));
      expect(inOrder(runs).length).toBeGreaterThan(0);
      for (const { report } of runs) expect(['created', 'contained']).toContain(report.reasonCode);
      const last = runs.at(-1)?.report.outputs;
      expect(last).toMatchObject({ created: true, superseded: false });
      const highest = Object.keys(service.tags())
        .map((tag) => tag.slice(1))
        .sort(compareVersions)
        .at(-1);
      expect(highest).toBe(last?.version);
    }
  });

  test('a run that is overtaken while it creates its tag says that it is superseded', async () => {
    const old = await service.commit('fix: a');
    const young = await service.commit('feat: b');
    service.github.faults.add({ kind: 'slow', delayMs: 300, match: { method: 'POST', path: '/git/tags' } });
    const slow = service.run({ sha: old });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const fast = await service.run({ sha: young });
    expect(fast.report.outputs).toMatchObject({ tag: 'v0.2.0', created: true });
    const { report } = await slow;
    expect(report.outputs).toMatchObject({ tag: 'v0.1.1', created: true, superseded: true, supersedingTag: 'v0.2.0' });
    expect(report.annotations?.[0]?.message).toContain('roll back');
  });
});

describe('a run whose write got no clear answer', () => {
  test.each([500, 502, 503, 409])(
    'an answer %i to the ref is not believed, whether it was applied or not',
    async (status) => {
      for (const afterApplied of [true, false]) {
        const sha = await service.commit('fix: a');
        service.github.faults.add({
          kind: 'status',
          status,
          afterApplied,
          match: { method: 'POST', path: '/git/refs' },
        });
        const { report } = await service.run({ sha });
        expect(report.outputs).toMatchObject({ created: true, superseded: false });
        expect(service.tags()[String(report.outputs.tag)]).toBe(report.outputs.tagObjectSha);
      }
    },
  );

  test('a rate limit on a write is waited for', async () => {
    const sha = await service.commit('fix: a');
    service.github.faults.add({
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '1' },
      match: { method: 'POST' },
    });
    expect((await service.run({ sha })).report.outputs.created).toBe(true);
  });
});
