import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectGitHub } from '#shared/github/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { connectRegistry } from '#shared/registry/registry.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer } from '#shared/retry.ts';
import { inputSpec } from '../../../actions/bump-gitops-image/src/inputs.ts';
import { run } from '../../../actions/bump-gitops-image/src/run.ts';
import { recordingRunner } from '../../support/recording-runner.ts';
import { type DeployFixture, GITOPS, IMAGE, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
});
afterEach(() => fixture.close());

/** bump-gitops-image as the workflow runs it before open-deploy-pr. */
async function bump(tag: string, inputs: Record<string, string> = {}) {
  const { apiUrl, graphqlUrl, tokens } = fixture.github;
  const given = {
    ...{ token: tokens.app, repository: GITOPS, write: 'branch', image: IMAGE, tag, files: 'clusters/staging/**' },
    ...{ service: 'thoughts-backend', environment: 'staging', ...inputs },
  };
  const variables = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const meter = new RequestMeter();
  const { outputs } = await run(readInputs(inputSpec, Object.fromEntries(variables)), {
    runner: recordingRunner(),
    github: connectGitHub({ token: tokens.app, apiUrl, graphqlUrl, meter, log: () => undefined }),
    registry: connectRegistry({ credentials: async () => undefined, meter, timer: systemTimer }),
    timer: systemTimer,
    worktree: '.',
  });
  return { changes: JSON.stringify(outputs.changes), branch: String(outputs.branch ?? '') };
}

test('bump and open, twice: the second round of both writes nothing', async () => {
  const report = await fixture.open(await bump('v1.1.0'));
  expect(report.outputs).toMatchObject({ operation: 'created', previousVersion: 'v1.0.0', direction: 'forward' });
  const { writes } = await fixture.count(async () => {
    expect((await fixture.open(await bump('v1.1.0'))).reasonCode).toBe('unchanged');
  });
  expect(writes).toBe(0);
});

test('a version and the flag that needs it are one pull request', async () => {
  const flags = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata:\n  BETA: "false"\n';
  await fixture.github.commit(GITOPS, {
    branch: 'main',
    message: 'flags',
    files: { 'clusters/staging/flags.yaml': flags },
  });
  const report = await fixture.open(await bump('v1.1.0', { set: 'configmap/flags#BETA=true' }));
  expect(report.outputs).toMatchObject({ operation: 'created', previousVersion: 'v1.0.0' });
  expect(fixture.pulls()[0]?.body).toContain('BETA');
});

test('a flag alone is a pull request of its own, and of the version that runs', async () => {
  const flags = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata:\n  BETA: "false"\n';
  const files = { 'clusters/staging/flags.yaml': flags };
  await fixture.github.commit(GITOPS, { branch: 'main', message: 'flags', files });
  const set = { image: '', tag: '', set: 'configmap/flags#BETA=true' };
  const version = 'v1.0.0';
  const report = await fixture.open({ version, ...(await bump('', set)) });
  expect(report.outputs).toMatchObject({ operation: 'created', previousVersion: version, direction: 'same' });
  expect(fixture.pulls()).toMatchObject([
    {
      title: 'Change settings of thoughts-backend v1.0.0 in staging',
      body: expect.stringContaining('settings change, the version stays'),
    },
  ]);
  const { writes } = await fixture.count(async () => {
    expect((await fixture.open({ version, ...(await bump('', set)) })).reasonCode).toBe('unchanged');
  });
  expect(writes).toBe(0);
  const merged = await fixture.open({ version, ...(await bump('', set)), 'auto-merge': 'now' });
  expect(merged).toMatchObject({ outputs: { operation: 'merged' } });
  expect(merged.failure).toBeUndefined();
});

test('a flag alone is believed only where the branch changes nothing else', async () => {
  const flags = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata:\n  BETA: "false"\n  OTHER: "1"\n';
  const path = 'clusters/staging/flags.yaml';
  await fixture.github.commit(GITOPS, { branch: 'main', message: 'flags', files: { [path]: flags } });
  const { changes, branch } = await bump('', { image: '', tag: '', set: 'configmap/flags#BETA=true' });
  const more = flags.replace('"false"', '"true"').replace('"1"', '"2"');
  await fixture.github.commit(GITOPS, { branch, message: 'by hand', files: { [path]: more } });
  await expect(fixture.open({ version: 'v1.0.0', changes, branch })).rejects.toMatchObject({
    reasonCode: 'version-not-on-branch',
  });
});

test('a newer version while the pull request is open: one pull request, rebuilt on the base', async () => {
  await fixture.open(await bump('v1.1.0'));
  await fixture.release('v1.2.0', 'feat: next');
  const report = await fixture.open({ version: 'v1.2.0', ...(await bump('v1.2.0')) });
  expect(report.outputs).toMatchObject({ operation: 'updated', number: 1, previousVersion: 'v1.0.0' });
});

test('merged, and run again: bump changes nothing and there is nothing to deploy', async () => {
  await fixture.open({ ...(await bump('v1.1.0')), 'auto-merge': 'now' });
  fixture.github.records(GITOPS).refs.delete('refs/heads/deploy/staging/thoughts-backend');
  const again = await bump('v1.1.0');
  expect((await fixture.open(again)).reasonCode).toBe('already-deployed');
});

test('back to the older version', async () => {
  await fixture.open({ ...(await bump('v1.1.0')), 'auto-merge': 'now' });
  const back = await bump('v1.0.0', { 'allow-downgrade': 'true', reason: 'slow' });
  const report = await fixture.open({ ...back, version: 'v1.0.0', mode: 'rollback', reason: 'slow' });
  expect(report.outputs).toMatchObject({ operation: 'created', direction: 'rollback', previousVersion: 'v1.1.0' });
  expect(fixture.pulls()[0]?.body).toContain('thoughts can be deleted');
});
