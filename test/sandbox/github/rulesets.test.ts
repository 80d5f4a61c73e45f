import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { refused, send } from './refused-request.ts';
import { type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
  fixture.github.settings('acme/thoughts').rules = [
    { target: 'branch', pattern: 'main', requiredChecks: ['ci'], requireSignatures: true },
    { target: 'tag', pattern: 'v*', restrictCreations: true, bypass: ['trunkline-bot[bot]', 'github-actions[bot]'] },
  ];
});
afterAll(() => fixture.close());

test('the rulesets of a kind are listed without their rules', async () => {
  const { status, body } = await send(fixture, { method: 'GET', path: 'rulesets?targets=tag' });
  expect([status, body]).toMatchObject([
    200,
    [{ id: 2, target: 'tag', enforcement: 'active', source: 'acme/thoughts' }],
  ]);
  expect(body).not.toMatchObject([{ rules: expect.anything() }]);
});

test('one tells what it binds, what it asks for, and whether the token may bypass it', async () => {
  const path = 'rulesets/2';
  const conditions = { ref_name: { include: ['refs/tags/v*'], exclude: [] } };
  const common = { target: 'tag', conditions, rules: [{ type: 'creation' }] };
  expect(await send(fixture, { method: 'GET', path })).toMatchObject({
    status: 200,
    body: { ...common, current_user_can_bypass: 'always' },
  });
  const token = fixture.github.tokens.workflow;
  expect(await send(fixture, { method: 'GET', path, token })).toMatchObject({
    body: { ...common, current_user_can_bypass: 'never' },
  });
});

test('the rules of a branch are those of all its rulesets', async () => {
  const { body } = await send(fixture, { method: 'GET', path: 'rules/branches/main' });
  expect(body).toMatchObject([
    { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'ci' }] } },
    { type: 'required_signatures' },
  ]);
  expect((await send(fixture, { method: 'GET', path: 'rules/branches/topic' })).body).toEqual([]);
});

test('one that does not exist is not found', async () => {
  const answer = await send(fixture, { method: 'GET', path: 'rulesets/9' });
  expect(answer).toEqual(refused(404, 'Not Found', { page: 'repos/rules#get-a-repository-ruleset' }));
});
