import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refused, type Sent, send, sendInVain } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let head = '';
let number = 0;

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  await github.createRepository({ owner: 'acme', name: 'secret', files: { a: 'a' }, private: true });
  head = github.records('acme/thoughts').refs.get('refs/heads/main') ?? '';
  number = (await fixture.openPull()).number;
});
afterAll(() => fixture.close());

type Kind = 'app' | 'pat' | 'GITHUB_TOKEN';
const WRITE = { contents: 'write', pull_requests: 'write' } as const;
const token = (kind: Kind, permissions: Record<string, 'read' | 'write'>, more: object = {}) =>
  fixture.github.issueToken({ kind, login: 'someone[bot]', permissions, ...more });
const classic = (...scopes: string[]) =>
  fixture.github.issueToken({ kind: 'classic', login: 'octo-classic', scopes, repositories: ['acme/thoughts'] });
const createRef = (): Sent => ({ method: 'POST', path: 'git/refs', body: { ref: 'refs/tags/v1', sha: head } });
const createTagObject = (): Sent => ({
  method: 'POST',
  path: 'git/tags',
  body: { tag: 'v1', message: 'v1', object: head, type: 'commit' },
});

const REF_PAGE = 'git/refs#create-a-reference';
const REF_RIGHTS = 'contents=write; contents=write,workflows=write';
const INTEGRATION = 'Resource not accessible by integration';
const PERSONAL = 'Resource not accessible by personal access token';

describe('what a token lacks is told by its kind', () => {
  test.each([
    ['a job that may only read', () => token('GITHUB_TOKEN', { contents: 'read' }), INTEGRATION],
    [
      'a pull request from a fork, whatever the job asks for',
      () => token('GITHUB_TOKEN', WRITE, { fork: true }),
      INTEGRATION,
    ],
    ['an App without the permission', () => token('app', { pull_requests: 'write' }), INTEGRATION],
    ['an App that is not installed there', () => token('app', WRITE, { repositories: ['acme/other'] }), INTEGRATION],
    ['a fine-grained token without the permission', () => token('pat', { contents: 'read' }), PERSONAL],
  ])('%s', async (_, issue, message) => {
    const answer = await sendInVain(fixture, { ...createRef(), token: issue() });
    expect(answer).toEqual(refused(403, message, { page: REF_PAGE }));
    expect(answer.headers).toMatchObject({ 'x-accepted-github-permissions': REF_RIGHTS });
    expect(answer.headers).not.toHaveProperty('x-oauth-scopes');
  });

  test('a classic token without the scope does not find what it may not change', async () => {
    const answer = await sendInVain(fixture, { ...createRef(), token: classic('read:org') });
    expect(answer).toEqual(refused(404, 'Not Found', { page: REF_PAGE }));
    expect(answer.headers).toMatchObject({ 'x-oauth-scopes': 'read:org', 'x-accepted-oauth-scopes': 'repo' });
    expect(answer.headers).not.toHaveProperty('x-accepted-github-permissions');
  });

  test('a classic token with the scope writes', async () => {
    const answer = await send(fixture, { ...createTagObject(), token: classic('repo', 'workflow') });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ 'x-oauth-scopes': 'repo, workflow' });
  });

  test('nobody in particular has to authenticate to write', async () => {
    const answer = await sendInVain(fixture, { ...createRef(), token: '' });
    expect(answer).toEqual(refused(401, 'Requires authentication', { page: REF_PAGE }));
    expect((await send(fixture, { method: 'GET', path: 'git/ref/heads/main', token: '' })).status).toBe(200);
  });

  test('a token that does not exist', async () => {
    const body = { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' };
    expect(await sendInVain(fixture, { ...createRef(), token: 'ghs_unknown' })).toMatchObject({ status: 401, body });
  });

  test('GraphQL tells a missing right in its own form', async () => {
    const query = `mutation { disablePullRequestAutoMerge(input: { pullRequestId: "${(await pull()).node_id}" }) { clientMutationId } }`;
    const narrow = token('app', { contents: 'read' });
    const answer = await sendInVain(fixture, { method: 'POST', path: '/api/graphql', body: { query }, token: narrow });
    expect(answer).toMatchObject({
      status: 200,
      body: { errors: [{ type: 'FORBIDDEN', path: ['disablePullRequestAutoMerge'], message: INTEGRATION }] },
    });
  });

  test('GraphQL needs a token even to read', async () => {
    const answer = await send(fixture, {
      method: 'POST',
      path: '/api/graphql',
      body: { query: '{ viewer { login } }' },
      token: '',
    });
    expect(answer).toMatchObject({ status: 401, body: { message: 'This endpoint requires you to be authenticated.' } });
  });
});

async function pull() {
  return (await fixture.rest().pulls.get({ ...acme, pull_number: number })).data;
}

describe('a private repository', () => {
  test.each([
    [
      'does not exist for an App that is not installed there',
      () => token('app', WRITE, { repositories: ['acme/thoughts'] }),
    ],
    ['does not exist for nobody in particular', () => ''],
    ['does not exist for a classic token without the scope', () => classic('read:org')],
  ])('%s', async (_, issue) => {
    const answer = await send(fixture, { method: 'GET', path: '', repository: 'acme/secret', token: issue() });
    expect(answer).toEqual(refused(404, 'Not Found', { page: 'repos/repos#get-a-repository' }));
  });

  test('is there for who may see it', async () => {
    expect((await send(fixture, { method: 'GET', path: '', repository: 'acme/secret' })).body).toMatchObject({
      private: true,
    });
  });
});

describe('some operations are for some kinds of tokens only', () => {
  test.each([
    ['a check run is made by Apps only', () => fixture.github.tokens.admin, 403],
    ['an App makes a check run', () => fixture.github.tokens.app, 201],
  ])('%s', async (_, issue, status) => {
    const body = { name: 'ci', head_sha: head, status: 'queued' };
    const answer = await send(fixture, { method: 'POST', path: 'check-runs', body, token: issue() });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toMatchObject({ message: 'You must authenticate via a GitHub App.' });
  });

  test('a merge writes contents, so the right to pull requests is not enough', async () => {
    const narrow = token('app', { contents: 'read', pull_requests: 'write' });
    const answer = await sendInVain(fixture, { method: 'PUT', path: `pulls/${number}/merge`, body: {}, token: narrow });
    expect(answer).toEqual(refused(403, INTEGRATION, { page: 'pulls/pulls#merge-a-pull-request' }));
    expect(answer.headers).toMatchObject({ 'x-accepted-github-permissions': 'contents=write' });
  });

  test('an App has no user to show', async () => {
    const answer = await send(fixture, { method: 'GET', path: '/api/v3/user' });
    expect(answer).toEqual(refused(403, INTEGRATION, { page: 'users/users#get-the-authenticated-user' }));
  });

  test('an App reads no permission of its own from the repository', async () => {
    const of = async (given?: string) =>
      ((await send(fixture, { method: 'GET', path: '', token: given })).body as { permissions: object }).permissions;
    expect(await of()).toEqual({ admin: false, maintain: false, push: false, triage: false, pull: false });
    expect(await of(fixture.github.tokens.admin)).toMatchObject({ admin: true, push: true, pull: true });
  });

  test('an unknown label comes into being only for who may write issues', async () => {
    const add = (given: string): Sent => ({
      method: 'POST',
      path: `issues/${number}/labels`,
      body: { labels: ['deploy'] },
      token: given,
    });
    const narrow = token('app', { pull_requests: 'write' });
    const page = 'issues/labels#add-labels-to-an-issue';
    expect(await sendInVain(fixture, add(narrow))).toEqual(refused(403, INTEGRATION, { page }));
    expect(await send(fixture, add(fixture.github.tokens.app))).toMatchObject({
      status: 200,
      body: [{ name: 'deploy' }],
    });
    expect((await send(fixture, add(narrow))).status).toBe(200);
  });
});

describe('what GITHUB_TOKEN does starts no workflow', () => {
  test('a push by GITHUB_TOKEN starts none, one by an App does', async () => {
    const started: boolean[] = [];
    const stop = fixture.github.onPush(({ triggersWorkflows }) => started.push(triggersWorkflows));
    for (const [name, given] of [
      ['by-job', fixture.github.tokens.workflow],
      ['by-app', fixture.github.tokens.app],
    ] as const) {
      await fixture.rest(given).git.createRef({ ...acme, ref: `refs/heads/${name}`, sha: head });
    }
    stop();
    expect(started).toEqual([false, true]);
  });

  test('a merge by GITHUB_TOKEN starts none either, one by an App does', async () => {
    const started: boolean[] = [];
    const pulls = [await fixture.openPull(), await fixture.openPull()];
    const stop = fixture.github.onPush(({ triggersWorkflows }) => started.push(triggersWorkflows));
    const { workflow, app } = fixture.github.tokens;
    for (const [index, given] of [workflow, app].entries()) {
      await fixture.rest(given).pulls.merge({ ...acme, pull_number: pulls[index]?.number ?? 0 });
    }
    stop();
    expect(started).toEqual([false, true]);
  });

  test('workflow_dispatch and repository_dispatch are the two exceptions', async () => {
    const { github } = fixture;
    const flow = 'on: { workflow_dispatch: {} }\njobs: {}\n';
    await github.commit('acme/thoughts', { message: 'ci', files: { '.github/workflows/x.yml': flow } });
    const rest = fixture.rest(github.tokens.workflow);
    await rest.actions.createWorkflowDispatch({ ...acme, workflow_id: 'x.yml', ref: 'main' });
    await rest.repos.createDispatchEvent({ ...acme, event_type: 'deploy' });
    expect(github.records('acme/thoughts').dispatches).toMatchObject([
      { event: 'workflow_dispatch', actor: 'github-actions[bot]' },
      { event: 'repository_dispatch', actor: 'github-actions[bot]' },
    ]);
  });
});

describe('GitHub signs for bots', () => {
  const commit = async (given: string, more: object = {}) => {
    const { data: parent } = await fixture.rest().git.getCommit({ ...acme, commit_sha: head });
    const body = { message: 'x', tree: parent.tree.sha, parents: [head], ...more };
    return (await send(fixture, { method: 'POST', path: 'git/commits', body, token: given })).body;
  };
  const author = { name: 'Bot', email: 'bot@example.com' };

  test.each([
    ['a commit of a bot that names nobody is verified', () => commit(fixture.github.tokens.workflow), true],
    ['a commit that names its author is not', () => commit(fixture.github.tokens.app, { author }), false],
    ['a commit of a user by token is not', () => commit(fixture.github.tokens.admin), false],
  ])('%s', async (_, make, verified) => {
    const reason = verified ? 'valid' : 'unsigned';
    expect(await make()).toMatchObject({ verification: { verified, reason } });
  });

  test('a tag object is signed by nobody', async () => {
    const { body } = await send(fixture, createTagObject());
    expect(body).toMatchObject({ verification: { verified: false, reason: 'unsigned', signature: null } });
  });
});
