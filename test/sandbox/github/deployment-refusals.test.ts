import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refused, type Sent, send, sendInVain } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let deployment = 0;

const CALLED = 'on:\n  workflow_dispatch:\n    inputs:\n      version: { required: true }\njobs: {}\n';

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  const rest = fixture.rest();
  const sha = await github.commit('acme/thoughts', { branch: 'red', message: 'red', files: { r: 'r' } });
  await rest.repos.createCommitStatus({ ...acme, sha, state: 'pending', context: 'ci' });
  await rest.repos.createCommitStatus({ ...acme, sha, state: 'success', context: 'lint' });
  await github.commit('acme/thoughts', { branch: 'conflict', message: 'x', files: { 'app.txt': 'theirs\n' } });
  await github.commit('acme/thoughts', { branch: 'behind', message: 'x', files: { b: 'b' } });
  const files = {
    'app.txt': 'ours\n',
    '.github/workflows/called.yml': CALLED,
    '.github/workflows/push.yml': 'on: push\n',
  };
  await github.commit('acme/thoughts', { message: 'ours', files });
  for (const state of ['success', 'success'] as const) {
    const { data } = await rest.repos.createDeployment({ ...acme, ref: 'main', required_contexts: [] });
    if ('id' in data) deployment = data.id;
    await rest.repos.createDeploymentStatus({ ...acme, deployment_id: deployment, state });
  }
});
afterAll(() => fixture.close());

const CREATE = 'deployments/deployments#create-a-deployment';
const deploy = (body: object): Sent => ({ method: 'POST', path: 'deployments', body });

describe('a deployment is refused', () => {
  test.each<[string, object, number, string, unknown]>([
    ['of a ref that does not exist', { ref: 'nowhere' }, 422, 'No ref found for: nowhere', undefined],
    [
      'while a check is not green, and the checks are listed',
      { ref: 'red', auto_merge: false },
      409,
      'Conflict: Commit status checks failed for red.',
      [
        { context: 'ci', state: 'pending' },
        { context: 'lint', state: 'success' },
      ],
    ],
    [
      'without a check that it requires',
      { ref: 'main', required_contexts: ['e2e'] },
      409,
      'Conflict: Commit status checks failed for main.',
      [],
    ],
    [
      'of a branch that conflicts with the trunk',
      { ref: 'conflict' },
      409,
      'Conflict merging main into conflict.',
      undefined,
    ],
  ])('%s', async (_, body, status, message, contexts) => {
    const errors = [{ contexts, resource: 'Deployment', field: 'required_contexts', code: 'invalid' }];
    const expected = refused(status, message, { page: CREATE, ...(contexts === undefined ? {} : { errors }) });
    expect(await sendInVain(fixture, deploy(body))).toEqual(expected);
  });

  test('not yet made when the trunk had to be merged first', async () => {
    const answer = await send(fixture, deploy({ ref: 'behind' }));
    expect(answer).toMatchObject({ status: 202, body: { message: 'Auto-merged main into behind on deployment.' } });
    expect(fixture.github.records('acme/thoughts').deployments).toHaveLength(2);
    expect((await send(fixture, deploy({ ref: 'behind' }))).status).toBe(201);
  });

  test('to be deleted while it is the active one', async () => {
    const message = 'We cannot delete an active deployment unless it is the only deployment in a given environment.';
    const answer = await sendInVain(fixture, { method: 'DELETE', path: `deployments/${deployment}` });
    expect(answer).toEqual(refused(422, message, { page: 'deployments/deployments#delete-a-deployment' }));
  });
});

describe('a status is refused', () => {
  test('for a commit that does not exist', async () => {
    const sha = '1'.repeat(40);
    const sent: Sent = { method: 'POST', path: `statuses/${sha}`, body: { state: 'success' } };
    const page = 'commits/statuses#create-a-commit-status';
    expect(await sendInVain(fixture, sent)).toEqual(refused(422, `No commit found for SHA: ${sha}`, { page }));
  });
});

describe('a dispatch is refused', () => {
  const PAGE = 'actions/workflows#create-a-workflow-dispatch-event';
  const dispatch = (name: string, body: object): Sent => ({
    method: 'POST',
    path: `actions/workflows/${name}/dispatches`,
    body: { ref: 'main', ...body },
  });

  test.each<[string, Sent, number, string, string]>([
    ['of a workflow that does not exist', dispatch('nothing.yml', {}), 404, 'Not Found', PAGE],
    [
      'of a ref that does not exist',
      dispatch('called.yml', { ref: 'nowhere' }),
      422,
      'No ref found for: nowhere',
      PAGE,
    ],
    [
      'of a workflow without the trigger',
      dispatch('push.yml', {}),
      422,
      "Workflow does not have 'workflow_dispatch' trigger",
      PAGE,
    ],
    [
      'with an input that the workflow does not know',
      dispatch('called.yml', { inputs: { version: '1', foo: 'x' } }),
      422,
      'Unexpected inputs provided: ["foo"]',
      PAGE,
    ],
    [
      'without an input that the workflow requires',
      dispatch('called.yml', {}),
      422,
      "Required input 'version' not provided",
      PAGE,
    ],
    [
      'with more than ten properties for the event',
      {
        method: 'POST',
        path: 'dispatches',
        body: { event_type: 'x', client_payload: Object.fromEntries('abcdefghijk'.split('').map((name) => [name, 1])) },
      },
      422,
      'No more than 10 properties are allowed; 11 were supplied.',
      'repos/repos#create-a-repository-dispatch-event',
    ],
  ])('%s', async (_, sent, status, message, page) => {
    expect(await sendInVain(fixture, sent)).toEqual(refused(status, message, { page }));
  });
});
