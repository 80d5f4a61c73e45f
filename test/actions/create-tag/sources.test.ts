import { getOctokit } from '@actions/github';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
  await service.run({ with: { version: '1.0.0' } });
});
afterEach(() => service.close());

/** Merges a pull request by squash, with a message that may differ from its title, and gives the sha. */
async function merge({
  title,
  message,
  body = '',
  labels = [],
  token = service.github.tokens.admin,
}: {
  title: string;
  message: string;
  body?: string;
  labels?: string[];
  token?: string;
}): Promise<string> {
  const rest = getOctokit(token, { baseUrl: service.github.apiUrl }).rest;
  const at = { owner: 'acme', repo: 'service' };
  await service.commit('wip', { branch: 'topic', path: 'topic.txt' });
  const { data: pull } = await rest.pulls.create({ ...at, title, body, head: 'topic', base: 'main' });
  for (const label of labels) await rest.issues.createLabel({ ...at, name: label }).catch(() => undefined);
  if (labels.length > 0) await rest.issues.addLabels({ ...at, issue_number: pull.number, labels });
  const [commitTitle = '', ...lines] = message.split('\n');
  const merged = await rest.pulls.merge({
    ...at,
    pull_number: pull.number,
    merge_method: 'squash',
    commit_title: commitTitle,
    commit_message: lines.join('\n').trim(),
  });
  return merged.data.sha;
}

describe('labels and titles of pull requests', () => {
  test('decide in the order given, at one more request', async () => {
    const sha = await merge({ title: 'fix: a', message: 'Merged it', labels: ['semver:minor', 'documentation'] });
    const by = async (source: string) =>
      (await service.run({ sha, with: { source, 'dry-run': 'true' } })).report.outputs.version;
    expect(await by('commits')).toBeUndefined();
    expect(await by('pr-title')).toBe('1.0.1');
    expect(await by('labels')).toBe('1.1.0');
    expect(await by('commits\npr-title\nlabels')).toBe('1.0.1');
    expect(await by('labels, pr-title')).toBe('1.1.0');
    const { report, requests } = await service.run({ sha, with: { source: 'labels' } });
    expect(report.outputs.decision).toMatchObject({ commits: [{ bump: 'minor', rule: 'label semver:minor of #1' }] });
    expect(requests).toBeLessThanOrEqual(6);
    const again = (await service.run({ sha, with: { source: 'labels' } })).report.outputs;
    expect(again).toMatchObject({ reason: 'already-tagged', notes: report.outputs.notes, bump: 'minor' });
    expect(again.decision).toMatchObject({ commits: [{ rule: 'label semver:minor of #1' }], deciding: [sha] });
  });

  test('come with the override in the body of the pull request, unless the author quotes strangers', async () => {
    const body = 'Words\r\n\r\nBEGIN_COMMIT_OVERRIDE\r\nfeat: b\r\n\r\nfix: c\r\nEND_COMMIT_OVERRIDE';
    const sha = await merge({ title: 'fix: a', message: 'fix: a', body });
    const by = async (more: Record<string, string>) =>
      (await service.run({ sha, with: { source: 'labels\ncommits', 'dry-run': 'true', ...more } })).report.outputs;
    const { version, notes } = await by({});
    expect(version).toBe('1.1.0');
    expect(notes).toMatch(/### Features\n\n- b .*\n\n### Fixes\n\n- c /);
    const { rest } = getOctokit(service.github.tokens.admin, { baseUrl: service.github.apiUrl });
    const { data } = await rest.repos.getCommit({ owner: 'acme', repo: 'service', ref: sha });
    expect((await by({ 'ignore-body-authors': String(data.author?.login) })).version).toBe('1.0.1');
  });

  test('never overrule a breaking commit in silence', async () => {
    const sha = await merge({ title: 'fix: a', message: 'fix: a\n\nBREAKING CHANGE: b', labels: ['patch'] });
    const alone = await service.run({ sha, with: { source: 'labels', 'dry-run': 'true' } });
    expect(alone.report.outputs.decision).toMatchObject({
      commits: [{ overruled: { why: 'commits is not in source' } }],
    });
    const { report } = await service.run({ sha, with: { source: 'labels\ncommits' } });
    expect(report.outputs).toMatchObject({
      version: '1.0.1',
      decision: {
        commits: [
          {
            rule: 'label patch of #1',
            overruled: { rule: 'breaking (footer)', why: 'labels comes before commits in source' },
          },
        ],
      },
    });
    expect(report.annotations).toMatchObject([{ level: 'warning', title: 'Breaking change overruled' }]);
  });

  test('are not taken from a bot that names its own labels after a step', async () => {
    const token = service.github.tokens.workflow;
    const sha = await merge({ title: 'chore(deps): a', message: 'fix(deps): a', labels: ['major'], token });
    const by = async (more: Record<string, string>) =>
      (await service.run({ sha, with: { source: 'labels\ncommits', 'dry-run': 'true', ...more } })).report.outputs;
    expect((await by({})).version).toBe('2.0.0');
    expect((await by({ 'ignore-body-authors': 'github-actions[bot]' })).version).toBe('1.0.1');
  });

  test('count only for the commit that merged them', async () => {
    await merge({ title: 'feat: a', message: 'Merged it', labels: ['major'] });
    await service.run({ sha: await service.commit('fix: after'), with: { source: 'labels\ncommits' } });
    const { report } = await service.run({
      sha: await service.commit('fix: again'),
      with: { source: 'labels\ncommits' },
    });
    expect(report.outputs.version).toBe('2.0.1');
  });
});
