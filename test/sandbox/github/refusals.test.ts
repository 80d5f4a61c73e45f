import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let head = '';

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  fixture.github.settings('acme/thoughts').rules = [];
  head = (await fixture.rest().git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
});

const refused = (status: number, message: string) => ({ status, message: expect.stringContaining(message) });

describe('tokens', () => {
  test('a token that does not exist is told so', async () => {
    await expect(fixture.rest('ghs_unknown').repos.get(acme)).rejects.toMatchObject(refused(401, 'Bad credentials'));
  });

  test('a read-only token may read but not write', async () => {
    const rest = fixture.rest(fixture.github.tokens.readOnly);
    expect((await rest.git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha).toBe(head);
    await expect(rest.git.createRef({ ...acme, ref: 'refs/tags/v9', sha: head })).rejects.toMatchObject({
      ...refused(403, 'Resource not accessible by integration'),
      response: { headers: { 'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write' } },
    });
  });

  test('a private repository does not exist for a token without access', async () => {
    const { github } = fixture;
    await github.createRepository({ owner: 'acme', name: 'secret', files: { a: 'a' }, private: true });
    const stranger = github.issueToken({
      kind: 'app',
      login: 'other[bot]',
      permissions: { contents: 'write' },
      repositories: ['acme/thoughts'],
    });
    const secret = { owner: 'acme', repo: 'secret' };
    await expect(fixture.rest(stranger).repos.get(secret)).rejects.toMatchObject(refused(404, 'Not Found'));
    expect((await fixture.rest().repos.get(secret)).data.private).toBe(true);
  });

  test('GITHUB_TOKEN may not bring workflow files, an App with the permission may', async () => {
    const make = async (token: string, branch: string) => {
      const rest = fixture.rest(token);
      const entry = { path: '.github/workflows/x.yml', mode: '100644' as const, content: `on: push # ${branch}\n` };
      const { data: tree } = await rest.git.createTree({ ...acme, base_tree: head, tree: [entry] });
      const { data: commit } = await rest.git.createCommit({ ...acme, message: 'ci', tree: tree.sha, parents: [head] });
      return rest.git.createRef({ ...acme, ref: `refs/heads/${branch}`, sha: commit.sha });
    };
    await expect(make(fixture.github.tokens.workflow, 'w1')).rejects.toMatchObject(
      refused(403, 'Resource not accessible by integration'),
    );
    await expect(make(fixture.github.tokens.app, 'w2')).resolves.toMatchObject({ status: 201 });
  });
});

describe('refs', () => {
  test.each([
    ['a ref that exists', 'refs/heads/main', 'Reference already exists'],
    ['a branch in the way of a folder', 'refs/heads/main/sub', 'Reference update failed'],
  ])('%s', async (_, ref, message) => {
    await expect(fixture.rest().git.createRef({ ...acme, ref, sha: head })).rejects.toMatchObject(
      refused(422, message),
    );
  });

  test('an object that does not exist cannot be named', async () => {
    const sha = '1'.repeat(40);
    const create = fixture.rest().git.createRef({ ...acme, ref: 'refs/tags/v1', sha });
    await expect(create).rejects.toMatchObject(refused(422, 'Object does not exist'));
  });

  test('a ref moves back only by force', async () => {
    const rest = fixture.rest();
    const next = await fixture.github.commit('acme/thoughts', { branch: 'moving', message: 'next', files: { n: 'n' } });
    expect(next).not.toBe(head);
    const back = { ...acme, ref: 'heads/moving', sha: head };
    await expect(rest.git.updateRef(back)).rejects.toMatchObject(refused(422, 'Update is not a fast forward'));
    expect((await rest.git.updateRef({ ...back, force: true })).data.object.sha).toBe(head);
  });

  test('protected tags and branches are refused by name of the rule, except for who may bypass', async () => {
    const { github } = fixture;
    github.settings('acme/thoughts').rules = [
      { target: 'tag', pattern: 'v*', restrictCreations: true, bypass: ['trunkline-bot[bot]', 'github-actions[bot]'] },
    ];
    const create = (token: string) =>
      fixture.rest(token).git.createRef({ ...acme, ref: 'refs/tags/v7.0.0', sha: head });
    await expect(create(github.tokens.workflow)).rejects.toMatchObject(refused(422, 'Reference update failed'));
    await expect(create(github.tokens.app)).resolves.toMatchObject({ status: 201 });
  });

  test('a tag name that an immutable release used stays locked', async () => {
    const { github } = fixture;
    github.settings('acme/thoughts').immutableReleases = true;
    const rest = fixture.rest();
    const { data } = await rest.repos.createRelease({ ...acme, tag_name: 'v8.0.0', target_commitish: 'main' });
    expect(data.immutable).toBe(true);
    const remove = () => rest.git.deleteRef({ ...acme, ref: 'tags/v8.0.0' });
    await expect(remove()).rejects.toMatchObject(refused(422, 'Cannot delete this tag'));
    await rest.repos.deleteRelease({ ...acme, release_id: data.id });
    await remove();
    const again = rest.git.createRef({ ...acme, ref: 'refs/tags/v8.0.0', sha: head });
    await expect(again).rejects.toMatchObject(refused(422, 'Reference update failed'));
  });
});

describe('pull requests', () => {
  test('there is one for each pair of branches', async () => {
    await fixture.openPull({ branch: 'twice' });
    const again = fixture.rest().pulls.create({ ...acme, title: 'x', head: 'twice', base: 'main' });
    await expect(again).rejects.toMatchObject(refused(422, 'A pull request already exists for acme:twice.'));
  });

  test.each([
    ['without a difference', { head: 'same', base: 'main' }, 'No commits between main and same'],
    ['from a branch that does not exist', { head: 'nowhere', base: 'main' }, '"field":"head","code":"invalid"'],
    ['to a branch that does not exist', { head: 'same', base: 'nowhere' }, '"field":"base","code":"invalid"'],
    [
      'with a body that is too long',
      { head: 'same', base: 'main', body: 'x'.repeat(65_537) },
      'maximum is 65536 characters',
    ],
    [
      'with a title that is too long',
      { head: 'same', base: 'main', title: 'x'.repeat(257) },
      'maximum is 256 characters',
    ],
  ])('%s it is refused', async (_, options, message) => {
    const rest = fixture.rest();
    await rest.git.createRef({ ...acme, ref: 'refs/heads/same', sha: head }).catch(() => {});
    await rest.git.updateRef({ ...acme, ref: 'heads/same', sha: head, force: true });
    await expect(rest.pulls.create({ ...acme, title: 'x', ...options })).rejects.toMatchObject(refused(422, message));
  });

  test('GITHUB_TOKEN opens none where the repository forbids it', async () => {
    const settings = fixture.github.settings('acme/thoughts');
    settings.actionsMayCreatePullRequests = false;
    const open = fixture.openPull({ token: fixture.github.tokens.workflow });
    await expect(open).rejects.toMatchObject(
      refused(403, 'GitHub Actions is not permitted to create or approve pull requests'),
    );
    settings.actionsMayCreatePullRequests = true;
  });

  test('the author cannot be asked for a review, and one stranger refuses the whole request', async () => {
    const { number } = await fixture.openPull({ token: fixture.github.tokens.admin });
    const request = { ...acme, pull_number: number };
    const rest = fixture.rest();
    await expect(rest.pulls.requestReviewers({ ...request, reviewers: ['octo-admin'] })).rejects.toMatchObject(
      refused(422, 'Review cannot be requested from pull request author.'),
    );
    fixture.github.settings('acme/thoughts').notReviewers = ['stranger'];
    await expect(rest.pulls.requestReviewers({ ...request, reviewers: ['mona', 'stranger'] })).rejects.toMatchObject(
      refused(422, 'Reviews may only be requested from collaborators'),
    );
    const { data } = await rest.pulls.requestReviewers({
      ...request,
      reviewers: ['mona'],
      team_reviewers: ['platform'],
    });
    expect(data.requested_reviewers).toMatchObject([{ login: 'mona' }]);
    expect(data.requested_teams).toMatchObject([{ slug: 'platform' }]);
  });

  test('an unknown label comes into being only for who may write issues', async () => {
    const { github } = fixture;
    const { number } = await fixture.openPull();
    const narrow = github.issueToken({ kind: 'app', login: 'narrow[bot]', permissions: { pull_requests: 'write' } });
    const add = (token?: string) =>
      fixture.rest(token).issues.addLabels({ ...acme, issue_number: number, labels: ['deploy'] });
    await expect(add(narrow)).rejects.toMatchObject(refused(403, 'Resource not accessible by integration'));
    expect((await add()).data).toMatchObject([{ name: 'deploy' }]);
    expect((await add(narrow)).data).toMatchObject([{ name: 'deploy' }]);
  });
});

describe('deployments', () => {
  test('one whose required contexts are not green is a conflict', async () => {
    const rest = fixture.rest();
    const create = () => rest.repos.createDeployment({ ...acme, ref: 'main', required_contexts: ['ci'] });
    await expect(create()).rejects.toMatchObject(refused(409, 'Commit status checks failed'));
    await rest.repos.createCommitStatus({ ...acme, sha: head, state: 'success', context: 'ci' });
    await expect(create()).resolves.toMatchObject({ status: 201 });
  });
});
