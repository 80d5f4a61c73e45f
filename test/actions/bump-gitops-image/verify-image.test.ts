import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';
import { runStep } from '../../support/run-step.ts';
import { type BumpFixture, startBumpFixture } from './bump-fixture.ts';

let fixture: BumpFixture;
let registry: RegistrySandbox;
let worktree = '';

beforeEach(async () => {
  registry = await startRegistry();
  fixture = await startBumpFixture({ 'a.md': 'a' });
  worktree = join(fixture.folder, 'checkout');
  await mkdir(worktree);
  await writeFile(join(worktree, 'a.yaml'), `image: ${registry.host}/acme/api:v1\n`);
});

afterEach(async () => {
  await registry.close();
  await fixture.close();
});

const push = () => registry.pushImage({ repository: 'acme/api', tag: 'v2', files: { 'a.txt': 'a' } });
const order = () => ({ image: `${registry.host}/acme/api`, tag: 'v2', files: 'a.yaml' });
const textOf = () => readFile(join(worktree, 'a.yaml'), 'utf8');

describe('wait-for-image', () => {
  test('asks until the image is there', async () => {
    let now = 0;
    const sleep = async (ms: number) => {
      now += ms;
      if (now >= 20_000) await push();
    };
    const timer = { now: () => now, random: () => 0, sleep };
    const report = await fixture.bump({ ...order(), 'wait-for-image': '10m' }, { worktree, timer });
    expect(report.reasonCode).toBe('bumped');
    expect(now).toBe(20_000);
  });

  test('ends with its time, and nothing is written', async () => {
    let now = 0;
    const sleep = async (ms: number) => {
      now += ms;
    };
    const timer = { now: () => now, random: () => 0, sleep };
    await expect(fixture.bump({ ...order(), 'wait-for-image': '60' }, { worktree, timer })).rejects.toMatchObject({
      reasonCode: 'image-not-found',
    });
    expect(now).toBe(60_000);
    expect(await textOf()).toContain(':v1');
  });
});

test('a digest to compare with has to be given', async () => {
  await expect(fixture.bump({ ...order(), 'verify-image': 'digest' }, { worktree })).rejects.toMatchObject({
    reasonCode: 'bad-input',
    message: expect.stringContaining('`digest` needs the digest of'),
  });
});

test('latest is allowed with its digest', async () => {
  const digest = await registry.pushImage({ repository: 'acme/api', tag: 'latest', files: { 'a.txt': 'a' } });
  const given = { ...order(), tag: 'latest', digest, 'verify-image': 'digest', 'pin-digest': 'always' };
  await expect(fixture.bump(given, { worktree })).rejects.toMatchObject({ reasonCode: 'not-a-version' });
  await fixture.bump({ ...given, 'allow-downgrade': 'true', reason: 'a trial' }, { worktree });
  expect(await textOf()).toBe(`image: ${registry.host}/acme/api:latest@${digest}\n`);
});

describe('the bundle', () => {
  beforeEach(async () => {
    await push();
    Object.assign(registry.settings, { challenge: 'basic', anonymousPull: false });
  });

  const step = (inputs: Record<string, string>, env: Record<string, string> = {}) =>
    runStep(
      'bump-gitops-image',
      { ...order(), 'verify-image': 'exists', ...inputs },
      { context: { token: '', github: { REPOSITORY: 'acme/gitops', WORKSPACE: worktree }, env } },
    );

  test('logs in with the inputs, and shows the password nowhere', async () => {
    const { username, password } = registry.credentials;
    const result = await step({ 'registry-username': username, 'registry-password': password });
    expect(result.outputs['reason-code']).toBe('bumped');
    const wrong = await step({ tag: 'v3', 'registry-username': username, 'registry-password': 'wrong-password' });
    expect(wrong.outputs['reason-code']).toBe('registry-denied');
    expect(result.log + result.summary + wrong.log + wrong.summary).not.toMatch(
      new RegExp(`${password}|wrong-password`),
    );
  });

  test('logs in with what docker login left', async () => {
    const { username, password } = registry.credentials;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    await writeFile(join(fixture.folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const result = await step({}, { DOCKER_CONFIG: fixture.folder });
    expect(result.outputs).toMatchObject({ 'reason-code': 'bumped', requests: '2' });
  });
});
