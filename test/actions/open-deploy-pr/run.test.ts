import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { BRANCH, type DeployFixture, GITOPS, IMAGE, manifest, SOURCE, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
});
afterEach(() => fixture.close());

describe('the main path', () => {
  test('opens one pull request that says what changes, and records the deployment', async () => {
    const head = await fixture.bump('v1.1.0');
    const report = await fixture.open({ labels: 'deploy' });
    expect(report.reasonCode).toBe('created');
    expect(report.outputs).toMatchObject({
      number: 1,
      operation: 'created',
      branch: BRANCH,
      headSha: head,
      previousVersion: 'v1.0.0',
      direction: 'forward',
      risk: 'low',
      migrations: [],
    });
    const [pull] = fixture.pulls();
    expect(pull).toMatchObject({
      title: 'Deploy thoughts-backend v1.1.0 to staging',
      headRef: BRANCH,
      labels: ['deploy'],
    });
    expect(pull?.body).toContain('`v1.0.0` → `v1.1.0` (forward)');
    expect(pull?.body).toContain('thoughts can be deleted');
    expect(pull?.body).toContain(`-          image: ${IMAGE}:v1.0.0`);
    const [deployment] = fixture.github.records(SOURCE).deployments;
    expect(deployment).toMatchObject({ ref: 'v1.1.0', environment: 'staging' });
    expect(deployment?.statuses).toMatchObject([{ state: 'queued', description: 'Waits for pull request #1' }]);
    expect(parseDeployMarker(pull?.body ?? '')).toEqual({
      service: 'thoughts-backend',
      environment: 'staging',
      image: IMAGE,
      version: 'v1.1.0',
      previousVersion: 'v1.0.0',
      sourceRepository: SOURCE,
      sourceCommit: deployment?.sha,
      deploymentId: deployment?.id,
      mode: 'deploy',
    });
  });

  test('what a bot quotes in the body of a commit is neither a change nor a risk', async () => {
    const author = { name: 'renovate[bot]', email: 'renovate@example.com', login: 'renovate[bot]' };
    const message = 'fix(deps): bump a\n\nfeat: foreign\n\nBREAKING CHANGE: foreign';
    await fixture.github.commit(SOURCE, { branch: 'main', message, author, files: { 'src/b.ts': 'b\n' } });
    await fixture.release('v1.2.0', 'fix: c');
    await fixture.bump('v1.2.0');
    const { outputs } = await fixture.open({ version: 'v1.2.0' });
    expect(outputs.risk).toBe('low');
    expect(fixture.pulls()[0]?.body).toContain('bump a');
    expect(fixture.pulls()[0]?.body).not.toContain('foreign');
  });

  test('those who contribute for the first time are named, as in the notes of the release', async () => {
    const files = { 'clusters/staging/app.yaml': manifest('v1.1.0') };
    await fixture.github.commit(GITOPS, { branch: 'main', message: 'v1.1.0', files });
    const author = { name: 'Grace', email: 'grace@example.com', login: 'grace' };
    const change = { branch: 'main', author, files: { 'src/c.ts': 'c\n' } };
    await fixture.github.commit(SOURCE, { ...change, message: 'fix: once' });
    await fixture.release('v1.2.0', 'fix: c');
    await fixture.bump('v1.2.0');
    await fixture.open({ version: 'v1.2.0' });
    const [, text = ''] = String(fixture.pulls()[0]?.body).split('#### First contributions\n\n');
    const [section] = text.split('\n\n');
    expect(section).toMatch(/^- \[grace\]\(https:\/\/github\.com\/grace\) \(\[[0-9a-f]{7}\]\([^)]+\)\)$/);
    fixture.github.faults.add({ kind: 'status', status: 502, times: 1, match: { method: 'POST', path: '/graphql' } });
    expect((await fixture.open({ version: 'v1.2.0' })).reasonCode).toBe('unchanged');
  });

  test('a run that changes nothing makes no write', async () => {
    await fixture.bump('v1.1.0');
    const first = await fixture.count(() => fixture.open({ reviewers: 'mona' }));
    expect(first.requests).toBeLessThanOrEqual(25);
    expect(first.writes).toBeLessThanOrEqual(10);
    let code = '';
    const second = await fixture.count(async () => {
      code = (await fixture.open({ reviewers: 'mona' })).reasonCode;
    });
    expect(code).toBe('unchanged');
    expect(second.writes).toBe(0);
    expect(second.requests).toBeLessThanOrEqual(25);
  });

  test('a newer version on the branch refreshes the same pull request and ends the older record', async () => {
    await fixture.bump('v1.1.0');
    await fixture.open();
    await fixture.release('v1.2.0', 'fix: thoughts stay deleted (#8)');
    await fixture.bump('v1.2.0');
    const report = await fixture.open({ version: 'v1.2.0' });
    expect(report.outputs).toMatchObject({ operation: 'updated', number: 1, previousVersion: 'v1.0.0' });
    const [pull] = fixture.pulls();
    expect(pull?.title).toBe('Deploy thoughts-backend v1.2.0 to staging');
    expect(pull?.body).toContain('thoughts stay deleted');
    expect(parseDeployMarker(pull?.body ?? '')?.version).toBe('v1.2.0');
    const states = fixture.github.records(SOURCE).deployments.map(({ ref, statuses }) => [ref, statuses.at(-1)?.state]);
    expect(states).toEqual([
      ['v1.1.0', 'inactive'],
      ['v1.2.0', 'queued'],
    ]);
  });

  test('a title stays as a reviewer left it while it is true, and no longer', async () => {
    await fixture.bump('v1.1.0');
    const title = '{service} {previous-version} -> {version} in {environment}';
    await fixture.open({ title });
    const [pull] = fixture.pulls();
    if (pull === undefined) throw new Error('no pull request');
    pull.title = `HOLD: ${pull.title}`;
    await fixture.open({ title });
    expect(pull.title).toBe('HOLD: thoughts-backend v1.0.0 -> v1.1.0 in staging');
    await fixture.open({ title, mode: 'hotfix', reason: 'it is down' });
    expect(pull.title).toBe('thoughts-backend v1.0.0 -> v1.1.0 in staging');
    await fixture.github.commit(GITOPS, {
      branch: 'main',
      message: 'v1.0.5',
      files: { 'clusters/staging/app.yaml': manifest('v1.0.5') },
    });
    await fixture.open({ title, mode: 'hotfix', reason: 'it is down' });
    expect(pull.title).toBe('thoughts-backend v1.0.5 -> v1.1.0 in staging');
  });

  test('a dry run decides and writes nothing', async () => {
    await fixture.bump('v1.1.0');
    const { writes } = await fixture.count(async () => {
      const report = await fixture.open({ 'dry-run': 'true' });
      expect(report).toMatchObject({ reasonCode: 'dry-run', outputs: { direction: 'forward', risk: 'low' } });
      expect(report.summary).toContain('thoughts can be deleted');
    });
    expect(writes).toBe(0);
  });
});

describe('when there is nothing to deploy', () => {
  test('bump-gitops-image changed nothing and made no branch', async () => {
    const report = await fixture.open({ version: 'v1.0.0', changes: '[]' });
    expect(report).toMatchObject({ reasonCode: 'already-deployed', outputs: { operation: 'unchanged' } });
    expect(fixture.pulls()).toEqual([]);
  });

  test('the base has the version by now', async () => {
    await fixture.bump('v1.1.0');
    const files = { 'clusters/staging/app.yaml': manifest('v1.1.0') };
    await fixture.github.commit(GITOPS, { branch: 'main', message: 'by hand', files });
    expect((await fixture.open()).reasonCode).toBe('already-deployed');
  });

  test('the branch has been taken over by a newer version', async () => {
    await fixture.bump('v1.2.0');
    expect((await fixture.open({ version: 'v1.1.0' })).reasonCode).toBe('overtaken');
  });
});

describe('what is refused', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a branch that is not there', { branch: 'deploy/none' }, 'branch-not-found'],
    ['a base that is not there', { base: 'trunk' }, 'base-not-found'],
    [
      'a base that is not there, also where bump-gitops-image changed nothing',
      { base: 'trunk', changes: '[]' },
      'base-not-found',
    ],
    ['another version than the branch has', { version: 'v1.3.0' }, 'version-not-on-branch'],
    ['another image than the branch changes', { image: 'ghcr.io/acme/other' }, 'version-not-on-branch'],
    ['a version that nobody verified', { mode: 'promote', 'require-verified-in': 'demo' }, 'not-verified'],
  ])('%s', async (_, inputs, reasonCode) => {
    await fixture.bump('v1.1.0');
    const { writes } = await fixture.count(() => expect(fixture.open(inputs)).rejects.toMatchObject({ reasonCode }));
    expect(writes).toBe(0);
  });

  test('an older version without mode rollback', async () => {
    await fixture.github.commit(GITOPS, {
      branch: 'main',
      message: 'v1.2.0',
      files: { 'clusters/staging/app.yaml': manifest('v1.2.0') },
    });
    await fixture.release('v1.2.0', 'feat: newer');
    await fixture.bump('v1.1.0');
    await expect(fixture.open()).rejects.toMatchObject({ reasonCode: 'would-roll-back' });
    const report = await fixture.open({ mode: 'rollback', reason: 'it is slow' });
    expect(report.outputs).toMatchObject({ operation: 'created', direction: 'rollback', previousVersion: 'v1.2.0' });
    const [pull] = fixture.pulls();
    expect(pull?.title).toBe('Roll back thoughts-backend to v1.1.0 in staging');
    expect(pull?.body).toContain('What is taken back');
    expect(pull?.body).toContain('newer');
    expect(pull?.labels).toEqual(['rollback']);
  });

  test('a base that shares no history with the branch', async () => {
    await fixture.bump('v1.1.0');
    const message = `No common ancestor between main and ${BRANCH}.`;
    const body = { message, documentation_url: 'https://docs.github.com/rest', status: '404' };
    fixture.github.faults.add({ kind: 'status', status: 404, body, match: { method: 'GET', path: /\/compare\// } });
    await expect(fixture.open()).rejects.toMatchObject({ reasonCode: 'base-not-found', message });
  });

  test('a pull request that a person opened from the branch', async () => {
    await fixture.bump('v1.1.0');
    await fixture.open({}, { token: fixture.github.tokens.admin });
    await expect(fixture.open()).rejects.toMatchObject({ reasonCode: 'foreign-pull-request' });
  });
});
