import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
const refused = { reasonCode: 'branch-not-allowed' };
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

/** A commit that the trunk held until somebody pushed by force. */
async function lostCommit(): Promise<string> {
  const sha = await service.commit('feat: lost', { branch: 'lost' });
  await service.github.records(service.repository).refs.delete('refs/heads/lost');
  return sha;
}

describe('a commit that the trunk has lost', () => {
  test('is not tagged by a run again, nor by the push that was by force itself', async () => {
    const sha = await lostCommit();
    await expect(service.run({ sha, runAttempt: 2 })).rejects.toMatchObject(refused);
    const event = { repository: { default_branch: 'main' }, forced: true };
    await expect(service.run({ sha, event })).rejects.toMatchObject(refused);
    expect(service.tags()).toEqual({});
  });

  test('is asked for by one request, which an ordinary push does not need', async () => {
    await service.run();
    const sha = await service.commit('feat: a');
    const ordinary = await service.run({ sha });
    expect(ordinary.requests).toBe(5);
    const again = await service.run({ sha: await service.commit('feat: b'), runAttempt: 2 });
    expect(again).toMatchObject({ requests: 6, report: { outputs: { created: true } } });
  });
});

describe('rules for maintenance branches', () => {
  const rules = { 'branch-rules': 'release/*\nlegacy: 1.x' };

  test('do not allow a branch that has no range', async () => {
    const sha = await service.commit('feat: a', { branch: 'release/next' });
    const run = service.run({ sha, ref: 'refs/heads/release/next', with: rules });
    await expect(run).rejects.toMatchObject(refused);
    await expect(run).rejects.toThrow('release/next matches release/* but names no range, as release/1.x does.');
    await expect(service.run({ with: { ...rules, sha } })).rejects.toMatchObject(refused);
    const trunk = { branches: 'main\nrelease/*', ...rules };
    const { report } = await service.run({ sha, ref: 'refs/heads/release/next', with: trunk });
    expect(report.outputs.created).toBe(true);
  });

  test('give the range to a commit that is named, too', async () => {
    const start = await service.run({ with: { version: '1.4.0' } });
    await service.run({ sha: await service.commit('feat!: next') });
    const from = { branch: 'legacy', parents: [String(start.report.outputs.sha)] };
    const sha = await service.commit('fix: old', from);
    expect((await service.run({ with: { ...rules, sha } })).report.outputs).toMatchObject({ tag: 'v1.4.1' });
  });
});

describe('after another workflow', () => {
  const run = (workflow_run: Record<string, unknown>, inputs: Record<string, string> = {}) =>
    service.run({
      eventName: 'workflow_run',
      event: { repository: { default_branch: 'main' }, workflow_run: { head_branch: 'main', ...workflow_run } },
      with: inputs,
    });

  test('the commit that passed is tagged, not the newest', async () => {
    const tested = await service.commit('fix: tested');
    await service.commit('feat: untested');
    const { report } = await run({ head_sha: tested, conclusion: 'success' });
    expect(report.outputs).toMatchObject({ sha: tested, created: true });
  });

  test('a commit that did not pass is not, unless it is only shown', async () => {
    const sha = await service.commit('fix: tested');
    const failed = { head_sha: sha, conclusion: 'failure' };
    for (const inputs of [{}, { sha }])
      await expect(run(failed, inputs)).rejects.toMatchObject({ reasonCode: 'workflow-run-failed' });
    expect(service.github.requests.count()).toBe(0);
    expect((await run(failed, { 'dry-run': 'true' })).report.outputs.sha).toBe(sha);
  });

  test('a commit whose run has not ended is not either, as where `types` are left out', async () => {
    const head_sha = await service.commit('fix: tested');
    await expect(run({ head_sha, conclusion: null })).rejects.toMatchObject({
      reasonCode: 'workflow-run-failed',
      message: expect.stringContaining('has not ended'),
    });
  });

  test('a commit of a branch that only has the name of the trunk, as in a fork, is not', async () => {
    const sha = await service.commit('feat: foreign', { branch: 'topic' });
    await expect(run({ head_sha: sha, conclusion: 'success' })).rejects.toMatchObject(refused);
  });
});

test('the commit that a pull request became is looked for on the branch that it was for', async () => {
  await service.run();
  const sha = await service.commit('feat: a');
  const pull_request = { merged: true, merge_commit_sha: sha, base: { ref: 'main' } };
  const event = { repository: { default_branch: 'main' }, pull_request };
  const { report, requests } = await service.run({ sha: 'f'.repeat(40), eventName: 'pull_request', event });
  expect(report.outputs).toMatchObject({ sha, created: true });
  expect(requests).toBe(6);
});
