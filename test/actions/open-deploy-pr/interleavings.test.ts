import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { playSeeded, type RacePorts } from '../../sandbox/race-harness.ts';
import { type DeployFixture, SOURCE, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
  fixture.github.limits.requestsPerHour = Number.MAX_SAFE_INTEGER;
});
afterEach(() => fixture.close());

test('two to ten runs at once open exactly one pull request, in 30 random orders', async () => {
  const { github } = fixture;
  await fixture.bump('v1.1.0');
  const rewind = github.checkpoint();
  let requests = 0;
  let runs = 0;
  for (let seed = 1; seed <= 30; seed++) {
    rewind();
    const copies = 2 + (seed % 9);
    const start = (_: number, ports: RacePorts) => fixture.open({}, { ...ports });
    const end = await playSeeded({ github, copies, start }, seed, async ({ outcomes }) => {
      const failed = outcomes.filter(({ status }) => status === 'rejected');
      expect(failed).toEqual([]);
      expect(fixture.pulls()).toHaveLength(1);
      await fixture.open();
      const open = github.records(SOURCE).deployments.filter(({ statuses }) => statuses.at(-1)?.state !== 'inactive');
      expect(open).toHaveLength(1);
      expect(parseDeployMarker(fixture.pulls()[0]?.body ?? '')?.deploymentId).toBe(open[0]?.id);
      const { writes } = await fixture.count(() => fixture.open());
      expect(writes).toBe(0);
    });
    requests += end.requests;
    runs += copies;
  }
  process.stderr.write(`races: open-deploy-pr: ${runs} runs, ${(requests / runs).toFixed(2)} requests a run\n`);
}, 180_000);
