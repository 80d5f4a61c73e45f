import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DeployFixture, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
  await fixture.bump('v1.1.0');
});
afterEach(() => fixture.close());

// https://github.com/NixOS/nixpkgs-merge-bot/issues/179
function moveBase(times: number): void {
  const message = 'Base branch was modified. Review and try the merge again.';
  const body = {
    message,
    documentation_url: 'https://docs.github.com/rest/pulls/pulls#merge-a-pull-request',
    status: '405',
  };
  fixture.github.faults.add({ kind: 'status', status: 405, body, times, match: { method: 'PUT', path: /\/merge$/ } });
}

const merges = () =>
  fixture.github.requests.entries.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge'));

describe('a base that moves while GitHub merges', () => {
  test('is no reason to give up', async () => {
    moveBase(2);
    const { outputs } = await fixture.open({ 'auto-merge': 'now' });
    expect(outputs).toMatchObject({ operation: 'merged' });
    expect(merges()).toHaveLength(3);
  });

  test('blocks the merge when it never rests, and leaves the pull request open', async () => {
    moveBase(9);
    const { outputs, reasonCode, summary } = await fixture.open({ 'auto-merge': 'now' });
    expect([outputs.operation, reasonCode]).toEqual(['blocked', 'base-moved']);
    expect(summary).toContain('auto-merge: auto');
    expect(merges()).toHaveLength(4);
    expect(fixture.pulls()).toHaveLength(1);
  });
});
