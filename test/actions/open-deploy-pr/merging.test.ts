import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RepositorySettings, Rule } from '../../sandbox/github/settings.ts';
import { type DeployFixture, GITOPS, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
});
afterEach(() => fixture.close());

const checks: Rule = { target: 'branch', pattern: 'main', requiredChecks: ['ci'] };
const reviews: Rule = { target: 'branch', pattern: 'main', requirePullRequest: { approvals: 1 } };
const queue: Rule = { target: 'branch', pattern: 'main', mergeQueue: true, requiredChecks: ['ci'] };

type Check = 'none' | 'pending' | 'success' | 'failure';

async function setCheck(sha: string, state: Check): Promise<void> {
  if (state === 'none') return;
  const { github } = fixture;
  await fetch(`${github.apiUrl}/repos/${GITOPS}/statuses/${sha}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${github.tokens.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ state, context: 'ci' }),
  });
}

async function openWith(
  settings: Partial<RepositorySettings>,
  { check = 'none' as Check, inputs = {} as Record<string, string> },
) {
  Object.assign(fixture.github.settings(GITOPS), settings);
  const sha = await fixture.bump('v1.1.0');
  await setCheck(sha, check);
  return fixture.open(inputs);
}

describe('auto-merge: auto', () => {
  const allowed = { allowAutoMerge: true };
  test.each<[string, Partial<RepositorySettings>, Check, Record<string, string>, string, string]>([
    ['not allowed by the repository', { rules: [checks] }, 'none', {}, 'blocked', 'auto-merge-not-allowed'],
    ['no rules to wait for', allowed, 'none', {}, 'blocked', 'no-branch-rules'],
    ['required check missing', { ...allowed, rules: [checks] }, 'none', {}, 'armed', 'armed'],
    ['required check pending', { ...allowed, rules: [checks] }, 'pending', {}, 'armed', 'armed'],
    ['required check failing', { ...allowed, rules: [checks] }, 'failure', {}, 'armed', 'armed'],
    ['required check green', { ...allowed, rules: [checks] }, 'success', {}, 'merged', 'merged'],
    ['review missing', { ...allowed, rules: [reviews] }, 'success', {}, 'armed', 'armed'],
    [
      'check that is not required fails',
      { ...allowed, rules: [{ ...reviews, requirePullRequest: {} }] },
      'failure',
      {},
      'blocked',
      'checks-unstable',
    ],
    ['queue and missing check', { ...allowed, rules: [queue] }, 'none', {}, 'armed', 'armed'],
    ['draft', { ...allowed, rules: [checks] }, 'none', { draft: 'true' }, 'blocked', 'draft'],
    [
      'method not allowed',
      { ...allowed, rules: [checks], allowSquashMerge: false },
      'none',
      {},
      'blocked',
      'merge-method-not-allowed',
    ],
    ['node not visible at once', { ...allowed, rules: [checks], nodeLag: 2 }, 'none', {}, 'armed', 'armed'],
  ])('%s', async (_, settings, check, inputs, operation, reasonCode) => {
    const report = await openWith(settings, { check, inputs: { 'auto-merge': 'auto', ...inputs } });
    expect(report.outputs.operation).toBe(operation);
    expect(report.reasonCode).toBe(reasonCode);
    expect(report.failure).toBeUndefined();
    const warned = (report.annotations ?? []).some(({ level }) => level === 'warning');
    expect(warned).toBe(operation === 'blocked');
  });

  test('armed already: the next run writes nothing', async () => {
    await openWith({ ...allowed, rules: [checks] }, { inputs: { 'auto-merge': 'auto' } });
    const { writes } = await fixture.count(async () => {
      expect((await fixture.open({ 'auto-merge': 'auto' })).reasonCode).toBe('unchanged');
    });
    expect(writes).toBe(0);
  });
});

describe('auto-merge: now', () => {
  test.each<[string, Partial<RepositorySettings>, Check, Record<string, string>, string, string]>([
    ['nothing in the way', {}, 'none', {}, 'merged', 'merged'],
    ['required check missing', { rules: [checks] }, 'none', {}, 'blocked', 'requirements-missing'],
    ['required check failing', { rules: [checks] }, 'failure', {}, 'blocked', 'requirements-missing'],
    ['required check green', { rules: [checks] }, 'success', {}, 'merged', 'merged'],
    ['review missing', { rules: [reviews] }, 'success', {}, 'blocked', 'requirements-missing'],
    ['a merge queue', { rules: [queue] }, 'success', {}, 'queued', 'queued'],
    ['a merge queue and missing check', { rules: [queue] }, 'none', {}, 'blocked', 'requirements-missing'],
    ['draft', {}, 'none', { draft: 'true' }, 'blocked', 'draft'],
    ['method not allowed', { allowSquashMerge: false }, 'none', {}, 'blocked', 'merge-method-not-allowed'],
  ])('%s', async (_, settings, check, inputs, operation, reasonCode) => {
    const report = await openWith(settings, { check, inputs: { 'auto-merge': 'now', ...inputs } });
    expect(report.outputs.operation).toBe(operation);
    expect(report.reasonCode).toBe(reasonCode);
  });

  test('after the merge the base has the version, and the next run finds nothing to do', async () => {
    await openWith({}, { inputs: { 'auto-merge': 'now' } });
    expect(fixture.pulls()).toEqual([]);
    expect((await fixture.open({ changes: '[]' })).reasonCode).toBe('already-deployed');
  });

  test('a lost answer is read again, not merged twice', async () => {
    fixture.github.faults.add({ kind: 'reset-after', match: { method: 'PUT', path: /\/merge$/ } });
    const report = await openWith({}, { inputs: { 'auto-merge': 'now' } });
    expect(report.outputs.operation).toBe('merged');
  });
});

describe('the token', () => {
  test('GITHUB_TOKEN opens it, and the notice says what does not start', async () => {
    await fixture.bump('v1.1.0');
    const report = await fixture.open({}, { token: fixture.github.tokens.workflow });
    expect(report.annotations).toMatchObject([
      {
        level: 'notice',
        message: expect.stringContaining('its checks wait until somebody with write access approves them'),
      },
    ]);
  });

  test('GITHUB_TOKEN that may not open pull requests: the error names the setting', async () => {
    fixture.github.settings(GITOPS).actionsMayCreatePullRequests = false;
    await fixture.bump('v1.1.0');
    await expect(fixture.open({}, { token: fixture.github.tokens.workflow })).rejects.toMatchObject({
      reasonCode: 'actions-may-not-create-pull-requests',
      remedy: expect.stringContaining('Allow GitHub Actions to create and approve pull requests'),
    });
  });

  test('a token that only reads', async () => {
    await fixture.bump('v1.1.0');
    await expect(fixture.open({}, { token: fixture.github.tokens.readOnly })).rejects.toMatchObject({
      reasonCode: 'missing-permission',
    });
    expect(fixture.pulls()).toEqual([]);
  });

  test('no right to write deployments is a warning, and the pull request is opened', async () => {
    await fixture.bump('v1.1.0');
    const report = await fixture.open({}, { sourceToken: fixture.github.tokens.readOnly });
    expect(report.outputs).toMatchObject({ operation: 'created', deploymentId: undefined });
    expect(report.annotations?.map(({ message }) => message).join()).toContain('refused a deployment record: 403');
  });

  test('code owners of the changed files are shown without a mention, and asked when wished', async () => {
    const text = '* @nobody\n/clusters/staging/ @mona @acme/platform ops@example.com\n';
    await fixture.github.commit(GITOPS, { branch: 'main', message: 'owners', files: { '.github/CODEOWNERS': text } });
    await fixture.bump('v1.1.0');
    await fixture.open();
    const owners = '**Code owners:** `@mona`, `@acme/platform`, `ops@example.com`';
    expect(fixture.pulls()[0]).toMatchObject({ body: expect.stringContaining(owners), requestedReviewers: [] });
    await fixture.open({ 'code-owners': 'request', reviewers: 'mona' });
    expect(fixture.pulls()[0]).toMatchObject({ requestedReviewers: [{ login: 'mona' }], requestedTeams: ['platform'] });
  });

  test('reviewers who cannot be asked do not take the others along', async () => {
    fixture.github.settings(GITOPS).notReviewers = ['stranger'];
    await fixture.bump('v1.1.0');
    const report = await fixture.open({
      reviewers: 'mona\nstranger\ntrunkline-bot[bot]',
      'team-reviewers': '@acme/platform',
    });
    expect(fixture.pulls()[0]).toMatchObject({ requestedReviewers: [{ login: 'mona' }], requestedTeams: ['platform'] });
    expect(report.annotations).toHaveLength(1);
  });
});
