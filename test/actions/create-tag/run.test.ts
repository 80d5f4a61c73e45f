import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

const execute = promisify(execFile);
let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

async function git(...args: string[]): Promise<string> {
  const { folder } = service.github.records(service.repository).git;
  const { stdout } = await execute('git', ['-C', folder, ...args]);
  return stdout;
}

describe('the main path', () => {
  test('the first version needs no commit of any type', async () => {
    const { report, requests } = await service.run();
    expect(report.outputs).toMatchObject({ created: true, tag: 'v0.1.0', version: '0.1.0', imageTag: 'v0.1.0' });
    // One more than later ones: whether the service has versions under another prefix.
    expect(requests).toBe(6);
    expect(Object.keys(service.tags())).toEqual(['v0.1.0']);
  });

  test('the next version follows from the commits since the highest tag', async () => {
    await service.run();
    const fix = await service.run({ sha: await service.commit('fix: a') });
    expect(fix.report.outputs).toMatchObject({
      tag: 'v0.1.1',
      previousTag: 'v0.1.0',
      bump: 'patch',
      reason: 'created',
    });
    await service.commit('docs: b');
    await service.commit('feat(api): c (#7)');
    const feat = await service.run({ sha: await service.commit('fix: d') });
    expect(feat.report.outputs).toMatchObject({ version: '0.2.0', major: 0, minor: 2, patch: 0, bump: 'minor' });
    expect(feat.report.outputs.notes).toContain(
      '### Features\n\n- **api:** c ([#7](https://github.com/acme/service/pull/7))',
    );
    expect(feat.report.summary).toContain('1 commit asks for minor');
  });

  test('what a bot quotes in the body of a commit makes neither version nor notes', async () => {
    await service.run();
    const message = 'fix(deps): bump a\n\nBREAKING CHANGE: of a\n\nfeat: also of a';
    const sha = await service.commit(message, { login: 'Renovate[bot]' });
    const { outputs } = (await service.run({ sha })).report;
    expect(outputs.version).toBe('0.1.1');
    expect(outputs.notes).toMatch(/^### Fixes\n\n- \*\*deps:\*\* bump a \S+$/);
  });

  test.each([
    ['header', '0.1.1', false],
    ['anywhere', '0.2.0', true],
  ])('the notes tell what breaks where the version says so: %s', async (breaking, version, told) => {
    await service.run();
    const sha = await service.commit('fix: a\n\n* BREAKING CHANGE: b');
    const { outputs } = (await service.run({ sha, with: { breaking } })).report;
    expect(outputs.version).toBe(version);
    expect(String(outputs.notes).includes('Breaking changes')).toBe(told);
  });

  test('the tag is annotated, on the commit, dated like the commit, and whole for git', async () => {
    const { report } = await service.run({ with: { message: 'Release {version}' } });
    const { sha, tag, tagObjectSha } = report.outputs;
    expect(service.tags()).toEqual({ [String(tag)]: tagObjectSha });
    expect((await git('rev-parse', `${tag}^{commit}`)).trim()).toBe(sha);
    expect(await git('cat-file', 'tag', String(tag))).toContain('Release 0.1.0');
    const tagged = await git('for-each-ref', '--format=%(taggerdate:unix)', `refs/tags/${tag}`);
    expect(tagged).toBe(await git('log', '-1', '--format=%ct', String(sha)));
    await git('fsck', '--strict');
  });

  test('no commit that asks for a version makes none', async () => {
    await service.run();
    const { report } = await service.run({ sha: await service.commit('docs: a') });
    expect(report).toMatchObject({ reasonCode: 'no-changes', outputs: { created: false, previousTag: 'v0.1.0' } });
    expect(Object.keys(service.tags())).toEqual(['v0.1.0']);
  });
});

describe('what it costs', () => {
  test.each([10, 20_000])('with %i tags a dry run reads twice, and a tag takes five requests', async (count) => {
    const first = await service.commit('fix: start');
    const tags = Array.from({ length: count }, (_, index) => [`refs/tags/v1.0.${index}`, first]);
    service.github.addRefs(service.repository, Object.fromEntries(tags));
    const sha = await service.commit('fix: a');
    service.github.requests.clear();
    const dry = await service.run({ sha, with: { 'dry-run': 'true' } });
    expect(dry.report).toMatchObject({ reasonCode: 'dry-run', outputs: { tag: `v1.0.${count}`, created: false } });
    expect([dry.requests, service.github.requests.count(), service.github.requests.writes().length]).toEqual([2, 2, 0]);
    const real = await service.run({ sha });
    expect(real.report.outputs).toMatchObject({ tag: `v1.0.${count}`, created: true });
    expect(real.requests).toBeLessThanOrEqual(5);
  });

  test('ten runs again find the same tag and the same object and write nothing', async () => {
    const { report } = await service.run();
    service.github.requests.clear();
    for (let again = 0; again < 10; again++) {
      const { report: found } = await service.run();
      expect(found).toMatchObject({ reasonCode: 'already-tagged', outputs: { tag: 'v0.1.0', created: false } });
      expect(found.outputs.tagObjectSha).toBe(report.outputs.tagObjectSha);
    }
    expect(service.github.requests.writes()).toEqual([]);
    expect(service.tags()).toEqual({ 'v0.1.0': report.outputs.tagObjectSha });
  });

  test('a run again tells the same about the tag, also when a maintenance version came in between', async () => {
    await service.run({ with: { version: '1.4.0' } });
    await service.commit('feat!: a');
    const { report, runner } = await service.run();
    const from = { branch: '1.x', parents: [await service.commitOf('v1.4.0')] };
    const sha = await service.commit('fix: old', from);
    await service.run({ sha, ref: 'refs/heads/1.x', with: { 'branch-rules': '1.x' } });
    const again = await service.run({ sha: runner.context.sha });
    const { created, reason, decision, ...same } = report.outputs;
    expect(again.report.outputs).toMatchObject({ created: false, reason: 'already-tagged', ...same });
    expect([created, reason, decision]).toMatchObject([true, 'created', { base: 'v1.4.0', bump: 'major' }]);
    const { outcome, because, ...decided } = decision as { outcome: string; because: string };
    expect(again.report.outputs.decision).toMatchObject(decided);
    expect(decided).toMatchObject({ commits: [{ header: 'feat!: a', bump: 'major' }], deciding: [report.outputs.sha] });
  });

  test('a run again tells the step also where the commits did not decide it', async () => {
    await service.run();
    await service.commit('fix: a');
    for (const created of [true, false]) {
      const { outputs } = (await service.run({ with: { version: '2.3.4' } })).report;
      expect(outputs).toMatchObject({ created, bump: 'major', decision: { deciding: [], commitCount: 1 } });
    }
    expect((await service.run()).report.outputs).toMatchObject({ bump: 'major', decision: { deciding: [] } });
  });

  test.each<[string, string[]]>([
    ['on the commit of the prerelease', []],
    ['after it', ['feat: b']],
  ])(
    'a run again tells the same about the first release, %s, when there were prereleases only',
    async (_, messages) => {
      await service.run({ with: { prerelease: 'rc' } });
      for (const message of messages) await service.commit(message);
      const { created, reason, decision, ...same } = (await service.run()).report.outputs;
      expect([created, same.tag, same.previousTag]).toEqual([true, 'v0.1.0', 'v0.1.0-rc.1']);
      for (const prerelease of ['', 'rc']) {
        const again = await service.run({ with: { prerelease } });
        expect(again.report.outputs).toMatchObject({ created: false, ...same });
      }
      expect([reason, decision]).toMatchObject(['created', { base: 'v0.1.0-rc.1' }]);
    },
  );

  test('more than 250 commits are all read', async () => {
    await service.run();
    await service.commit('feat: the oldest');
    for (let index = 0; index < 260; index++) await service.commit('docs: a');
    const { report } = await service.run({ sha: await service.commit('fix: the newest') });
    expect(report.outputs).toMatchObject({ version: '0.2.0', bump: 'minor' });
  });
});

describe('where the commit lies', () => {
  test('an older commit finds its own tag again, superseded by the newer one', async () => {
    const old = await service.run();
    await service.run({ sha: await service.commit('fix: a') });
    await service.run({ sha: await service.commit('fix: b') });
    const { report } = await service.run({ sha: String(old.report.outputs.sha) });
    expect(report.outputs).toMatchObject({
      reason: 'already-tagged',
      tag: 'v0.1.0',
      superseded: true,
      supersedingTag: 'v0.1.2',
    });
  });

  test('a commit between tags is contained in the next of them', async () => {
    await service.run();
    const between = await service.commit('fix: a');
    await service.run({ sha: await service.commit('fix: b') });
    await service.run({ sha: await service.commit('fix: c') });
    const { report } = await service.run({ sha: between });
    expect(report.outputs).toMatchObject({
      reason: 'contained',
      tag: 'v0.1.1',
      superseded: true,
      supersedingTag: 'v0.1.2',
    });
  });

  test('a maintenance branch counts on below the trunk', async () => {
    const start = await service.run({ with: { version: '1.4.0' } });
    await service.run({ sha: await service.commit('feat!: next') });
    const from = { branch: 'release/1.x', parents: [String(start.report.outputs.sha)] };
    const sha = await service.commit('fix: old', from);
    const allowed = { branches: 'main\nrelease/*' };
    const run = { sha, ref: 'refs/heads/release/1.x', with: allowed };
    expect((await service.run(run)).report.outputs).toMatchObject({
      tag: 'v1.4.1',
      previousTag: 'v1.4.0',
      superseded: false,
    });
    const breaking = await service.commit('feat!: too much', { branch: 'release/1.x' });
    await expect(service.run({ ...run, sha: breaking })).rejects.toMatchObject({ reasonCode: 'diverged' });
  });

  test('a maintenance branch with a range counts within it, whatever the trunk has', async () => {
    const start = await service.run({ with: { version: '1.4.0' } });
    await service.run({ sha: await service.commit('feat: a') });
    const from = { branch: 'release/1.4.x', parents: [String(start.report.outputs.sha)] };
    const sha = await service.commit('fix: old', from);
    const run = { sha, ref: 'refs/heads/release/1.4.x', with: { 'branch-rules': 'release/*' } };
    service.github.requests.clear();
    expect((await service.run(run)).report.outputs).toMatchObject({ tag: 'v1.4.1', superseded: false });
    expect(service.github.requests.count()).toBe(5);
    const again = await service.run({ ...run, eventName: 'workflow_call', with: { ...run.with, sha } });
    expect(again.report.outputs).toMatchObject({ tag: 'v1.4.1', reason: 'already-tagged' });
    const feature = await service.commit('feat: too much', { branch: 'release/1.4.x' });
    await expect(service.run({ ...run, sha: feature })).rejects.toMatchObject({ reasonCode: 'outside-range' });
  });

  test('the trunk leaves the minor line of a maintenance branch, so that both go on', async () => {
    const start = await service.run({ with: { version: '1.4.2' } });
    const from = { branch: '1.4.x', parents: [String(start.report.outputs.sha)] };
    const rules = { with: { 'branch-rules': '1.4.x' } };
    const fix = async (message: string) => ({
      sha: await service.commit(message, { ...from, parents: [from.parents.at(-1) ?? ''] }),
      ref: 'refs/heads/1.4.x',
      ...rules,
    });
    const old = await fix('fix: old');
    expect((await service.run(old)).report.outputs.tag).toBe('v1.4.3');
    await service.commit('fix: new');
    const { outputs } = (await service.run(rules)).report;
    expect(outputs).toMatchObject({ tag: 'v1.5.0', bump: 'minor' });
    expect(outputs.decision).toMatchObject({ because: expect.stringContaining('v1.4.3 is on another branch') });
    from.parents.push(old.sha);
    expect((await service.run(await fix('fix: older'))).report.outputs.tag).toBe('v1.4.4');
  });

  test('only commits of an allowed branch are tagged, whatever the event says', async () => {
    const topic = await service.commit('feat: a', { branch: 'topic' });
    const refused = { reasonCode: 'branch-not-allowed' };
    await expect(service.run({ sha: topic, ref: 'refs/heads/topic' })).rejects.toMatchObject(refused);
    await expect(service.run({ with: { sha: topic } })).rejects.toMatchObject(refused);
    await expect(
      service.run({ sha: topic, ref: 'refs/pull/1/merge', eventName: 'pull_request' }),
    ).rejects.toMatchObject(refused);
    const preview = await service.run({ sha: topic, ref: 'refs/heads/topic', with: { 'dry-run': 'true' } });
    expect(preview.report.reasonCode).toBe('dry-run');
    expect(service.tags()).toEqual({});
    const allowed = await service.run({ sha: topic, ref: 'refs/heads/topic', with: { branches: 'top*' } });
    expect(allowed.report.outputs.created).toBe(true);
  });

  test('a commit of the trunk may be named although it is not the newest', async () => {
    const sha = await service.commit('feat: a');
    await service.commit('feat: b');
    const { report } = await service.run({ with: { sha } });
    expect(report.outputs).toMatchObject({ sha, created: true });
  });
});

describe('one repository, many versions', () => {
  test('each prefix has its own versions, and only commits that touch its paths count', async () => {
    const backend = {
      prefix: 'backend/v',
      paths: 'services/backend\nlibraries/',
      'exclude-paths': 'services/backend/docs',
    };
    await service.commit('feat: elsewhere');
    const none = await service.run({ with: backend });
    expect(none.report).toMatchObject({
      reasonCode: 'no-changes',
      summary: expect.stringContaining(
        'no commit touches services/backend, libraries outside of services/backend/docs',
      ),
    });
    await service.commit('feat: the first', { path: 'services/backend/a' });
    const first = await service.run({ with: backend });
    expect(first.report.outputs).toMatchObject({ tag: 'backend/v0.1.0', imageTag: 'v0.1.0' });
    expect(first.report.outputs.notes).toContain('the first');
    expect(first.report.outputs.notes).not.toContain('elsewhere');
    await service.commit('feat: other', { path: 'services/frontend/a' });
    const other = await service.commit('feat: docs', { path: 'services/backend/docs/a' });
    expect((await service.run({ sha: other, with: backend })).report.reasonCode).toBe('no-changes');
    const fix = await service.commit('fix: mine', { path: 'services/backend/a' });
    expect((await service.run({ sha: fix, with: backend })).report.outputs).toMatchObject({ tag: 'backend/v0.1.1' });
    const shared = await service.commit('feat: shared', { path: 'libraries/a' });
    const run = await service.run({ sha: shared, with: backend });
    expect(run.report.outputs).toMatchObject({ tag: 'backend/v0.2.0', previousVersion: '0.1.1' });
    expect(run.report.outputs.notes).not.toContain('other');
  });

  test('a commit counts however many excluded files it changes before the one that counts', async () => {
    const inputs = { prefix: 'v', 'exclude-paths': 'docs' };
    await service.run({ with: inputs });
    const docs = Array.from({ length: 300 }, (_, index) => `docs/${index}.md`);
    const change = async (last: string) => {
      const files = Object.fromEntries([...docs, last].map((path) => [path, last]));
      const sha = await service.github.commit(service.repository, { branch: 'main', message: 'feat: a', files });
      return (await service.run({ sha, with: inputs })).report;
    };
    expect((await change('docs/more.md')).reasonCode).toBe('no-changes');
    expect((await change('src/a.ts')).outputs.version).toBe('0.2.0');
  });

  test('the title of a merged pull request counts for the paths that its commits touch', async () => {
    await service.commit('chore: start', { path: 'backend/a' });
    const of = (folder: string) => ({ with: { prefix: `${folder}/v`, paths: folder } });
    const base = String((await service.run(of('backend'))).report.outputs.sha);
    const push = (message: string, parents: string[], branch = 'main') =>
      service.github.commit(service.repository, { message, parents, branch, files: { 'backend/b': 'b\n' } });
    const wip = await push('wip', [base], 'topic');
    const other = await service.commit('docs: other', { path: 'frontend/a' });
    const sha = await push('Merge pull request #7 from acme/topic\n\nfeat: the title', [other, wip]);
    const { report } = await service.run({ sha, ...of('backend') });
    expect(report.outputs).toMatchObject({ tag: 'backend/v0.2.0', decision: { commitCount: 2 } });
    expect((await service.run({ sha, ...of('frontend') })).report.outputs.notes).not.toContain('the title');
  });

  test('channels count by themselves, and one commit can be on several and become the release', async () => {
    await service.run({ with: { version: '1.2.0' } });
    const sha = await service.commit('feat: a');
    const on = async (prerelease: string, commit = sha) =>
      (await service.run({ sha: commit, with: { prerelease } })).report.outputs.tag;
    expect(await on('alpha')).toBe('v1.3.0-alpha.1');
    expect(await on('beta')).toBe('v1.3.0-beta.1');
    expect(await on('beta')).toBe('v1.3.0-beta.1');
    expect(await on('beta', await service.commit('fix: b'))).toBe('v1.3.0-beta.2');
    expect((await service.run()).report.outputs).toMatchObject({ tag: 'v1.3.0', previousTag: 'v1.2.0', bump: 'minor' });
  });

  test('a release follows prereleases where there was none before', async () => {
    service.github.addRefs(service.repository, { 'refs/tags/v1.3.0-alpha.1': await service.commit('feat: a') });
    expect((await service.run()).report.outputs).toMatchObject({ tag: 'v1.3.0' });
  });

  test('tags that are no versions, too long or beyond safe integers are not seen', async () => {
    const sha = await service.commit('feat: a');
    const names = ['vnext', 'v1', 'v99999999999999999999.0.0', `v1.0.0-${'a'.repeat(260)}`, 'v01.0.0'];
    service.github.addRefs(service.repository, Object.fromEntries(names.map((name) => [`refs/tags/${name}`, sha])));
    expect((await service.run()).report.outputs).toMatchObject({ tag: 'v0.1.0', created: true });
  });

  test('an explicit version is made once and never moved', async () => {
    const first = await service.run({ with: { version: 'v2.0.0' } });
    expect(first.report.outputs).toMatchObject({ tag: 'v2.0.0', created: true });
    const again = await service.run({ with: { version: '2.0.0' } });
    expect(again.report.outputs).toMatchObject({ reason: 'already-tagged', created: false });
    await service.commit('fix: a');
    await expect(service.run({ with: { version: '2.0.0' } })).rejects.toMatchObject({
      reasonCode: 'tag-on-another-commit',
    });
  });
});
