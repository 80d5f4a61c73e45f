import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Rule } from '../../sandbox/github/settings.ts';
import { type DeployFixture, GITOPS, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
  await fixture.bump('v1.1.0');
});
afterEach(() => fixture.close());

const merges = () =>
  fixture.github.requests.entries.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge'));

const refuse = (message: string, times = 1) =>
  fixture.github.faults.add({
    ...{ kind: 'status', status: 405, times, match: { method: 'PUT', path: /\/merge$/ } },
    body: { message, documentation_url: 'https://docs.github.com/rest/pulls/pulls', status: '405' },
  });

describe('what GitHub calls not mergeable', () => {
  const notMergeable = 'Pull Request is not mergeable';

  test('may have been merged by another run', async () => {
    fixture.github.faults.add({
      ...{ kind: 'status', status: 405, afterApplied: true, match: { method: 'PUT', path: /\/merge$/ } },
      body: { message: notMergeable, documentation_url: 'https://docs.github.com/rest/pulls/pulls', status: '405' },
    });
    const { outputs, reasonCode } = await fixture.open({ 'auto-merge': 'now' });
    expect([outputs.operation, reasonCode]).toEqual(['merged', 'merged']);
  });

  test('may have been closed by a person', async () => {
    await fixture.open();
    const [pull] = fixture.pulls();
    if (pull === undefined) throw new Error('no pull request');
    refuse(notMergeable);
    const opening = fixture.open({ 'auto-merge': 'now' });
    while (merges().length === 0) await new Promise((resolve) => setImmediate(resolve));
    pull.state = 'closed';
    const { outputs, reasonCode } = await opening;
    expect([outputs.operation, reasonCode]).toEqual(['blocked', 'pull-request-closed']);
  });

  test('is blocked by conflicts where nothing else is known', async () => {
    refuse(notMergeable);
    expect((await fixture.open({ 'auto-merge': 'now' })).reasonCode).toBe('conflicts');
  });
});

test('a rule whose words are not known blocks the merge, and the warning has the words', async () => {
  refuse('Commits must have verified signatures.');
  const { outputs, reasonCode, annotations } = await fixture.open({ 'auto-merge': 'now' });
  expect([outputs.operation, reasonCode]).toEqual(['blocked', 'requirements-missing']);
  expect(annotations?.at(-1)?.message).toContain('Commits must have verified signatures.');
});

test('a pull request that waits in the merge queue stays there', async () => {
  const rules: Rule[] = [{ target: 'branch', pattern: 'main', mergeQueue: true, requiredChecks: ['ci'] }];
  fixture.github.settings(GITOPS).rules = rules;
  await fixture.open();
  const reads = fixture.github.requests.entries.filter(({ path }) => path === '/graphql').length;
  // https://github.com/ClickHouse/ClickHouse/pull/109183
  const message = 'Pull request is already in the queue';
  fixture.github.faults.add({
    ...{ kind: 'status', status: 200, match: { method: 'POST', path: '/graphql' }, request: reads + 1 },
    body: { data: { enqueuePullRequest: null }, errors: [{ type: 'UNPROCESSABLE', message }] },
  });
  const { outputs, annotations } = await fixture.open({ 'auto-merge': 'now' });
  expect([outputs.operation, annotations]).toEqual(['unchanged', []]);
});

describe('a base that moves while GitHub merges', () => {
  // https://github.com/NixOS/nixpkgs-merge-bot/issues/179
  const moveBase = (times: number) => refuse('Base branch was modified. Review and try the merge again.', times);

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
