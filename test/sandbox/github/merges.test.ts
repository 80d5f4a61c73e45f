import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => {
  Object.assign(fixture.github.settings('acme/thoughts'), {
    rules: [],
    allowAutoMerge: false,
    deleteBranchOnMerge: false,
  });
});

const ENABLE = `mutation($id: ID!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) {
    pullRequest { number autoMergeRequest { mergeMethod enabledBy { login } } }
  }
}`;

async function get(number: number) {
  return (await fixture.rest().pulls.get({ ...acme, pull_number: number })).data;
}

describe('merging', () => {
  test('conflicts are found by git and refused', async () => {
    const { github } = fixture;
    const { number } = await fixture.openPull({ files: { 'app.txt': 'theirs\n' } });
    await github.commit('acme/thoughts', { message: 'ours', files: { 'app.txt': 'ours\n' } });
    expect((await get(number)).mergeable).toBeNull();
    expect(await get(number)).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    await expect(fixture.rest().pulls.merge({ ...acme, pull_number: number })).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('Pull Request is not mergeable'),
    });
  });

  test('a merge commit has both parents, GitHub as committer and its signature', async () => {
    const { number, sha } = await fixture.openPull();
    await fixture.github.commit('acme/thoughts', { message: 'meanwhile', files: { 'other.txt': 'x\n' } });
    const { data } = await fixture.rest().pulls.merge({ ...acme, pull_number: number, sha });
    const commit = (await fixture.rest().repos.getCommit({ ...acme, ref: data.sha })).data;
    expect(commit.parents.map((parent) => parent.sha)).toContain(sha);
    expect(commit.commit).toMatchObject({ committer: { name: 'GitHub' }, verification: { verified: true } });
    expect(await get(number)).toMatchObject({ merged: true, merge_commit_sha: data.sha, state: 'closed' });
  });

  test('a head that moved fails the guard', async () => {
    const { number } = await fixture.openPull();
    await expect(
      fixture.rest().pulls.merge({ ...acme, pull_number: number, sha: '1'.repeat(40) }),
    ).rejects.toMatchObject({ status: 409 });
  });

  test('what the rules still miss is named', async () => {
    const { github } = fixture;
    const { number, sha } = await fixture.openPull();
    github.settings('acme/thoughts').rules = [
      { target: 'branch', pattern: 'main', requiredChecks: ['ci'], requirePullRequest: { approvals: 1 } },
    ];
    const rest = fixture.rest();
    const merge = () => rest.pulls.merge({ ...acme, pull_number: number });
    await expect(merge()).rejects.toMatchObject({
      status: 405,
      message: expect.stringMatching(/Required status check "ci" is expected[\s\S]*At least 1 approving review/),
    });
    await rest.checks.create({ ...acme, name: 'ci', head_sha: sha, conclusion: 'success' });
    await fixture.rest(github.tokens.admin).pulls.createReview({ ...acme, pull_number: number, event: 'APPROVE' });
    await expect(merge()).resolves.toMatchObject({ data: { merged: true } });
  });

  test('deleting the head branch closes the pull request, and so does resetting it to its base', async () => {
    const rest = fixture.rest();
    const one = await fixture.openPull({ branch: 'gone' });
    await rest.git.deleteRef({ ...acme, ref: 'heads/gone' });
    expect(await get(one.number)).toMatchObject({ state: 'closed', merged: false });
    const other = await fixture.openPull({ branch: 'reset' });
    const main = (await rest.git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
    await rest.git.updateRef({ ...acme, ref: 'heads/reset', sha: main, force: true });
    expect(await get(other.number)).toMatchObject({ state: 'closed', merged: false });
  });

  test('the head follows its branch and takes stale approvals away', async () => {
    const { github } = fixture;
    const { number } = await fixture.openPull({ branch: 'follow' });
    github.settings('acme/thoughts').rules = [
      { target: 'branch', pattern: 'main', requirePullRequest: { approvals: 1, dismissStaleReviews: true } },
    ];
    await fixture.rest(github.tokens.admin).pulls.createReview({ ...acme, pull_number: number, event: 'APPROVE' });
    const sha = await github.commit('acme/thoughts', { branch: 'follow', message: 'more', files: { more: 'm' } });
    expect((await get(number)).head.sha).toBe(sha);
    const { data } = await fixture.rest().pulls.listReviews({ ...acme, pull_number: number });
    expect(data).toMatchObject([{ state: 'DISMISSED' }]);
  });

  test('an asynchronous merge is pending first and merged then', async () => {
    const { number } = await fixture.openPull();
    const route = { ...acme, pull_number: number };
    const asked = await fetch(`${fixture.github.apiUrl}/repos/acme/thoughts/pulls/${number}/merge-async`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${fixture.github.tokens.app}` },
      body: JSON.stringify({ merge_method: 'squash' }),
    });
    const answer = (await asked.json()) as { status: string; details: { uuid: string } };
    expect([asked.status, answer.status]).toEqual([202, 'pending']);
    const url = `${fixture.github.apiUrl}/repos/acme/thoughts/pulls/${number}/merge-async/${answer.details.uuid}`;
    await expect(
      fixture.rest().issues.createComment({ ...acme, issue_number: number, body: 'x' }),
    ).resolves.toBeDefined();
    expect(await (await fetch(url)).json()).toMatchObject({ status: 'merged' });
    expect((await fixture.rest().pulls.get(route)).data.merged).toBe(true);
  });
});

describe('auto-merge', () => {
  test.each([
    ['where it is not allowed', {}, 'Auto merge is not allowed for this repository'],
    ['without rules on the base', { allowAutoMerge: true }, 'Protected branch rules not configured for this branch'],
    [
      'on a clean pull request',
      { allowAutoMerge: true, rules: [{ target: 'branch', pattern: 'main', blockForcePushes: true }] },
      'Pull request is in clean status',
    ],
  ])('%s it cannot be armed', async (_, settings, message) => {
    const { nodeId } = await fixture.openPull();
    Object.assign(fixture.github.settings('acme/thoughts'), settings);
    await expect(fixture.graphql(ENABLE, { id: nodeId })).rejects.toThrow(message);
  });

  test('armed, it merges as soon as the checks are green', async () => {
    const { github } = fixture;
    const { number, sha, nodeId } = await fixture.openPull();
    Object.assign(github.settings('acme/thoughts'), {
      allowAutoMerge: true,
      rules: [{ target: 'branch', pattern: 'main', requiredChecks: ['ci'] }],
    });
    expect(await fixture.graphql(ENABLE, { id: nodeId })).toMatchObject({
      enablePullRequestAutoMerge: {
        pullRequest: { number, autoMergeRequest: { mergeMethod: 'SQUASH', enabledBy: { login: 'trunkline-bot' } } },
      },
    });
    expect((await get(number)).auto_merge).toMatchObject({ merge_method: 'squash' });
    await fixture.rest().repos.createCommitStatus({ ...acme, sha, state: 'success', context: 'ci' });
    expect(await get(number)).toMatchObject({ merged: true, merged_by: { login: 'trunkline-bot[bot]' } });
  });

  test('a new pull request may be unknown to GraphQL at first', async () => {
    const settings = fixture.github.settings('acme/thoughts');
    Object.assign(settings, { allowAutoMerge: true, nodeLag: 1 });
    settings.rules = [{ target: 'branch', pattern: 'main', requiredChecks: ['ci'] }];
    const { nodeId } = await fixture.openPull();
    settings.nodeLag = 0;
    await expect(fixture.graphql(ENABLE, { id: nodeId })).rejects.toThrow('Could not resolve to a node');
    await expect(fixture.graphql(ENABLE, { id: nodeId })).resolves.toBeDefined();
  });
});
