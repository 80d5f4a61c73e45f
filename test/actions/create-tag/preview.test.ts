import { getOctokit } from '@actions/github';
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
  const repo = {
    ...{ allow_merge_commit: !squashOnly, allow_rebase_merge: false },
    ...{ squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'BLANK' },
  };
  const event = {
    repository: { default_branch: 'main' },
    pull_request: {
      number: 7,
      title: 'fix: the title',
      merged: false,
      base: { ref: 'main', sha: base, repo },
      ...pull,
    },
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

  test('says that only on: pull_request shows the merge', async () => {
    const pull_request = { number: 7, title: 'feat: a', merged: false, base: { ref: 'main', sha: base } };
    const event = { repository: { default_branch: 'main' }, pull_request };
    const inputs = { 'dry-run': 'true' };
    const run = await service.run({ sha: base, eventName: 'pull_request_target', event, with: inputs });
    expect(run.report.summary).toContain('on: pull&#95;request would preview the merge; v0.1.0 is on this commit');
    expect(run.report.headline).toContain('on: pull_request would preview the merge');
    expect(run.report.outputs.reason).toBe('already-tagged');
  });
});

describe('a dry run on a pull request into a maintenance branch', () => {
  beforeEach(async () => {
    await service.run({ sha: await service.commit('feat: of the trunk') });
  });
  const into = (title: string) => preview({ title, base: { ref: '0.1.x', sha: base } }, { 'branch-rules': '0.1.x' });

  test('shows the version of that branch', async () => {
    const { report } = await into('fix: a');
    expect(report.outputs.version).toBe('0.1.1');
    expect(report.headline).toContain(
      ' if it is squashed; outside-range if it is merged, outside-range if it is rebased',
    );
  });

  test('ends as the merge would, when that is outside of the range', async () => {
    await expect(into('feat: a')).rejects.toMatchObject({ reasonCode: 'outside-range' });
  });

  // https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group
  test.each([
    ['fix: a', { outputs: { version: '0.1.1' } }],
    ['feat: a', { reasonCode: 'outside-range' }],
  ])('is the same for a merge queue: %s', async (message, expected) => {
    const branch = 'gh-readonly-queue/0.1.x/pr-7-abc';
    const sha = await service.commit(message, { branch, parents: [base] });
    const event = { merge_group: { head_sha: sha, base_ref: 'refs/heads/0.1.x' } };
    const given = { 'dry-run': 'true', 'branch-rules': '0.1.x' };
    const run = service.run({ sha, ref: `refs/heads/${branch}`, eventName: 'merge_group', event, with: given });
    const ended = await run.then(
      ({ report }) => report,
      (error) => error,
    );
    expect(ended).toMatchObject(expected);
  });
});

describe('the version that a dry run shows', () => {
  const breaking = 'feat: wip\n\nBREAKING CHANGE: gone';
  const details = { title: 'COMMIT_OR_PR_TITLE', message: 'COMMIT_MESSAGES' };
  const cases: [string, Case][] = [
    ['a squash of one commit', { messages: [breaking], squash: details, version: '2.0.0' }],
    ['a squash of two commits', { messages: ['feat: a', 'fix: b'], squash: details, version: '1.0.1' }],
    [
      'a squash of two commits, one of which breaks',
      { messages: [breaking, 'fix: b'], squash: details, version: '2.0.0' },
    ],
    ['a merge commit', { messages: ['feat: a'], method: 'merge', version: '1.1.0' }],
    ['a rebase', { title: 'feat!: t', messages: ['fix: a', 'fix: b'], method: 'rebase', version: '1.0.1' }],
  ];
  interface Case {
    readonly title?: string;
    readonly messages: readonly string[];
    readonly method?: 'merge' | 'squash' | 'rebase';
    readonly squash?: { title: string; message: string };
    readonly version: string;
  }
  test.each(cases)(
    'is the one after %s',
    async (_, { title = 'fix: the title', messages, method = 'squash', squash, version }) => {
      const settings = service.github.settings(service.repository);
      await service.run({ sha: base, with: { version: '1.0.0' } });
      Object.assign(settings, {
        allowMergeCommit: method === 'merge',
        allowSquashMerge: method === 'squash',
        allowRebaseMerge: method === 'rebase',
      });
      for (const [index, message] of messages.entries())
        await service.commit(message, {
          branch: 'work',
          path: `${index}`,
          ...(index === 0 ? { parents: [base] } : {}),
        });
      const head = service.github.records(service.repository).refs.get('refs/heads/work') ?? '';
      const sha = await service.commit('Merge', { branch: 'test-merge', parents: [base, head] });
      const { rest } = getOctokit(service.github.tokens.admin, { baseUrl: service.github.apiUrl });
      const at = { owner: 'acme', repo: 'service' };
      const { data: pull } = await rest.pulls.create({ ...at, title, head: 'work', base: 'main' });
      const { data: repo } = await rest.repos.get(at);
      const how =
        squash === undefined
          ? {}
          : { squash_merge_commit_title: squash.title, squash_merge_commit_message: squash.message };
      const merge = { merge_commit_title: 'MERGE_MESSAGE', merge_commit_message: 'PR_TITLE' };
      const pull_request = { ...pull, base: { ...pull.base, repo: { ...repo, ...merge, ...how } } };
      const event = { repository: { default_branch: 'main' }, pull_request };
      const dry = await service.run({ sha, eventName: 'pull_request', event, with: { 'dry-run': 'true' } });
      expect(dry).toMatchObject({ requests: 2, report: { outputs: { version } } });
      const { data: merged } = await rest.pulls.merge({ ...at, pull_number: pull.number, merge_method: method });
      expect((await service.run({ sha: String(merged.sha) })).report.outputs).toMatchObject({ version, created: true });
    },
  );

  test('is the highest of the ways to merge, and it tells the others', async () => {
    const repo = { squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'PR_BODY' };
    const pull = { title: 'fix: t', body: 'BREAKING CHANGE: gone', base: { ref: 'main', sha: base, repo } };
    await service.run({ sha: base, with: { version: '1.0.0' } });
    const { report } = await preview({ ...pull, base: { ...pull.base, repo: { ...repo, allow_merge_commit: false } } });
    expect(report.outputs.version).toBe('2.0.0');
    expect(report.headline).toContain('for major (breaking (footer)) if it is squashed; 1.1.0 if it is rebased');
    const { report: unknown } = await preview({
      ...pull,
      base: { ...pull.base, repo: { allow_merge_commit: false, allow_rebase_merge: false } },
    });
    expect(unknown.outputs.version).toBe('2.0.0');
    expect(unknown.headline).toContain('if it is squashed; maybe another version');
  });

  test('is that of the message that auto-merge was given', async () => {
    const auto_merge = { merge_method: 'squash', commit_title: 'feat: chosen (#7)', commit_message: '' };
    expect((await preview({ auto_merge }, { squashOnly: false })).report.outputs.version).toBe('0.2.0');
  });

  test('counts the head when that is the commit given', async () => {
    const head = await service.commit('feat: wip', { branch: 'topic', parents: [base] });
    const repo = { allow_squash_merge: false, allow_merge_commit: false };
    const pull_request = { number: 7, title: 'fix: a', head: { sha: head }, base: { ref: 'main', sha: base, repo } };
    const event = { repository: { default_branch: 'main' }, pull_request };
    const inputs = { 'dry-run': 'true', sha: head };
    const { report } = await service.run({ sha: base, eventName: 'pull_request_target', event, with: inputs });
    expect(report.outputs.version).toBe('0.2.0');
  });
});
