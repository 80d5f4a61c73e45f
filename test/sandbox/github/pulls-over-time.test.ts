import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, askRest, type Fixture, startFixture } from './sandbox-fixture.ts';
import type { RepositorySettings, Rule } from './settings.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
const set = (settings: Partial<RepositorySettings>) =>
  Object.assign(fixture.github.settings('acme/thoughts'), { allowAutoMerge: true, nodeLag: 0, rules: [], ...settings });
beforeEach(() => void set({}));

const rule = (more: Partial<Rule>): Rule => ({ target: 'branch', pattern: 'main', ...more });
const pull = async (number: number) => (await fixture.rest().pulls.get({ ...acme, pull_number: number })).data;
const commit = (branch: string, files: Record<string, string>) =>
  fixture.github.commit('acme/thoughts', { branch, message: 'more', files });
const check = (sha: string, state: 'success' | 'failure') =>
  fixture.rest().repos.createCommitStatus({ ...acme, sha, state, context: 'ci' });
const review = (number: number, event: 'APPROVE' | 'REQUEST_CHANGES') =>
  fixture.rest(fixture.github.tokens.admin).pulls.createReview({ ...acme, pull_number: number, event, body: 'x' });
const reviews = async (number: number) =>
  (await fixture.rest().pulls.listReviews({ ...acme, pull_number: number })).data.map(({ state }) => state);

async function graphState(number: number) {
  const query = `query($number: Int!) { repository(owner: "acme", name: "thoughts") { pullRequest(number: $number) {
    mergeable mergeStateStatus } } }`;
  return (await fixture.graphql<{ repository: { pullRequest: object } }>(query, { number })).repository.pullRequest;
}

const ARM = 'mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }';

describe('mergeability', () => {
  test('REST: null at first, then computed, with a merge for a test; anew when the base or the head moves', async () => {
    const { number } = await fixture.openPull({ branch: 'computed' });
    const computed = { mergeable: true, rebaseable: true, mergeable_state: 'clean' };
    expect(await pull(number)).toMatchObject(computed);
    const { merge_commit_sha: first } = await pull(number);
    const { data } = await fixture.rest().git.getCommit({ ...acme, commit_sha: first ?? '' });
    expect(data.parents).toHaveLength(2);
    for (const branch of ['main', 'computed']) {
      await commit(branch, { [`moved-${branch}`]: 'x' });
      expect(await pull(number)).toMatchObject({ mergeable: null, mergeable_state: 'unknown' });
      expect(await pull(number)).toMatchObject(computed);
    }
    expect((await pull(number)).merge_commit_sha).not.toBe(first);
  });

  test('GraphQL: UNKNOWN at first, then MERGEABLE or CONFLICTING', async () => {
    const { number } = await fixture.openPull({ branch: 'asked', files: { 'app.txt': 'theirs\n' } });
    await commit('asked', { 'app.txt': 'theirs, again\n' });
    expect(await graphState(number)).toEqual({ mergeable: 'UNKNOWN', mergeStateStatus: 'CLEAN' });
    expect(await graphState(number)).toEqual({ mergeable: 'MERGEABLE', mergeStateStatus: 'CLEAN' });
    await commit('main', { 'app.txt': `ours ${number}\n` });
    expect(await graphState(number)).toMatchObject({ mergeable: 'UNKNOWN' });
    expect(await graphState(number)).toEqual({ mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' });
  });

  test.each<[string, Partial<Rule> | undefined, boolean, 'success' | 'failure' | undefined, string]>([
    ['nothing in the way', undefined, false, undefined, 'clean'],
    ['a check that is not required fails', undefined, false, 'failure', 'unstable'],
    ['a required check is missing', { requiredChecks: ['ci'] }, false, undefined, 'blocked'],
    ['a required check fails', { requiredChecks: ['ci'] }, false, 'failure', 'blocked'],
    ['a required check is green', { requiredChecks: ['ci'] }, false, 'success', 'clean'],
    ['a review is missing', { requirePullRequest: { approvals: 1 } }, false, undefined, 'blocked'],
    ['the base has moved and must be contained', { strictChecks: true }, true, undefined, 'behind'],
    ['the base has moved', {}, true, undefined, 'clean'],
  ])('%s: %#', async (_, more, isBehind, state, expected) => {
    const { number, sha } = await fixture.openPull();
    if (more !== undefined) set({ rules: [rule(more)] });
    if (isBehind) await commit('main', { [`behind-${number}`]: 'x' });
    if (state !== undefined) await check(sha, state);
    await pull(number);
    expect((await pull(number)).mergeable_state).toBe(expected);
  });

  test('a draft and a closed one', async () => {
    const draft = await fixture.openPull({ draft: true });
    expect(await pull(draft.number)).toMatchObject({ mergeable: true, mergeable_state: 'draft' });
    await fixture.rest().pulls.update({ ...acme, pull_number: draft.number, state: 'closed' });
    expect(await pull(draft.number)).toMatchObject({ mergeable: null, mergeable_state: 'unknown', state: 'closed' });
  });
});

describe('a new pull request is not everywhere at once', () => {
  test.each([
    ['labels', 'issues/{}/labels', { labels: ['x'] }, 'Label', 200],
    ['comments', 'issues/{}/comments', { body: 'x' }, 'IssueComment', 201],
    ['asking for reviews', 'pulls/{}/requested_reviewers', { reviewers: ['mona'] }, undefined, 201],
  ])('%s: 422 as long as it is unknown there', async (_, path, body, resource, status) => {
    set({ nodeLag: 1 });
    const { number, nodeId } = await fixture.openPull();
    const ask = () =>
      askRest(fixture, `/repos/acme/thoughts/${path.replace('{}', String(number))}`, {
        ...{ token: fixture.github.tokens.app, method: 'POST', body },
      });
    const message = `Could not resolve to a node with the global id of '${nodeId}'.`;
    const error = resource === undefined ? message : { resource, code: 'unprocessable', field: 'data', message };
    expect(await ask()).toMatchObject({ status: 422, body: { message: 'Validation Failed', errors: [error] } });
    expect((await ask()).status).toBe(status);
  });
});

describe('approvals', () => {
  const stale = rule({ requirePullRequest: { approvals: 1, dismissStaleReviews: true } });
  test.each([
    ['a push that changes the difference dismisses them', stale, { more: 'm' }, ['DISMISSED'], 'blocked'],
    ['a push that changes nothing leaves them', stale, {}, ['APPROVED'], 'clean'],
    [
      'without the rule they stay',
      rule({ requirePullRequest: { approvals: 1 } }),
      { more: 'm' },
      ['APPROVED'],
      'clean',
    ],
  ] as const)('%s', async (_, one, files, states, mergeable) => {
    const branch = `approved-${states}-${Object.keys(files)}-${mergeable}`;
    const { number } = await fixture.openPull({ branch });
    set({ rules: [one] });
    await review(number, 'APPROVE');
    const sha = await commit(branch, files);
    expect((await pull(number)).head.sha).toBe(sha);
    expect([await reviews(number), (await pull(number)).mergeable_state]).toEqual([states, mergeable]);
  });

  test('a head that was rebuilt on the moved base keeps them', async () => {
    const { number } = await fixture.openPull({ branch: 'rebuilt', files: { own: 'own' } });
    set({ rules: [stale] });
    await review(number, 'APPROVE');
    const base = await commit('main', { unrelated: 'x' });
    const made = await fixture.github.commit('acme/thoughts', {
      ...{ branch: 'rebuilt', message: 'rebuilt', files: { own: 'own' }, parents: [base] },
    });
    expect([(await pull(number)).head.sha, await reviews(number)]).toEqual([made, ['APPROVED']]);
  });

  test('requested changes are not dismissed by a push', async () => {
    const { number } = await fixture.openPull({ branch: 'refused' });
    set({ rules: [stale] });
    await review(number, 'REQUEST_CHANGES');
    await commit('refused', { more: 'm' });
    expect(await reviews(number)).toEqual(['CHANGES_REQUESTED']);
  });
});

describe('auto-merge', () => {
  const both = rule({ requiredChecks: ['ci'], requirePullRequest: { approvals: 1 } });
  test.each([
    ['the check', ['review', 'check']],
    ['the review', ['check', 'review']],
  ])('fires when %s is the last requirement to turn green', async (_, order) => {
    const { number, sha, nodeId } = await fixture.openPull();
    set({ rules: [both] });
    await fixture.graphql(ARM, { id: nodeId });
    for (const step of order) {
      expect(await pull(number)).toMatchObject({ merged: false, auto_merge: { merge_method: 'merge' } });
      if (step === 'check') await check(sha, 'success');
      else await review(number, 'APPROVE');
    }
    expect(await pull(number)).toMatchObject({ merged: true, state: 'closed', auto_merge: null });
  });

  test('a failing check, requested changes and a conflict keep it waiting, and no longer', async () => {
    const { number, sha, nodeId } = await fixture.openPull({ branch: 'patient', files: { patient: '1\n' } });
    set({ rules: [both] });
    await fixture.graphql(ARM, { id: nodeId });
    await check(sha, 'failure');
    await review(number, 'REQUEST_CHANGES');
    await commit('main', { patient: 'other\n' });
    await check(sha, 'success');
    await review(number, 'APPROVE');
    expect(await pull(number)).toMatchObject({ merged: false, auto_merge: { merge_method: 'merge' } });
    const solved = await commit('patient', { patient: 'other\n' });
    expect((await pull(number)).merged).toBe(false);
    await check(solved, 'success');
    expect(await pull(number)).toMatchObject({ merged: true, auto_merge: null });
  });

  test('closing ends it, and so does a new base that somebody without write access chooses', async () => {
    const { github } = fixture;
    await commit('other-base', { base: 'x' });
    const narrow = github.issueToken({ kind: 'app', login: 'narrow[bot]', permissions: { pull_requests: 'write' } });
    const change = async (update: object, token?: string) => {
      const { number, nodeId } = await fixture.openPull();
      set({ rules: [both, { ...both, pattern: 'other-base' }] });
      await fixture.graphql(ARM, { id: nodeId });
      const { data } = await fixture.rest(token).pulls.update({ ...acme, pull_number: number, ...update });
      return data.auto_merge?.merge_method ?? null;
    };
    expect(await change({ state: 'closed' })).toBeNull();
    expect(await change({ base: 'other-base' }, narrow)).toBeNull();
    expect(await change({ base: 'other-base' })).toBe('merge');
  });
});

describe('branches', () => {
  test('a push to the base that contains the head is its merge', async () => {
    const { number, sha } = await fixture.openPull();
    await fixture.rest().git.updateRef({ ...acme, ref: 'heads/main', sha, force: true });
    expect(await pull(number)).toMatchObject({ merged: true, merge_commit_sha: sha, merged_by: null });
  });

  test('a closed one no longer follows its branch, and cannot be opened again after a force-push', async () => {
    const { number, sha } = await fixture.openPull({ branch: 'left' });
    await fixture.rest().pulls.update({ ...acme, pull_number: number, state: 'closed' });
    await fixture.github.commit('acme/thoughts', { branch: 'left', message: 'x', files: { x: 'x' }, parents: [] });
    expect((await pull(number)).head.sha).toBe(sha);
    await expect(fixture.rest().pulls.update({ ...acme, pull_number: number, state: 'open' })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('force-pushed or recreated'),
    });
  });
});
