import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseDeployMarker, renderDeployMarker } from '#shared/marker/deploy-marker.ts';
import { BRANCH, type DeployFixture, GITOPS, IMAGE, openByHand, SOURCE, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
});
afterEach(() => fixture.close());

describe('runs at the same time', () => {
  test('five runs leave one pull request and one open deployment record', async () => {
    await fixture.bump('v1.1.0');
    const reports = await Promise.all(Array.from({ length: 5 }, () => fixture.open()));
    expect(reports.map(({ outputs }) => outputs.number)).toEqual([1, 1, 1, 1, 1]);
    expect(fixture.pulls()).toHaveLength(1);
    await fixture.open();
    const open = fixture.github
      .records(SOURCE)
      .deployments.filter(({ statuses }) => statuses.at(-1)?.state !== 'inactive');
    expect(open).toHaveLength(1);
    expect(parseDeployMarker(fixture.pulls()[0]?.body ?? '')?.deploymentId).toBe(open[0]?.id);
    const { writes } = await fixture.count(() => fixture.open());
    expect(writes).toBe(0);
  });

  test('a pull request that another run opened in the meantime is adopted', async () => {
    await fixture.bump('v1.1.0');
    fixture.github.faults.add({ kind: 'reset-after', match: { method: 'POST', path: /\/pulls$/ } });
    const report = await fixture.open();
    expect(report.outputs).toMatchObject({ number: 1, operation: 'unchanged' });
    expect(fixture.pulls()).toHaveLength(1);
  });
});

describe('a pull request that is there when this one is opened', () => {
  // The list of open pull requests may not show yet what opening one knows already.
  const hide = () =>
    fixture.github.faults.add({ kind: 'status', status: 200, body: [], match: { method: 'GET', path: /\/pulls\?/ } });

  test('is adopted, however the repository is spelt', async () => {
    await fixture.bump('v1.1.0');
    await fixture.open({ 'deployment-record': 'false' });
    hide();
    const report = await fixture.open({ repository: 'Acme/GitOps', 'deployment-record': 'false' });
    expect(report.outputs).toMatchObject({ number: 1, operation: 'unchanged' });
  });

  test('is left alone when a person opened it', async () => {
    await fixture.bump('v1.1.0');
    await fixture.open({ 'deployment-record': 'false' }, { token: fixture.github.tokens.admin });
    const before = structuredClone(fixture.pulls()[0]);
    hide();
    await expect(fixture.open({ 'deployment-record': 'false' })).rejects.toMatchObject({
      reasonCode: 'foreign-pull-request',
    });
    expect(fixture.pulls()).toEqual([before]);
  });
});

describe('what moves meanwhile', () => {
  test('a branch that moves between looking at its files and its head is looked at again', async () => {
    await fixture.bump('v1.1.0');
    await fixture.release('v1.2.0', 'fix: next');
    fixture.github.faults.add({ kind: 'slow', delayMs: 800, match: { method: 'POST', path: '/graphql' } });
    const opening = fixture.open();
    while (!fixture.github.requests.entries.some(({ path }) => path === '/graphql')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const headSha = await fixture.bump('v1.2.0');
    expect((await opening).outputs).toMatchObject({ headSha });
    expect(parseDeployMarker(fixture.pulls()[0]?.body ?? '')?.version).toBe('v1.2.0');
  });

  test('a branch that gets a newer version between looking and opening is looked at again', async () => {
    await fixture.bump('v1.1.0');
    await fixture.release('v1.2.0', 'fix: next');
    fixture.github.faults.add({ kind: 'slow', delayMs: 1500, match: { method: 'POST', path: /\/deployments$/ } });
    const opening = fixture.open();
    // The branch was read, and the record is being written.
    while (!fixture.github.requests.entries.some(({ path }) => path.includes('/pulls?'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await fixture.bump('v1.2.0');
    expect((await opening).outputs).toMatchObject({ operation: 'updated', number: 1 });
    expect(fixture.pulls()).toHaveLength(1);
    expect(parseDeployMarker(fixture.pulls()[0]?.body ?? '')?.version).toBe('v1.2.0');
    const { writes } = await fixture.count(() => fixture.open({ version: 'v1.2.0' }));
    expect(writes).toBe(0);
    const states = fixture.github.records(SOURCE).deployments.map(({ ref, statuses }) => [ref, statuses.at(-1)?.state]);
    expect(states).toEqual([
      ['v1.1.0', 'inactive'],
      ['v1.2.0', 'queued'],
    ]);
  });

  test('a slower run of an older version does not overwrite what the newer one shows', async () => {
    await fixture.bump('v1.1.0');
    await fixture.release('v1.2.0', 'fix: next');
    fixture.github.faults.add({ kind: 'slow', delayMs: 1500, match: { method: 'POST', path: /\/deployments$/ } });
    const slow = fixture.open();
    while (!fixture.github.requests.entries.some(({ path }) => path.includes('/pulls?'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    await fixture.bump('v1.2.0');
    await fixture.open({ version: 'v1.2.0' });
    const body = fixture.pulls()[0]?.body;
    await slow;
    expect(fixture.pulls()).toMatchObject([{ body, title: 'Deploy thoughts-backend v1.2.0 to staging' }]);
  });

  test('a reviewer’s words and ticks survive the next run', async () => {
    await fixture.bump('v1.1.0');
    await fixture.open();
    const [pull] = fixture.pulls();
    if (pull === undefined) throw new Error('no pull request');
    pull.body = `Wait for Monday!\n\n${pull.body?.replace('- [ ]', '- [x]')}`.replaceAll('\n', '\r\n');
    const { body } = pull;
    const { writes } = await fixture.count(async () => {
      expect((await fixture.open()).summary).toContain('A reviewer edited the body');
    });
    expect([writes, pull.body]).toEqual([0, body]);
  });
});

describe('superseding', () => {
  const marker = (environment: string) =>
    renderDeployMarker({ service: 'thoughts-backend', environment, image: IMAGE, version: 'v0.9.0' });
  const openOther = (token: string, branch: string, environment = 'staging') =>
    openByHand(fixture.github, { token, branch, body: marker(environment) });

  test('older pull requests by the same account are commented, closed and their branches deleted', async () => {
    const { app, admin, workflow } = fixture.github.tokens;
    const older = await openOther(app, 'deploy/staging/thoughts-backend-old');
    const byHand = await openOther(admin, 'by-hand');
    const otherBot = await openOther(workflow, 'other-bot');
    const elsewhere = await openOther(app, 'deploy/production/thoughts-backend', 'production');
    await fixture.bump('v1.1.0');
    const report = await fixture.open();
    expect(report.outputs.superseded).toEqual([older]);
    expect(fixture.pulls().map(({ number }) => number)).toEqual([byHand, otherBot, elsewhere, report.outputs.number]);
    const { comments, refs } = fixture.github.records(GITOPS);
    expect(comments).toMatchObject([{ issue: older }]);
    expect(comments[0]?.body).toContain(`Superseded by #${report.outputs.number}`);
    expect(refs.get('refs/heads/deploy/staging/thoughts-backend-old')).toBeUndefined();
    expect(refs.get(`refs/heads/${BRANCH}`)).toBeDefined();
    const { writes } = await fixture.count(() => fixture.open());
    expect(writes).toBe(0);
  });

  test('with supersede comment they stay open and get one comment', async () => {
    const older = await openOther(fixture.github.tokens.app, 'old');
    await fixture.bump('v1.1.0');
    await fixture.open({ supersede: 'comment' });
    await fixture.open({ supersede: 'comment' });
    expect(fixture.github.records(GITOPS).comments).toMatchObject([{ issue: older }]);
    expect(fixture.pulls()).toHaveLength(2);
  });
});
