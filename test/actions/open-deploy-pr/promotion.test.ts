import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeploymentState } from '#shared/github/deployments.ts';
import {
  BRANCH,
  type DeployFixture,
  fastTimer,
  finishDeployment,
  GITOPS,
  manifest,
  SOURCE,
  startDeployFixture,
} from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
});
afterEach(() => fixture.close());

const DIGEST = `sha256:${'1'.repeat(64)}`;
const promote = { environment: 'production', mode: 'promote', 'require-verified-in': 'staging' };

const finish = (id: unknown, state: DeploymentState) => finishDeployment(fixture.github, id, state);

async function deployToStaging(digest = ''): Promise<unknown> {
  await fixture.bump('v1.1.0', { digest });
  const report = await fixture.open({ 'auto-merge': 'now', digest });
  expect(report.reasonCode).toBe('merged');
  return report.outputs.deploymentId;
}

describe('promotion', () => {
  test('production takes what staging verified, and says since when', async () => {
    await finish(await deployToStaging(DIGEST), 'success');
    await fixture.bump('v1.1.0', { environment: 'production', digest: DIGEST });
    const report = await fixture.open({ ...promote, digest: DIGEST });
    expect(report.outputs).toMatchObject({ operation: 'created', branch: 'deploy/production/thoughts-backend' });
    expect(fixture.pulls()).toMatchObject([{ title: 'Promote thoughts-backend v1.1.0 to production' }]);
    expect(fixture.pulls()[0]?.body).toContain('| verified | in `staging` since ');
    expect(fixture.pulls()[0]?.body).toContain(DIGEST);
  });

  test.each<[string, DeploymentState[]]>([
    ['is still rolling out', ['in_progress']],
    ['failed', ['in_progress', 'failure']],
    ['failed after it had been verified', ['success', 'failure']],
  ])('not what %s there', async (_, states) => {
    const id = await deployToStaging();
    for (const state of states) await finish(id, state);
    await fixture.bump('v1.1.0', { environment: 'production' });
    await expect(fixture.open(promote)).rejects.toMatchObject({ reasonCode: 'not-verified' });
    const report = await fixture.open({ ...promote, mode: 'hotfix' });
    expect(report.outputs.risk).toBe('high');
    expect(fixture.pulls()[0]).toMatchObject({ labels: ['hotfix'] });
    expect(fixture.pulls()[0]?.body).toContain('It did not wait to be verified in `staging`');
  });

  test('not what failed when it was deployed there once more', async () => {
    await finish(await deployToStaging(), 'success');
    const files = { 'clusters/staging/app.yaml': `${manifest('v1.1.0')}# more\n` };
    await fixture.github.commit(GITOPS, { branch: BRANCH, message: 'settings', files });
    const changes = JSON.stringify([{ file: 'clusters/staging/app.yaml', line: 11, style: 'setting' }]);
    const again = await fixture.open({ 'auto-merge': 'now', changes });
    await finish(again.outputs.deploymentId, 'failure');
    await fixture.bump('v1.1.0', { environment: 'production' });
    await expect(fixture.open(promote)).rejects.toMatchObject({ reasonCode: 'not-verified' });
  });

  test('not another digest of the same version', async () => {
    await finish(await deployToStaging(DIGEST), 'success');
    const other = `sha256:${'2'.repeat(64)}`;
    await fixture.bump('v1.1.0', { environment: 'production', digest: other });
    await expect(fixture.open({ ...promote, digest: other })).rejects.toMatchObject({ reasonCode: 'not-verified' });
    await expect(fixture.open({ ...promote, digest: DIGEST })).rejects.toMatchObject({ reasonCode: 'digest-mismatch' });
  });

  test('not before it has soaked', async () => {
    await finish(await deployToStaging(), 'success');
    await fixture.bump('v1.1.0', { environment: 'production' });
    const soak = { ...promote, 'min-soak': '2h' };
    await expect(fixture.open(soak)).rejects.toMatchObject({ reasonCode: 'soaking' });
    const later = { ...fastTimer, now: () => Date.now() + 3 * 3600 * 1000 };
    expect((await fixture.open(soak, { timer: later })).reasonCode).toBe('created');
  });
});

describe('rolling back', () => {
  test('the pull request names the last version that the environment verified', async () => {
    await finish(await deployToStaging(), 'success');
    await fixture.release('v1.2.0', 'fix: more');
    await fixture.github.commit(GITOPS, {
      branch: 'again',
      message: 'v1.2.0',
      files: { 'clusters/staging/app.yaml': manifest('v1.2.0') },
    });
    const report = await fixture.open({ version: 'v1.2.0', branch: 'again' });
    expect(report.outputs.previousVersion).toBe('v1.1.0');
    expect(fixture.pulls()[0]?.body).toContain('The last version that was verified in `staging` is `v1.1.0`');
  });

  test('the same step a second time is a deployment of its own', async () => {
    const first = await deployToStaging();
    await finish(first, 'success');
    await fixture.github.commit(GITOPS, {
      branch: 'main',
      message: 'back',
      files: { 'clusters/staging/app.yaml': manifest('v1.0.0') },
    });
    await fixture.github.commit(GITOPS, {
      branch: 'again',
      message: 'v1.1.0',
      files: { 'clusters/staging/app.yaml': manifest('v1.1.0') },
    });
    const report = await fixture.open({ branch: 'again' });
    expect(report.outputs.operation).toBe('created');
    expect(report.outputs.deploymentId).not.toBe(first);
  });
});

describe('what the service changed', () => {
  test('migrations and flags between the versions are found, and may be refused together with code', async () => {
    const files = { 'db/migrate/1_add.rb': 'x\n', 'src/b.ts': 'x\n', 'config/flags.yaml': 'x\n' };
    await fixture.release('v1.2.0', 'feat!: tables', files);
    await fixture.bump('v1.2.0');
    const inputs = { version: 'v1.2.0', 'flag-paths': 'config/flags*.yaml' };
    await expect(fixture.open({ ...inputs, 'migration-policy': 'separate' })).rejects.toMatchObject({
      reasonCode: 'migration-not-separate',
    });
    const report = await fixture.open(inputs);
    expect(report.outputs).toMatchObject({ migrations: ['db/migrate/1_add.rb'], risk: 'high' });
    expect(fixture.pulls()[0]?.body).toContain('- `config/flags.yaml`');
  });

  test('a repository without the tags still gets a pull request that says so', async () => {
    await fixture.bump('v7.0.0');
    const report = await fixture.open({ version: 'v7.0.0' });
    expect(report.outputs).toMatchObject({ operation: 'created', direction: 'forward', deploymentId: undefined });
    expect(report.annotations?.[0]?.message).toContain('has no tag for v7.0.0');
    expect(fixture.pulls()[0]?.body).toContain('could not be read');
    const { writes } = await fixture.count(() => fixture.open({ version: 'v7.0.0' }));
    expect(writes).toBe(0);
  });

  test('tags of a monorepo, with the service in front', async () => {
    const { github } = fixture;
    const tag = (version: string) => github.records(SOURCE).refs.get(`refs/tags/${version}`) ?? '';
    github.addRefs(SOURCE, {
      'refs/tags/thoughts-backend/v2.0.0': tag('v1.0.0'),
      'refs/tags/thoughts-backend/v2.1.0': tag('v1.1.0'),
    });
    await github.commit(GITOPS, {
      branch: 'main',
      message: 'x',
      files: { 'clusters/staging/app.yaml': manifest('v2.0.0') },
    });
    await fixture.bump('v2.1.0');
    await fixture.open({ version: 'v2.1.0' });
    expect(github.records(SOURCE).deployments).toMatchObject([{ ref: 'thoughts-backend/v2.1.0' }]);
    expect(fixture.pulls()[0]?.body).toContain('compare/thoughts-backend%2Fv2.0.0...thoughts-backend%2Fv2.1.0');
  });

  test('500 commits cost at most 12 reads more', async () => {
    await fixture.bump('v1.1.0');
    const few = await fixture.count(() => fixture.open({ 'dry-run': 'true' }));
    for (let index = 1; index < 499; index++) {
      await fixture.github.commit(SOURCE, {
        branch: 'main',
        message: `fix: ${index}`,
        files: { 'a.txt': `${index}\n` },
      });
    }
    await fixture.release('v1.2.0', 'feat: last');
    await fixture.github.commit(GITOPS, {
      branch: BRANCH,
      message: 'x',
      files: { 'clusters/staging/app.yaml': manifest('v1.2.0') },
    });
    const many = await fixture.count(() => fixture.open({ version: 'v1.2.0', 'dry-run': 'true' }));
    expect(many.requests - few.requests).toBeLessThanOrEqual(12);
    const whole = await fixture.count(async () => {
      expect((await fixture.open({ version: 'v1.2.0' })).summary).toContain('[500 commits]');
    });
    expect(whole.requests).toBeLessThanOrEqual(25 + 12);
    expect(whole.writes).toBeLessThanOrEqual(10);
    expect(fixture.pulls()[0]?.body?.length).toBeLessThanOrEqual(65_536);
  });
});
