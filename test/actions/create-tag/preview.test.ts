import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
let base = '';
beforeEach(async () => {
  service = await startService();
  base = String((await service.run()).report.outputs.sha);
});
afterEach(() => service.close());

/** A dry run on the test merge of a pull request with one commit, `feat: wip`. */
async function preview(
  pull: Record<string, unknown>,
  {
    squashOnly = true,
    path = 'file.txt',
    ...inputs
  }: { squashOnly?: boolean; path?: string; [name: string]: unknown } = {},
) {
  const head = await service.commit('feat: wip', { branch: 'topic', parents: [base], path });
  const sha = await service.commit(`Merge ${head} into ${base}`, { branch: 'test-merge', parents: [base, head], path });
  const repo = { allow_merge_commit: !squashOnly, allow_rebase_merge: false };
  const event = {
    repository: { default_branch: 'main' },
    pull_request: { number: 7, title: 'fix: the title', merged: false, base: { sha: base, repo }, ...pull },
  };
  const given = { 'dry-run': 'true', ...(inputs as Record<string, string>) };
  return service.run({ sha, ref: 'refs/pull/7/merge', eventName: 'pull_request', event, with: given });
}

describe('a dry run on a pull request', () => {
  test.each([
    [true, '0.1.1'],
    [false, '0.2.0'],
  ])('shows the version of the merge, where the repository squashes only: %s', async (squashOnly, version) => {
    const { report, requests } = await preview({}, { squashOnly });
    expect(report).toMatchObject({ reasonCode: 'dry-run', outputs: { version, created: false } });
    expect(report.summary).toContain('Once pull request 7 is merged: 1 commit asks for');
    expect(report.summary).toContain('fix: the title');
    expect(requests).toBe(2);
    expect(Object.keys(service.tags())).toEqual(['v0.1.0']);
  });

  test('counts what the trunk has got since', async () => {
    base = await service.commit('feat: merged before');
    expect((await preview({ title: 'docs: the title' })).report.outputs.version).toBe('0.2.0');
  });

  test('obeys its labels and the override in its body, where these are asked', async () => {
    const labels = [{ name: 'semver:minor' }];
    expect((await preview({ labels }, { source: 'labels' })).report.outputs.version).toBe('0.2.0');
    const body = 'BEGIN_COMMIT_OVERRIDE\nfeat: better\nEND_COMMIT_OVERRIDE';
    const by = async (login: string, source: string) =>
      (await preview({ body, user: { login } }, { source })).report.outputs.version;
    expect(await by('ada', 'labels\ncommits')).toBe('0.2.0');
    expect(await by('ada', 'commits')).toBe('0.1.1');
    expect(await by('renovate[bot]', 'labels\ncommits')).toBe('0.1.1');
  });

  test('of a monorepo tells a service that it does not change', async () => {
    const inside = await preview({}, { path: 'backend/a', paths: 'backend' });
    expect(inside.report.outputs.version).toBe('0.1.1');
    const outside = await preview({}, { path: 'frontend/a', paths: 'backend' });
    expect(outside.report.reasonCode).toBe('no-changes');
  });
});
