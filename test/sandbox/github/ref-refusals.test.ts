import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { refused, type Sent, send, sendInVain, violated } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';
import type { Rule } from './settings.ts';

let fixture: Fixture;
const shas = { main: '', ahead: '', signed: '' };

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  shas.main = github.records('acme/thoughts').refs.get('refs/heads/main') ?? '';
  shas.ahead = await github.commit('acme/thoughts', { branch: 'ahead', message: 'next', files: { n: 'n' } });
  const { data } = await fixture.rest().git.getCommit({ ...acme, commit_sha: shas.ahead });
  const commit = { ...acme, message: 'x', tree: data.tree.sha, parents: [shas.main] };
  shas.signed = (await fixture.rest().git.createCommit(commit)).data.sha;
  github.addRefs('acme/thoughts', {
    'refs/tags/v1.0.0': shas.main,
    'refs/tags/v1.1.0': shas.ahead,
    'refs/heads/free': shas.main,
  });
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.github.settings('acme/thoughts').rules = [];
});

const create = (ref: string, sha = shas.main): Sent => ({ method: 'POST', path: 'git/refs', body: { ref, sha } });
const move = (ref: string, sha: string, force = false): Sent => ({
  method: 'PATCH',
  path: `git/refs/${ref}`,
  body: { sha, force },
});
const remove = (ref: string): Sent => ({ method: 'DELETE', path: `git/refs/${ref}` });
const PAGES = {
  POST: 'git/refs#create-a-reference',
  PATCH: 'git/refs#update-a-reference',
  DELETE: 'git/refs#delete-a-reference',
} as const;
const pageOf = ({ method }: Sent) => ({ page: PAGES[method as keyof typeof PAGES] });

describe('a ref is refused', () => {
  test.each([
    ['when it exists', () => create('refs/heads/main'), 'Reference already exists'],
    ['when a branch stands where it needs a folder', () => create('refs/heads/main/sub'), 'Reference update failed'],
    ['when its name is longer than 255 bytes', () => create(`refs/tags/${'é'.repeat(123)}`), 'Reference update failed'],
    ['when its object does not exist', () => create('refs/tags/v2', '1'.repeat(40)), 'Object does not exist'],
    [
      'when it moves to an object that does not exist',
      () => move('heads/free', '1'.repeat(40)),
      'Object does not exist',
    ],
    ['when it moves back without force', () => move('heads/ahead', shas.main), 'Update is not a fast forward'],
    ['when it moves and is not there', () => move('heads/nowhere', shas.main), 'Reference does not exist'],
    ['when it is deleted and is not there', () => remove('heads/nowhere'), 'Reference does not exist'],
  ])('%s', async (_, request, message) => {
    const sent = request();
    expect(await sendInVain(fixture, sent)).toEqual(refused(422, message, pageOf(sent)));
  });
});

const bind = (target: 'tag' | 'branch', rule: Partial<Rule>) => {
  const patterns = target === 'tag' ? ['v*'] : ['ahead', 'free', 'hotfix'];
  fixture.github.settings('acme/thoughts').rules = patterns.map((pattern) => ({ target, pattern, ...rule }));
};

describe('a ruleset refuses', () => {
  test.each<[string, 'tag' | 'branch', Partial<Rule>, () => Sent, string]>([
    [
      'a new tag, without saying why',
      'tag',
      { restrictCreations: true },
      () => create('refs/tags/v3'),
      'Reference update failed',
    ],
    [
      'a new branch, without saying why',
      'branch',
      { restrictCreations: true },
      () => create('refs/heads/hotfix'),
      'Reference update failed',
    ],
    [
      'to move a tag',
      'tag',
      { restrictUpdates: true },
      () => move('tags/v1.0.0', shas.ahead),
      violated('Cannot update this protected ref.'),
    ],
    [
      'to move a tag back',
      'tag',
      { blockForcePushes: true },
      () => move('tags/v1.1.0', shas.main, true),
      violated('Cannot force-push to this tag'),
    ],
    [
      'to delete a tag',
      'tag',
      { restrictDeletions: true },
      () => remove('tags/v1.0.0'),
      violated('Cannot delete this tag'),
    ],
    [
      'to delete a branch',
      'branch',
      { restrictDeletions: true },
      () => remove('heads/free'),
      violated('Cannot delete this branch'),
    ],
    [
      'to force a branch',
      'branch',
      { blockForcePushes: true },
      () => move('heads/ahead', shas.main, true),
      violated('Cannot force-push to this branch'),
    ],
    [
      'a push without a pull request',
      'branch',
      { requirePullRequest: {} },
      () => move('heads/free', shas.ahead),
      violated('Changes must be made through a pull request.'),
    ],
    [
      'a push past the merge queue',
      'branch',
      { mergeQueue: true },
      () => move('heads/free', shas.ahead),
      violated('Changes must be made through the merge queue'),
    ],
    [
      'a push without its required check',
      'branch',
      { requiredChecks: ['ci'] },
      () => move('heads/free', shas.ahead),
      violated('Required status check "ci" is expected.'),
    ],
    [
      'a push without its required checks',
      'branch',
      { requiredChecks: ['a', 'b', 'c'] },
      () => move('heads/free', shas.ahead),
      violated('3 of 3 required status checks are expected.'),
    ],
    [
      'an unsigned commit',
      'branch',
      { requireSignatures: true },
      () => move('heads/free', shas.ahead),
      violated('Commits must have verified signatures.'),
    ],
  ])('%s', async (_, target, rule, request, message) => {
    bind(target, rule);
    const sent = request();
    expect(await sendInVain(fixture, sent)).toEqual(refused(422, message, pageOf(sent)));
  });

  test('every violation at once', async () => {
    bind('branch', { requirePullRequest: {}, requireSignatures: true });
    const text = violated('Commits must have verified signatures.', 'Changes must be made through a pull request.');
    const sent = move('heads/free', shas.ahead);
    expect(await sendInVain(fixture, sent)).toEqual(refused(422, text, pageOf(sent)));
  });

  test('GITHUB_TOKEN even as a bypass actor, but not an App that is one', async () => {
    const { tokens } = fixture.github;
    bind('tag', { restrictCreations: true, bypass: ['trunkline-bot[bot]', 'github-actions[bot]'] });
    const sent = create('refs/tags/v4.0.0');
    const answer = await sendInVain(fixture, { ...sent, token: tokens.workflow });
    expect(answer).toEqual(refused(422, 'Reference update failed', pageOf(sent)));
    expect((await send(fixture, { ...sent, token: tokens.app })).status).toBe(201);
  });

  test('nothing of what it asks for: a signed commit, a green one', async () => {
    bind('branch', { requireSignatures: true });
    expect((await send(fixture, move('heads/free', shas.signed))).status).toBe(200);
    await fixture.rest().repos.createCommitStatus({ ...acme, sha: shas.signed, state: 'success', context: 'ci' });
    bind('branch', { requiredChecks: ['ci'] });
    fixture.github.records('acme/thoughts').refs.set('refs/heads/free', shas.main);
    expect((await send(fixture, move('heads/free', shas.signed))).status).toBe(200);
  });
});

describe('workflow files', () => {
  const rights = 'contents=write; contents=write,workflows=write';
  const bring = async (file: string) => {
    const files = { [`.github/workflows/${file}`]: 'on: push\n' };
    return fixture.github.commit('acme/thoughts', { message: 'ci', files });
  };

  test('a commit whose workflow files no branch has is refused like a missing right', async () => {
    const { tokens } = fixture.github;
    const old = await bring('a.yml');
    await bring('b.yml');
    const sent = create('refs/tags/old', old);
    const answer = await sendInVain(fixture, { ...sent, token: tokens.workflow });
    expect(answer).toEqual(refused(403, 'Resource not accessible by integration', pageOf(sent)));
    expect(answer.headers).toMatchObject({ 'x-accepted-github-permissions': rights });
    expect((await send(fixture, { ...sent, token: tokens.app })).status).toBe(201);
  });

  test('a commit with the workflow files of a branch is not', async () => {
    const newest = await bring('c.yml');
    const sent = create('refs/tags/newest', newest);
    expect((await send(fixture, { ...sent, token: fixture.github.tokens.workflow })).status).toBe(201);
  });
});
