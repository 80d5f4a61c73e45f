import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let first = '';
let last = '';

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  first = (await fixture.rest().git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
  for (let at = 1; at <= 120; at += 1) {
    const files = at % 3 === 0 ? { 'lib/third.txt': `${at}\n` } : { 'app.txt': `${at}\n` };
    const date = new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();
    last = await github.commit('acme/thoughts', { message: `feat: ${at}`, files, date });
  }
});
afterAll(() => fixture.close());

describe('reading', () => {
  test('compare pages its commits oldest first and its files on page 1 only', async () => {
    const rest = fixture.rest();
    const page = (number: number) =>
      rest.repos.compareCommitsWithBasehead({ ...acme, basehead: `${first}...${last}`, per_page: 100, page: number });
    const [one, two] = [await page(1), await page(2)];
    expect(one.data).toMatchObject({ status: 'ahead', total_commits: 120, ahead_by: 120, behind_by: 0 });
    expect(one.data.merge_base_commit.sha).toBe(first);
    expect([one.data.commits.length, two.data.commits.length]).toEqual([100, 20]);
    expect(one.data.commits[0]?.commit.message).toBe('feat: 1');
    expect(two.data.commits.at(-1)?.sha).toBe(last);
    expect(one.data.files?.map(({ filename, status }) => [filename, status])).toEqual([
      ['app.txt', 'modified'],
      ['lib/third.txt', 'added'],
    ]);
    expect(two.data.files).toEqual([]);
    expect(one.headers.link).toContain('rel="next"');
    const back = await rest.repos.compareCommitsWithBasehead({ ...acme, basehead: `${last}...${first}` });
    expect(back.data).toMatchObject({ status: 'behind', behind_by: 120, total_commits: 0 });
  });

  test("branches that went apart are diverged, with git's merge base", async () => {
    await fixture.github.commit('acme/thoughts', { branch: 'apart', message: 'fix: apart', parents: [first] });
    const { data } = await fixture.rest().repos.compareCommitsWithBasehead({ ...acme, basehead: 'main...apart' });
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 120 });
    expect(data.merge_base_commit.sha).toBe(first);
  });

  test('commits of a path are those that git names, and lists page by Link headers', async () => {
    const { rest } = { rest: fixture.rest() };
    const { data } = await rest.repos.listCommits({ ...acme, path: 'lib/third.txt', per_page: 100 });
    expect(data).toHaveLength(40);
    expect(data[0]?.commit.message).toBe('feat: 120');
    const since = await rest.repos.listCommits({ ...acme, since: '2026-01-01T01:58:00Z' });
    expect(since.data.map(({ commit }) => commit.message)).toEqual(['feat: 120', 'feat: 119', 'feat: 118']);
    const paged = await rest.repos.listCommits({ ...acme });
    expect(paged.data).toHaveLength(30);
    expect(paged.headers.link).toContain('page=5>; rel="last"');
  });

  test('thousands of tags come in one answer', async () => {
    const refs = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`refs/tags/v0.${at}.0`, first]));
    fixture.github.addRefs('acme/thoughts', refs);
    const { data, headers } = await fixture.rest().git.listMatchingRefs({ ...acme, ref: 'tags/v0.' });
    expect(data).toHaveLength(3000);
    expect(headers.link).toBeUndefined();
    const tags = await fixture.rest().repos.listTags({ ...acme, per_page: 100 });
    expect(tags.headers.link).toContain('page=30>; rel="last"');
  });

  test('a recursive tree names every file with its size and mode', async () => {
    const { data } = await fixture.rest().git.getTree({ ...acme, tree_sha: 'main', recursive: '1' });
    expect(data.tree.map(({ path, type }) => [path, type])).toEqual([
      ['README.md', 'blob'],
      ['app.txt', 'blob'],
      ['lib', 'tree'],
      ['lib/third.txt', 'blob'],
    ]);
    expect(data.tree[0]).toMatchObject({ mode: '100644', size: 6 });
  });

  test('rules of a branch, checks and statuses of a commit', async () => {
    const { github } = fixture;
    const rest = fixture.rest();
    github.settings('acme/thoughts').rules = [
      { target: 'branch', pattern: 'release/*', requiredChecks: ['ci'], requirePullRequest: { approvals: 2 } },
    ];
    const rules = await rest.repos.getBranchRules({ ...acme, branch: 'release/1' });
    expect(rules.data.map(({ type }) => type)).toEqual(['pull_request', 'required_status_checks']);
    await rest.repos.createCommitStatus({ ...acme, sha: last, state: 'pending', context: 'build' });
    await rest.repos.createCommitStatus({ ...acme, sha: last, state: 'success', context: 'build' });
    expect((await rest.repos.getCombinedStatusForRef({ ...acme, ref: 'main' })).data.state).toBe('success');
    await rest.checks.create({ ...acme, name: 'ci', head_sha: last, status: 'in_progress' });
    const { data } = await rest.checks.listForRef({ ...acme, ref: 'main' });
    expect(data).toMatchObject({
      total_count: 1,
      check_runs: [{ name: 'ci', status: 'in_progress', conclusion: null }],
    });
  });
});

describe('dispatches', () => {
  test('a workflow is started only with the inputs that it declares', async () => {
    const workflow = 'on:\n  workflow_dispatch:\n    inputs:\n      version: { required: true }\n';
    const files = { '.github/workflows/deploy.yml': workflow, '.github/workflows/push.yml': 'on: push\n' };
    await fixture.github.commit('acme/thoughts', { message: 'ci', files });
    const rest = fixture.rest(fixture.github.tokens.workflow);
    const start = (workflow_id: string, inputs?: Record<string, string>, ref = 'main') =>
      rest.actions.createWorkflowDispatch({
        ...{ ...acme, workflow_id, ref, return_run_details: true },
        ...(inputs === undefined ? {} : { inputs }),
      });
    await expect(start('none.yml')).rejects.toMatchObject({ status: 404 });
    await expect(start('push.yml')).rejects.toThrow("Workflow does not have 'workflow_dispatch' trigger");
    await expect(start('deploy.yml')).rejects.toThrow("Required input 'version' not provided");
    await expect(start('deploy.yml', { version: '1', more: 'x' })).rejects.toThrow(
      'Unexpected inputs provided: ["more"]',
    );
    await expect(start('deploy.yml', { version: '1' }, 'nowhere')).rejects.toThrow('No ref found for: nowhere');
    const { data } = await start('deploy.yml', { version: '1' });
    const run = fixture.github.records('acme/thoughts').dispatches.at(-1);
    expect(data).toMatchObject({
      workflow_run_id: run?.runId,
      html_url: expect.stringContaining(`/actions/runs/${run?.runId}`),
    });
    await rest.repos.createDispatchEvent({ ...acme, event_type: 'deploy', client_payload: { version: '1' } });
    expect(fixture.github.records('acme/thoughts').dispatches.at(-1)).toMatchObject({
      workflow: 'deploy',
      inputs: { version: '1' },
    });
  });
});
