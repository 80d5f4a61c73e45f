import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { refused, type Sent, send, sendInVain, violated } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let head = '';

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  head = github.records('acme/thoughts').refs.get('refs/heads/main') ?? '';
  await fixture.rest().repos.createRelease({ ...acme, tag_name: 'v1.0.0', target_commitish: 'main' });
  github.settings('acme/thoughts').immutableReleases = true;
  await fixture.rest().repos.createRelease({ ...acme, tag_name: 'v2.0.0', target_commitish: 'main' });
  const gone = await fixture.rest().repos.createRelease({ ...acme, tag_name: 'v3.0.0', target_commitish: 'main' });
  await fixture.rest().repos.deleteRelease({ ...acme, release_id: gone.data.id });
  await fixture.rest().git.deleteRef({ ...acme, ref: 'tags/v3.0.0' });
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.github.settings('acme/thoughts').rules = [];
});

const PAGE = { page: 'releases/releases#create-a-release' };
const release = (tag: string, more: object = {}): Sent => ({
  method: 'POST',
  path: 'releases',
  body: { tag_name: tag, target_commitish: 'main', ...more },
});
const custom = { resource: 'Release', code: 'custom' };
const NO_TAG = { ...custom, message: 'Published releases must have a valid tag' };
const RESTRICTED = {
  ...custom,
  field: 'pre_receive',
  message: `pre_receive ${violated('Cannot create ref due to creations being restricted.')}`,
};
const BURNED = { ...custom, field: 'tag_name', message: 'tag_name was used by an immutable release' };
const TAKEN = { resource: 'Release', code: 'already_exists', field: 'tag_name' };
const TOO_LONG = { ...custom, field: 'body', message: 'body is too long (maximum is 125000 characters)' };
const NO_COMMIT = { resource: 'Release', code: 'invalid', field: 'target_commitish' };

describe('a release is refused', () => {
  test.each<[string, () => Sent, object[]]>([
    ['when its tag has one', () => release('v1.0.0'), [TAKEN]],
    ['when its tag has an immutable one', () => release('v2.0.0'), [TAKEN, BURNED]],
    ['when an immutable one that is gone has used the name', () => release('v3.0.0'), [RESTRICTED, BURNED, NO_TAG]],
    ['when its notes are too long', () => release('v4.0.0', { body: 'x'.repeat(125_001) }), [TOO_LONG]],
    ['when there is no commit to tag', () => release('v4.0.0', { target_commitish: 'nowhere' }), [NO_COMMIT]],
  ])('%s', async (_, request, errors) => {
    const answer = await sendInVain(fixture, request());
    expect(answer).toEqual(refused(422, 'Validation Failed', { ...PAGE, errors }));
  });

  test('when a ruleset does not let it make its tag', async () => {
    fixture.github.settings('acme/thoughts').rules = [{ target: 'tag', pattern: 'v*', restrictCreations: true }];
    const errors = [RESTRICTED, NO_TAG];
    const expected = refused(422, 'Validation Failed', { ...PAGE, errors });
    expect(await sendInVain(fixture, release('v5.0.0'))).toEqual(expected);
    expect((await send(fixture, release('v5.0.0', { draft: true }))).status).toBe(201);
  });

  test('when its commit has workflow files that no branch has, and the token may not write them', async () => {
    const { github } = fixture;
    const bring = (file: string) =>
      github.commit('acme/thoughts', { message: 'ci', files: { [`.github/workflows/${file}`]: 'on: push\n' } });
    const old = await bring('a.yml');
    await bring('b.yml');
    const sent = { ...release('v6.0.0', { target_commitish: old }), token: github.tokens.workflow };
    const answer = await sendInVain(fixture, sent);
    expect(answer).toEqual(refused(403, 'Resource not accessible by integration', PAGE));
    expect(answer.headers).toMatchObject({
      'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write',
    });
  });
});

describe('under immutable releases a tag', () => {
  test.each<[string, () => Sent, string, string]>([
    [
      'that a release uses is not deleted',
      () => ({ method: 'DELETE', path: 'git/refs/tags/v2.0.0' }),
      violated('Cannot delete this tag'),
      'git/refs#delete-a-reference',
    ],
    [
      'that a release uses is not moved',
      () => ({ method: 'PATCH', path: 'git/refs/tags/v2.0.0', body: { sha: head, force: true } }),
      violated('Cannot update this protected ref.'),
      'git/refs#update-a-reference',
    ],
    [
      'that a release has used is never created again',
      () => ({ method: 'POST', path: 'git/refs', body: { ref: 'refs/tags/v3.0.0', sha: head } }),
      'Reference update failed',
      'git/refs#create-a-reference',
    ],
  ])('%s', async (_, request, message, page) => {
    expect(await sendInVain(fixture, request())).toEqual(refused(422, message, { page }));
  });

  test('of a release that may be changed is deleted', async () => {
    expect((await send(fixture, { method: 'DELETE', path: 'git/refs/tags/v1.0.0' })).status).toBe(204);
  });
});
