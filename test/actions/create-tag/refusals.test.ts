import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '#shared/errors.ts';
import { type RunRequest, type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

async function refusal(request: RunRequest): Promise<UserError> {
  const error = await service.run(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}

describe('what GitHub refuses is told with what to change', () => {
  test('a token that may only read', async () => {
    const error = await refusal({ token: service.github.tokens.readOnly });
    expect(error.reasonCode).toBe('missing-permission');
    expect(error.remedy).toContain('permissions:');
    expect(service.tags()).toEqual({});
  });

  test('a classic token without the scope, for whom writes are not found', async () => {
    service.github.faults.add({
      kind: 'status',
      status: 404,
      body: { message: 'Not Found' },
      match: { method: 'POST', path: '/git/tags' },
    });
    const error = await refusal({});
    expect(error.reasonCode).toBe('missing-permission');
    expect(error.remedy).toContain('scope `repo`');
  });

  test('a token that GitHub does not know', async () => {
    expect((await refusal({ token: 'ghs_nobody' })).reasonCode).toBe('bad-credentials');
  });

  test('a ruleset that restricts tags', async () => {
    service.github.settings(service.repository).rules.push({ target: 'tag', pattern: 'v*', restrictCreations: true });
    const error = await refusal({});
    expect(error.reasonCode).toBe('ruleset-violation');
    expect(error.message).toContain('The ruleset "tag v*"');
    expect(error.remedy).toContain('bypass');
    expect(service.tags()).toEqual({});
  });

  test('a tag that stands where the new one needs a folder', async () => {
    service.github.addRefs(service.repository, { 'refs/tags/api': await service.commit('feat: a') });
    const error = await refusal({ with: { prefix: 'api/v' } });
    expect(error.reasonCode).toBe('github-refused');
    expect(error.message).toContain('The tag api exists');
  });

  test('a tag that stands in what would be its folder', async () => {
    service.github.addRefs(service.repository, { 'refs/tags/v2.0.0/x': await service.commit('feat: a') });
    const error = await refusal({ with: { version: '2.0.0' } });
    expect(error.reasonCode).toBe('github-refused');
    expect(error.message).toContain('The tag v2.0.0/x exists');
  });

  test('a commit whose workflow files no branch has any more', async () => {
    const sha = await service.commit('ci: a', { path: '.github/workflows/a.yml' });
    await service.commit('ci: b', { path: '.github/workflows/b.yml' });
    const error = await refusal({ sha, token: service.github.tokens.workflow });
    expect(error.reasonCode).toBe('workflow-scope');
    expect(error.message).toContain('The request needs: contents=write; contents=write,workflows=write.');
    expect(error.remedy).toContain('workflows: write');
    expect(service.tags()).toEqual({});
  });

  test('a commit that does not exist', async () => {
    await service.run();
    const sha = 'f'.repeat(40);
    expect((await refusal({ with: { sha } })).reasonCode).toBe('missing-object');
    expect((await refusal({ sha })).reasonCode).toBe('missing-object');
  });

  test('a repository that does not exist', async () => {
    const error = await refusal({ with: { repository: 'acme/nothing', sha: 'f'.repeat(40) } });
    expect(error.reasonCode).toBe('repository-not-found');
  });

  test('another repository without a sha; the case of the name makes it no other', async () => {
    expect((await refusal({ with: { repository: 'acme/other' } })).reasonCode).toBe('bad-input');
    const { report } = await service.run({ with: { repository: 'ACME/Service', 'dry-run': 'true' } });
    expect(report.outputs.sha).toBe(service.github.records(service.repository).refs.get('refs/heads/main'));
  });

  test('a history that has nothing in common with the tags', async () => {
    await service.run();
    const sha = await service.commit('feat: elsewhere', { branch: 'orphan', parents: [] });
    const error = await refusal({ sha, ref: 'refs/heads/orphan', with: { branches: 'orphan' } });
    expect(error.reasonCode).toBe('diverged');
    expect(error.message).toContain('v0.1.0');
  });

  test('a rate limit that does not lift within the timeout', async () => {
    const at = Math.ceil(Date.now() / 1000) + 300;
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(at) };
    service.github.faults.add({ kind: 'status', status: 403, headers, times: 50 });
    const error = await refusal({ with: { timeout: '1m' } });
    expect(error.reasonCode).toBe('rate-limited');
    expect(error.message).toContain(new Date(at * 1000).toISOString());
    expect(service.github.requests.count()).toBe(1);
  });

  test('rate limits that lift, but together not within the timeout', async () => {
    service.github.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 50 });
    const error = await refusal({ with: { timeout: '3s' } });
    expect(error.reasonCode).toBe('rate-limited');
    expect(error.message).toContain('GitHub asks to wait 1 s');
    expect(service.github.requests.count()).toBeLessThanOrEqual(5);
    expect(service.tags()).toEqual({});
  });

  test('a server that stays down', async () => {
    service.github.faults.add({ kind: 'status', status: 503, times: 50 });
    expect((await refusal({})).reasonCode).toBe('github-unavailable');
  });

  test('a write that never succeeds ends after max-attempts', async () => {
    service.github.faults.add({ kind: 'status', status: 500, times: 50, match: { method: 'POST' } });
    const error = await refusal({ with: { 'max-attempts': '3' } });
    expect(error).toMatchObject({
      reasonCode: 'github-unavailable',
      message: expect.stringContaining('creating the tag, 3 times'),
    });
    expect(service.github.requests.writes()).toHaveLength(3);
  });
});

describe('a tag name that an immutable release has used', () => {
  beforeEach(async () => {
    await service.run();
    service.github.settings(service.repository).burnedTags.push('v0.2.0', 'v0.2.1');
  });

  test('is skipped', async () => {
    const { report } = await service.run({ sha: await service.commit('feat: a') });
    expect(report.outputs).toMatchObject({ tag: 'v0.2.2', created: true });
    expect(report.summary).toContain('used up');
    service.github.requests.clear();
    expect((await service.run()).report.outputs).toMatchObject({ tag: 'v0.2.2', reason: 'already-tagged' });
    expect(service.github.requests.writes()).toEqual([]);
  });

  test('is refused where that is asked for, or the version was explicit', async () => {
    await service.commit('feat: a');
    expect((await refusal({ with: { 'on-burned': 'fail' } })).reasonCode).toBe('burned');
    const error = await refusal({ with: { version: '0.2.0' } });
    expect(error.reasonCode).toBe('burned');
    expect(error.message).toBe('GitHub refuses the name v0.2.0: an immutable release has used it before.');
  });

  test('may be one that a ruleset forbids, where the token sees no rulesets', async () => {
    service.github.settings(service.repository).rules.push({ target: 'tag', pattern: 'v*', restrictCreations: true });
    service.github.faults.add({ kind: 'status', status: 403, match: { path: '/rulesets' }, times: 9 });
    await service.commit('feat: a');
    const error = await refusal({ with: { 'max-attempts': '3' } });
    expect(error.reasonCode).toBe('burned');
    expect(error.message).toContain(
      'all 3 versions from 0.2.0 to 0.2.2: a ruleset that this token cannot see forbids it, or an immutable release',
    );
    expect(error.remedy).toContain('Settings → Rules');
  });
});

describe('bad inputs', () => {
  test('are all told at once', async () => {
    const error = await refusal({
      with: {
        sha: 'main',
        prefix: 'a b',
        rules: 'feat',
        prerelease: '1',
        tagger: 'nobody',
        version: 'one',
        paths: 'a/*.ts',
      },
    });
    expect(error.reasonCode).toBe('bad-input');
    for (const name of ['sha', 'prefix', 'rules', 'prerelease', 'tagger', 'version', 'paths']) {
      expect(error.message).toContain(`- ${name}: "`);
    }
    expect(service.github.requests.count()).toBe(0);
  });

  const lines = 'a/v=b\na/v=c';
  const combinations: [Record<string, string>, ...string[]][] = [
    [{ version: '9.0.0', prerelease: 'beta', bump: 'patch' }, 'bump: not together', 'version: not together'],
    [{ version: '9.0.0-rc.1', prerelease: 'beta' }, 'version: not together with prerelease'],
    [{ components: lines, version: '1.0.0', paths: 'x' }, 'same prefix "a/v"', 'version: not', 'paths: not'],
    [{ components: 'a/v=b', prefix: 'a/v', 'make-latest': 'true' }, 'prefix: not', 'make-latest: not'],
    [{ components: 'a/v=b', notes: 'file', 'notes-file': 'x' }, 'notes: file cannot'],
    [{ paths: 'a', notes: 'generated', 'notes-file': 'x' }, 'notes: generated cannot', 'notes-file: only'],
    [{ repository: 'acme/other', notes: 'file' }, 'sha: missing', 'notes-file: missing'],
  ];
  test.each(combinations)('that do not go together are all told at once: %j', async (inputs, ...texts) => {
    const error = await refusal({ with: inputs, event: {}, eventName: 'schedule' });
    expect(error.reasonCode).toBe('bad-input');
    for (const text of texts)
      expect(error.message).toContain(`- ${text.startsWith('same') ? 'components: two of them have the ' : ''}${text}`);
    expect(service.github.requests.count()).toBe(0);
  });

  test('leave an explicit prerelease of the channel', async () => {
    const { report } = await service.run({ with: { version: '9.0.0-beta.2', prerelease: 'beta' } });
    expect(report.outputs.tag).toBe('v9.0.0-beta.2');
  });
});
