import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

test('the second step of a release with assets finds the tag of the first by its version, also that of a channel', async () => {
  await service.run();
  await service.commit('feat: a');
  const one = await service.run({ with: { release: 'draft', prerelease: 'beta' } });
  expect(one.report.outputs).toMatchObject({ created: true, tag: 'v0.2.0-beta.1' });
  expect(one.report.outputs.releaseUrl).not.toBe('');
  const version = String(one.report.outputs.version);
  const two = await service.run({ with: { release: 'publish', version } });
  expect(two.report.outputs).toMatchObject({ created: false, tag: 'v0.2.0-beta.1' });
  expect(Object.keys(service.tags())).toEqual(['v0.1.0', 'v0.2.0-beta.1']);
  const { releases } = service.github.records(service.repository);
  expect(releases).toMatchObject([{ tag: 'v0.2.0-beta.1', draft: false, prerelease: true }]);
});

const version = (text: string) => service.run({ with: { version: text, branches: 'main\nold' } });

/** A commit on a branch that leaves the trunk at `parent`, to run on. */
async function onBranch(parent: string, message = 'fix: old') {
  return { sha: await service.commit(message, { branch: 'old', parents: [parent] }), ref: 'refs/heads/old' };
}

describe('an explicit version', () => {
  test('below one that the commit contains is refused, at one more comparison', async () => {
    await version('1.4.0');
    await service.commit('fix: a');
    service.github.requests.clear();
    await expect(version('1.3.0')).rejects.toMatchObject({
      reasonCode: 'out-of-order',
      message: expect.stringContaining('v1.4.0'),
      remedy: expect.stringContaining('`version`'),
    });
    expect(service.github.requests.count()).toBe(2);
    expect(Object.keys(service.tags())).toEqual(['v1.4.0']);
  });

  test.each(['1.3.5', '1.3.9'])(
    '%s is refused although a maintenance branch has the versions around it',
    async (text) => {
      const start = String((await version('1.3.4')).report.outputs.sha);
      await service.commit('feat: a');
      await version('1.4.0');
      const fix = await onBranch(start);
      for (const maintenance of ['1.3.6', '1.3.8'])
        await service.run({ ...fix, with: { version: maintenance, branches: 'old' } });
      await service.commit('fix: b');
      await expect(version(text)).rejects.toMatchObject({ reasonCode: 'out-of-order' });
    },
  );

  test('below a contained one of the same maintenance branch is refused, too', async () => {
    const start = String((await version('1.0.0')).report.outputs.sha);
    await service.commit('feat!: a');
    await version('2.0.0');
    const fix = await onBranch(start);
    await service.run({ ...fix, with: { version: '1.0.5', branches: 'old' } });
    const next = await onBranch(fix.sha);
    const run = (text: string) => service.run({ ...next, with: { version: text, branches: 'old' } });
    await expect(run('1.0.3')).rejects.toMatchObject({ reasonCode: 'out-of-order' });
    expect((await run('1.0.6')).report.outputs).toMatchObject({ created: true, previousTag: 'v1.0.5' });
  });

  test('must be above the tags that the commit lacks, or below the next of them', async () => {
    await version('1.0.0');
    const base = await service.commit('fix: a');
    await service.run({ ...(await onBranch(base)), with: { version: '1.2.0', branches: 'old' } });
    await service.run({ ...(await onBranch(base, 'feat: b')), with: { version: '1.4.0', branches: 'old' } });
    await service.commit('fix: c');
    await expect(version('1.3.0')).rejects.toMatchObject({ reasonCode: 'diverged' });
    expect((await version('1.1.0')).report.outputs).toMatchObject({ created: true, previousTag: 'v1.0.0' });
  });

  test('of an older commit is superseded by the one that contains it, also when the run is repeated', async () => {
    await version('1.0.0');
    const old = await service.commit('fix: a');
    await service.commit('feat!: b');
    await version('2.0.0');
    const run = { sha: old, with: { version: '1.0.1' } };
    for (const created of [true, false]) {
      const { outputs } = (await service.run(run)).report;
      expect(outputs).toMatchObject({ created, tag: 'v1.0.1', superseded: true, supersedingTag: 'v2.0.0' });
    }
    await expect(service.run({ sha: old, with: { version: '2.1.0' } })).rejects.toMatchObject({
      reasonCode: 'out-of-order',
    });
  });

  test('above all tags is what starts a history anew, as the refusal of the next version says', async () => {
    await version('1.0.0');
    const sha = await service.commit('feat: elsewhere', { branch: 'orphan', parents: [] });
    const run = (more: Record<string, string>) =>
      service.run({ sha, ref: 'refs/heads/orphan', with: { branches: 'orphan', ...more } });
    await expect(run({})).rejects.toMatchObject({ remedy: expect.stringContaining('`version` above all tags') });
    expect((await run({ version: '2.0.0' })).report.outputs).toMatchObject({ created: true, previousTag: undefined });
  });

  test('follows the version before it on its own channel', async () => {
    await version('1.0.0');
    await service.commit('feat: a');
    await version('1.1.0-rc.1');
    await service.commit('fix: b');
    expect((await version('1.1.0-rc.2')).report.outputs).toMatchObject({ previousTag: 'v1.1.0-rc.1' });
    for (const created of [true, false]) {
      expect((await version('1.1.0')).report.outputs).toMatchObject({ created, previousTag: 'v1.0.0' });
    }
  });
});

describe('the latest release', () => {
  async function latest(): Promise<string> {
    const url = `${service.github.apiUrl}/repos/${service.repository}/releases/latest`;
    const answer = await fetch(url, { headers: { authorization: `token ${service.github.tokens.admin}` } });
    return String(((await answer.json()) as { tag_name?: string }).tag_name);
  }

  test('stays where it is when a lower version is published beside it', async () => {
    const start = String((await version('1.0.0')).report.outputs.sha);
    await service.commit('feat!: a');
    await service.run({ with: { version: '2.0.0', release: 'publish' } });
    await service.run({
      ...(await onBranch(start)),
      with: { version: '1.0.1', release: 'publish', branches: 'old' },
    });
    expect(await latest()).toBe('v2.0.0');
  });

  test('is the next version also after one that was left behind on another branch', async () => {
    await service.run({ with: { version: '1.2.0', release: 'publish' } });
    const base = await service.commit('fix: a');
    await service.run({ ...(await onBranch(base)), with: { version: '1.3.0', branches: 'old' } });
    await service.commit('feat: b');
    const { outputs } = (await service.run({ with: { release: 'publish' } })).report;
    expect([outputs.tag, await latest()]).toEqual(['v1.3.1', 'v1.3.1']);
  });
});
