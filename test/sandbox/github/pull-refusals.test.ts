import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refused, type Sent, send, sendInVain } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
const numbers = { open: 0, own: 0, merged: 0, gone: 0 };

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  numbers.open = (await fixture.openPull({ branch: 'open' })).number;
  numbers.own = (await fixture.openPull({ token: github.tokens.admin })).number;
  numbers.merged = (await fixture.openPull()).number;
  await fixture.rest().pulls.merge({ ...acme, pull_number: numbers.merged });
  numbers.gone = (await fixture.openPull({ branch: 'gone' })).number;
  await fixture.rest().git.deleteRef({ ...acme, ref: 'heads/gone' });
  const main = github.records('acme/thoughts').refs.get('refs/heads/main') ?? '';
  github.addRefs('acme/thoughts', { 'refs/heads/same': main });
  await github.commit('acme/thoughts', { branch: 'orphan', parents: [], message: 'x', files: { x: 'x' } });
  github.settings('acme/thoughts').notReviewers = ['stranger', 'strangers'];
});
afterAll(() => fixture.close());

const CREATE = 'pulls/pulls#create-a-pull-request';
const UPDATE = 'pulls/pulls#update-a-pull-request';
const open = (more: object): Sent => ({ method: 'POST', path: 'pulls', body: { title: 'x', base: 'main', ...more } });
const pullError = (message: string) => ({ resource: 'PullRequest', code: 'custom', message });
const tooLong = (field: string, most: number) => ({
  resource: 'Issue',
  code: 'custom',
  field,
  message: `${field} is too long (maximum is ${most} characters)`,
});
const invalidField = (field: string) => ({ resource: 'PullRequest', field, code: 'invalid' });

describe('a pull request is refused', () => {
  test.each<[string, object, object]>([
    ['when there is one for the branch', { head: 'open' }, pullError('A pull request already exists for acme:open.')],
    ['when there is nothing to merge', { head: 'same' }, pullError('No commits between main and same')],
    [
      'when the histories have nothing in common',
      { head: 'orphan' },
      pullError('The orphan branch has no history in common with main'),
    ],
    ['when its head does not exist', { head: 'nowhere' }, invalidField('head')],
    ['when its base does not exist', { head: 'same', base: 'nowhere' }, invalidField('base')],
    ['when its body is too long', { head: 'same', body: 'x'.repeat(65_537) }, tooLong('body', 65_536)],
    ['when its title is too long', { head: 'same', title: 'x'.repeat(257) }, tooLong('title', 256)],
  ])('%s', async (_, body, error) => {
    const expected = refused(422, 'Validation Failed', { page: CREATE, errors: [error] });
    expect(await sendInVain(fixture, open(body))).toEqual(expected);
  });

  test('when GITHUB_TOKEN opens it where the repository forbids that', async () => {
    const settings = fixture.github.settings('acme/thoughts');
    await fixture.github.commit('acme/thoughts', { branch: 'by-job', message: 'x', files: { j: 'j' } });
    settings.actionsMayCreatePullRequests = false;
    const sent = { ...open({ head: 'by-job' }), token: fixture.github.tokens.workflow };
    const message = 'GitHub Actions is not permitted to create or approve pull requests.';
    expect(await sendInVain(fixture, sent)).toEqual(refused(403, message, { page: CREATE }));
    settings.actionsMayCreatePullRequests = true;
    expect((await send(fixture, sent)).status).toBe(201);
  });
});

describe('a change of a pull request is refused', () => {
  test.each<[string, () => string, object, object]>([
    [
      'when the new body is too long',
      () => `pulls/${numbers.open}`,
      { body: 'x'.repeat(65_537) },
      tooLong('body', 65_536),
    ],
    [
      'when the new title is too long',
      () => `pulls/${numbers.open}`,
      { title: 'x'.repeat(257) },
      tooLong('title', 256),
    ],
    ['when the new base does not exist', () => `pulls/${numbers.open}`, { base: 'nowhere' }, invalidField('base')],
    [
      'when its branch is gone and it is to be opened again',
      () => `pulls/${numbers.gone}`,
      { state: 'open' },
      { ...pullError('state cannot be changed. The gone branch has been deleted.'), field: 'state' },
    ],
    [
      'when it is merged and is to be opened again',
      () => `pulls/${numbers.merged}`,
      { state: 'open' },
      { ...pullError('state cannot be changed. The pull request cannot be reopened.'), field: 'state' },
    ],
  ])('%s', async (_, path, body, error) => {
    const expected = refused(422, 'Validation Failed', { page: UPDATE, errors: [error] });
    expect(await sendInVain(fixture, { method: 'PATCH', path: path(), body })).toEqual(expected);
  });
});

describe('a review request is refused', () => {
  const page = 'pulls/review-requests#request-reviewers-for-a-pull-request';
  const stranger =
    'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the acme/thoughts repository.';

  test.each<[string, object, string]>([
    ['to the author', { reviewers: ['octo-admin'] }, 'Review cannot be requested from pull request author.'],
    ['to a stranger, and with it everybody else', { reviewers: ['mona', 'stranger'] }, stranger],
    ['to a team without access', { team_reviewers: ['strangers'] }, stranger],
  ])('%s', async (_, body, message) => {
    const sent: Sent = { method: 'POST', path: `pulls/${numbers.own}/requested_reviewers`, body };
    expect(await sendInVain(fixture, sent)).toEqual(refused(422, message, { page }));
  });

  test('to none of them who may be asked', async () => {
    const body = { reviewers: ['mona'], team_reviewers: ['platform'] };
    const sent: Sent = { method: 'POST', path: `pulls/${numbers.own}/requested_reviewers`, body };
    expect(await send(fixture, sent)).toMatchObject({
      status: 201,
      body: { requested_reviewers: [{ login: 'mona' }], requested_teams: [{ slug: 'platform' }] },
    });
  });
});

describe('a review is refused', () => {
  const page = 'pulls/reviews#create-a-review-for-a-pull-request';

  test.each<[string, () => [number, string], object, string]>([
    [
      'that approves the own pull request',
      () => [numbers.open, fixture.github.tokens.app],
      { event: 'APPROVE' },
      'Review Can not approve your own pull request',
    ],
    [
      'that asks for changes of the own pull request',
      () => [numbers.open, fixture.github.tokens.app],
      { event: 'REQUEST_CHANGES', body: 'no' },
      'Review Can not request changes on your own pull request',
    ],
  ])('%s', async (_, whose, body, text) => {
    const [number, token] = whose();
    const expected = refused(422, 'Unprocessable Entity', { page, errors: [text] });
    const sent: Sent = { method: 'POST', path: `pulls/${number}/reviews`, body, token };
    expect(await sendInVain(fixture, sent)).toEqual(expected);
  });
});
