import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

interface Wish {
  environment?: string;
  transient_environment?: boolean;
  production_environment?: boolean;
}

async function deploy(wish: Wish = {}): Promise<number> {
  const { data } = await fixture.rest().repos.createDeployment({
    ...{ ...acme, ref: 'main', environment: 'demo', auto_merge: false, required_contexts: [], ...wish },
  });
  return 'id' in data ? data.id : 0;
}

type State = 'success' | 'failure' | 'in_progress' | 'queued' | 'inactive' | 'error' | 'pending';
const report = (deployment_id: number, state: State, more: object = {}) =>
  fixture.rest().repos.createDeploymentStatus({ ...acme, deployment_id, state, ...more });
const states = async (deployment_id: number) =>
  (await fixture.rest().repos.listDeploymentStatuses({ ...acme, deployment_id })).data.map(({ state }) => state);

describe('a deployment that succeeds', () => {
  test.each<[string, Wish, State, Wish, State, object, string[]]>([
    ['ends a successful one before it', {}, 'success', {}, 'success', {}, ['inactive', 'success']],
    ['leaves one that failed', {}, 'failure', {}, 'success', {}, ['failure']],
    ['leaves one that still runs', {}, 'in_progress', {}, 'success', {}, ['in_progress']],
    ['leaves another environment', { environment: 'other' }, 'success', {}, 'success', {}, ['success']],
    ['leaves a transient environment', { transient_environment: true }, 'success', {}, 'success', {}, ['success']],
    ['leaves a production environment', { production_environment: true }, 'success', {}, 'success', {}, ['success']],
    [
      'leaves `production`, which is one',
      { environment: 'production' },
      'success',
      { environment: 'production' },
      'success',
      {},
      ['success'],
    ],
    ['ends none without auto_inactive', {}, 'success', {}, 'success', { auto_inactive: false }, ['success']],
    ['ends none while it has not succeeded', {}, 'success', {}, 'in_progress', {}, ['success']],
  ])('%s', async (_, first, firstState, second, secondState, more, expected) => {
    const before = await deploy(first);
    await report(before, firstState);
    const after = await deploy(second);
    await report(after, secondState, more);
    expect([await states(before), await states(after)]).toEqual([expected, [secondState]]);
  });

  test('ends all before it and none after it', async () => {
    const [one, two, three] = [await deploy(), await deploy(), await deploy()];
    for (const id of [one, three]) await report(id, 'success');
    await report(one, 'success');
    await report(two, 'success');
    expect([await states(one), await states(two), await states(three)]).toEqual([
      ['inactive', 'success', 'inactive', 'success'],
      ['success'],
      ['success'],
    ]);
  });
});

describe('environments', () => {
  test('a status may name another one, which stays until the next; deployments are found by it', async () => {
    const id = await deploy();
    await report(id, 'in_progress', { environment: 'demo-2' });
    const { data } = await report(id, 'success');
    expect(data.environment).toBe('demo-2');
    const list = async (environment: string) =>
      (await fixture.rest().repos.listDeployments({ ...acme, environment })).data.map((one) => one.id);
    expect([await list('demo-2'), await list('demo')]).toEqual([[id], []]);
    const one = await fixture.rest().repos.getDeployment({ ...acme, deployment_id: id });
    expect(one.data).toMatchObject({ environment: 'demo-2', original_environment: 'demo' });
  });

  test('the default is `production`, and it is one', async () => {
    const { data } = await fixture.rest().repos.createDeployment({ ...acme, ref: 'main', auto_merge: false });
    expect(data).toMatchObject({
      environment: 'production',
      production_environment: true,
      transient_environment: false,
    });
  });

  test('statuses are newest first', async () => {
    const id = await deploy();
    for (const state of ['queued', 'in_progress', 'success'] as const) await report(id, state);
    expect(await states(id)).toEqual(['success', 'in_progress', 'queued']);
  });
});
