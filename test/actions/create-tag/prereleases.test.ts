import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
  await service.run({ with: { version: '1.0.0' } });
});
afterEach(() => service.close());

/** Runs on a channel, `''` for a release, and gives the outputs. */
async function on(channel: string, more: Record<string, string> = {}) {
  return (await service.run({ with: { prerelease: channel, ...more } })).report.outputs;
}

describe('a prerelease that Release-As asks for', () => {
  test.each([
    ['rc', 'v2.0.0-rc.1'],
    ['beta', 'v2.0.0-beta.1'],
    ['', 'v2.0.0'],
  ])('gives channel %j its own version, and the release after it', async (channel, tag) => {
    await service.commit('chore: a\n\nRelease-As: 2.0.0-rc.1');
    expect(await on(channel)).toMatchObject({ tag, created: true });
    expect(await on('')).toMatchObject({ tag: 'v2.0.0', created: channel !== '' });
    await service.commit('fix: b');
    expect(await on('', { 'dry-run': 'true' })).toMatchObject({ tag: 'v2.0.1' });
  });
});

describe('the release of a commit that holds a higher prerelease', () => {
  beforeEach(async () => {
    await service.commit('docs: a');
    expect(await on('beta', { bump: 'major' })).toMatchObject({ tag: 'v2.0.0-beta.1' });
  });

  test('is not below it, on the same commit', async () => {
    service.github.requests.clear();
    const outputs = await on('');
    expect(outputs).toMatchObject({ tag: 'v2.0.0', bump: 'major', previousTag: 'v1.0.0' });
    expect(outputs.decision).toMatchObject({ because: 'it releases v2.0.0-beta.1' });
    expect(service.github.requests.count()).toBe(6);
  });

  test('is not below it, after more commits', async () => {
    await service.commit('feat: b');
    const outputs = await on('');
    expect(outputs.tag).toBe('v2.0.0');
    expect(outputs.decision).toMatchObject({ because: expect.stringContaining('as the commit holds v2.0.0-beta.1') });
  });

  test('is above it where the commits ask for more, at no more requests', async () => {
    await on('', { version: '2.0.0' });
    await service.commit('feat: b');
    await on('beta');
    await service.commit('feat!: c');
    service.github.requests.clear();
    expect(await on('')).toMatchObject({ tag: 'v3.0.0', previousTag: 'v2.0.0' });
    expect(service.github.requests.count()).toBe(5);
  });

  test('has nothing to do with prereleases of other branches', async () => {
    const parents = [await service.commitOf('v1.0.0')];
    const next = { sha: await service.commit('feat!: c', { branch: 'next', parents }), ref: 'refs/heads/next' };
    await service.run({ ...next, with: { version: '9.0.0-next.1', branches: 'next' } });
    await service.commit('fix: d');
    expect((await on('')).tag).toBe('v2.0.0');
  });
});

test('a channel counts on in its own way', async () => {
  await service.commit('feat: a');
  await on('rc', { version: '1.1.0-rc.0' });
  await service.commit('fix: b');
  expect((await on('rc')).tag).toBe('v1.1.0-rc.1');
  expect((await on('')).tag).toBe('v1.1.0');
  await service.commit('feat: c');
  expect((await on('rc')).tag).toBe('v1.2.0-rc.0');
  expect((await on('0')).tag).toBe('v1.2.0-0');
});

test('build metadata do not make another version, whose image would be the same', async () => {
  await service.commit('fix: a');
  const build = (version: string) => service.run({ with: { version } });
  await expect(build('1.0.0+build.2')).rejects.toMatchObject({ reasonCode: 'tag-on-another-commit' });
  expect((await build('1.0.1+build.3')).report.outputs).toMatchObject({ created: true, imageTag: 'v1.0.1' });
  expect((await build('1.0.1+build.10')).report.outputs).toMatchObject({ created: false, tag: 'v1.0.1+build.3' });
  await service.commit('fix: b');
  expect((await on('')).tag).toBe('v1.0.2');
});

test('what was asked for and not done is a warning, and in the decision and the summary', async () => {
  await service.commit('feat!: a');
  await service.commit('chore: b\n\nRelease-As: "1.1"');
  const { report } = await service.run({ with: { bump: 'minor', 'dry-run': 'true' } });
  expect(report.annotations).toMatchObject([{ level: 'warning', title: 'Breaking change overruled' }]);
  const auto = (await service.run()).report;
  expect(auto.annotations).toMatchObject([{ level: 'warning', title: 'Release-As not used' }]);
  expect(auto.outputs.decision).toMatchObject({ because: expect.stringContaining('"1.1" of commit') });
  expect(auto.summary).toContain('is no semantic version');
  const again = (await service.run({ with: { bump: 'minor' } })).report;
  expect(again).toMatchObject({ reasonCode: 'already-tagged', outputs: { tag: 'v2.0.0', bump: 'major' } });
  expect(again.annotations).toMatchObject([{ title: 'bump not used', message: expect.stringContaining('`version`') }]);
  expect((await service.run({ with: { bump: 'major' } })).report.annotations).toEqual([]);
});

test('a number at its limit ends with a reason', async () => {
  await service.run({ with: { version: '1.2.9007199254740991', sha: await service.commit('fix: a') } });
  await service.commit('fix: b');
  await expect(service.run()).rejects.toMatchObject({ reasonCode: 'no-valid-tag' });
  const long = { prefix: 'a-service/v', version: `1.0.0-${'a'.repeat(240)}` };
  await expect(service.run({ with: long })).rejects.toMatchObject({ reasonCode: 'no-valid-tag' });
});
