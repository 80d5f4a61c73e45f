import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { refused, type Sent, send, sendInVain, violated } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';
import { defaultSettings, type RepositorySettings, type Rule } from './settings.ts';

let fixture: Fixture;
const pulls = { older: 0, clean: 0, draft: 0, conflict: 0, merged: 0, closed: 0 };
const nodes = { clean: '', draft: '', unstable: '' };

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  const merged = await fixture.openPull();
  await fixture.rest().pulls.merge({ ...acme, pull_number: merged.number });
  const closed = await fixture.openPull();
  await fixture.rest().pulls.update({ ...acme, pull_number: closed.number, state: 'closed' });
  const conflict = await fixture.openPull({ files: { 'app.txt': 'theirs\n' } });
  await github.commit('acme/thoughts', { message: 'ours', files: { 'app.txt': 'ours\n' } });
  const [clean, draft] = [await fixture.openPull(), await fixture.openPull({ draft: true })];
  const unstable = await fixture.openPull();
  await fixture.rest().repos.createCommitStatus({ ...acme, sha: unstable.sha, state: 'failure', context: 'lint' });
  Object.assign(pulls, {
    older: (await fixture.openPull()).number,
    clean: clean.number,
    draft: draft.number,
    conflict: conflict.number,
    merged: merged.number,
    closed: closed.number,
  });
  Object.assign(nodes, { clean: clean.nodeId, draft: draft.nodeId, unstable: unstable.nodeId });
});
afterAll(() => fixture.close());
beforeEach(() => void Object.assign(fixture.github.settings('acme/thoughts'), defaultSettings()));

const set = (settings: Partial<RepositorySettings>) =>
  void Object.assign(fixture.github.settings('acme/thoughts'), settings);
const main = (rule: Partial<Rule>): Partial<RepositorySettings> => ({
  rules: [{ target: 'branch', pattern: 'main', ...rule }],
});
const merge = (number: number, body: object = {}): Sent => ({ method: 'PUT', path: `pulls/${number}/merge`, body });
const PAGE = { page: 'pulls/pulls#merge-a-pull-request' };

describe('a merge is refused', () => {
  test.each<[string, Partial<RepositorySettings>, () => Sent, number, string]>([
    ['of a draft', {}, () => merge(pulls.draft), 405, 'Pull Request is still a draft'],
    ['of what conflicts', {}, () => merge(pulls.conflict), 405, 'Pull Request is not mergeable'],
    ['of what is merged', {}, () => merge(pulls.merged), 405, 'Pull Request is not mergeable'],
    [
      'of a head that moved',
      {},
      () => merge(pulls.clean, { sha: '1'.repeat(40) }),
      409,
      'Head branch was modified. Review and try the merge again.',
    ],
    [
      'by a merge commit where none is allowed',
      { allowMergeCommit: false },
      () => merge(pulls.clean),
      405,
      'Merge commits are not allowed on this repository.',
    ],
    [
      'by squashing where that is not allowed',
      { allowSquashMerge: false },
      () => merge(pulls.clean, { merge_method: 'squash' }),
      405,
      'Squash merges are not allowed on this repository.',
    ],
    [
      'by rebasing where that is not allowed',
      { allowRebaseMerge: false },
      () => merge(pulls.clean, { merge_method: 'rebase' }),
      405,
      'Rebase merges are not allowed on this repository.',
    ],
    [
      'without a required check',
      main({ requiredChecks: ['ci'] }),
      () => merge(pulls.clean),
      405,
      violated('Required status check "ci" is expected.'),
    ],
    [
      'without a required review',
      main({ requirePullRequest: { approvals: 1 } }),
      () => merge(pulls.clean),
      405,
      violated('At least 1 approving review is required by reviewers with write access.'),
    ],
    [
      'past the merge queue',
      main({ mergeQueue: true }),
      () => merge(pulls.clean),
      405,
      violated('Changes must be made through the merge queue'),
    ],
  ])('%s', async (_, settings, request, status, message) => {
    set(settings);
    expect(await sendInVain(fixture, request())).toEqual(refused(status, message, PAGE));
  });

  test('of what lacks two things, and both are told', async () => {
    set(main({ requiredChecks: ['ci'], requirePullRequest: { approvals: 2 } }));
    const message = violated(
      'Required status check "ci" is expected.',
      'At least 2 approving reviews are required by reviewers with write access.',
    );
    expect(await sendInVain(fixture, merge(pulls.clean))).toEqual(refused(405, message, PAGE));
  });

  test('of workflow files by a token that may not write them', async () => {
    const files = { '.github/workflows/ci.yml': 'on: push\n' };
    const { number } = await fixture.openPull({ files });
    const { tokens } = fixture.github;
    const message =
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission';
    const answer = await sendInVain(fixture, { ...merge(number), token: tokens.workflow });
    expect(answer).toEqual(refused(403, message, PAGE));
    expect((await send(fixture, merge(number))).status).toBe(200);
    // This one is older than the workflow file, but does not touch it.
    expect((await send(fixture, { ...merge(pulls.older), token: tokens.workflow })).status).toBe(200);
  });

  test('not for a bypass actor', async () => {
    const { number } = await fixture.openPull();
    set(main({ requiredChecks: ['ci'], bypass: ['trunkline-bot[bot]'] }));
    const { tokens } = fixture.github;
    expect((await sendInVain(fixture, { ...merge(number), token: tokens.workflow })).status).toBe(405);
    expect((await send(fixture, merge(number))).status).toBe(200);
  });
});

describe('auto-merge is refused', () => {
  const ENABLE = `mutation($input: EnablePullRequestAutoMergeInput!) {
    enablePullRequestAutoMerge(input: $input) { pullRequest { number } }
  }`;
  const arm = (pullRequestId: string, more: object = {}): Sent => ({
    method: 'POST',
    path: '/api/graphql',
    body: { query: ENABLE, variables: { input: { pullRequestId, mergeMethod: 'SQUASH', ...more } } },
  });
  const allowed = { allowAutoMerge: true };
  const forcePushes = main({ blockForcePushes: true });

  test.each<[string, Partial<RepositorySettings>, () => Sent, string]>([
    ['where it is not allowed', {}, () => arm(nodes.clean), 'Auto merge is not allowed for this repository'],
    [
      'where no rule guards the base',
      allowed,
      () => arm(nodes.clean),
      'Pull request Protected branch rules not configured for this branch',
    ],
    [
      'of what could be merged now',
      { ...allowed, ...forcePushes },
      () => arm(nodes.clean),
      'Pull request Pull request is in clean status',
    ],
    [
      'of what could be merged now in spite of a red check',
      { ...allowed, ...forcePushes },
      () => arm(nodes.unstable),
      'Pull request Pull request is in unstable status',
    ],
    [
      'of a draft',
      { ...allowed, ...main({ requiredChecks: ['ci'] }) },
      () => arm(nodes.draft),
      'Pull Request is still a draft',
    ],
    [
      'of a head that moved',
      { ...allowed, ...main({ requiredChecks: ['ci'] }) },
      () => arm(nodes.clean, { expectedHeadOid: '1'.repeat(40) }),
      'Head branch was modified. Review and try the merge again.',
    ],
  ])('%s', async (_, settings, request, message) => {
    set(settings);
    expect(await sendInVain(fixture, request())).toMatchObject({
      status: 200,
      body: {
        data: { enablePullRequestAutoMerge: null },
        errors: [{ type: 'UNPROCESSABLE', path: ['enablePullRequestAutoMerge'], message }],
      },
    });
  });
});

describe('a merge in the background is refused', () => {
  test.each<[string, () => number, string]>([
    ['of a draft, at once', () => pulls.draft, 'Pull Request is still a draft'],
    ['of what is closed, at once', () => pulls.closed, 'Pull Request is closed'],
  ])('%s', async (_, number, message) => {
    const answer = await sendInVain(fixture, { method: 'PUT', path: `pulls/${number()}/merge-async`, body: {} });
    expect(answer).toMatchObject({ status: 400, body: { status: 'failed', details: { message } } });
  });
});
