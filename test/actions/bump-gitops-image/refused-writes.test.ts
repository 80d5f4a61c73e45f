import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '#shared/errors.ts';
import type { Rule } from '../../sandbox/github/settings.ts';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const IMAGE = 'ghcr.io/acme/thoughts-backend';
const order = { image: IMAGE, tag: 'v1.1.0', files: 'app.yaml', environment: 'staging' };

let fixture: BumpFixture;
beforeEach(async () => {
  fixture = await startBumpFixture({ 'app.yaml': `image: ${IMAGE}:v1.0.0\n` });
});
afterEach(() => fixture.close());

const refs = () => fixture.github.records(REPOSITORY).refs.list('refs/');
const rule = (pattern: string, more: Partial<Rule>): Rule[] => [{ target: 'branch', pattern, ...more }];

async function refusal(inputs: Record<string, string>, token = fixture.github.tokens.app): Promise<UserError> {
  const before = refs();
  const error = await fixture.bump({ ...order, ...inputs }, { token }).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`expected a refusal, got ${String(error)}`);
  expect(refs()).toEqual(before);
  return error;
}

describe('a write that GitHub refuses is told with what to change, and moves nothing', () => {
  test.each<[string, Rule[], Record<string, string>, string, string]>([
    [
      'a rule that restricts new branches',
      rule('deploy/**', { restrictCreations: true }),
      { write: 'branch' },
      'reference-update-failed',
      'a ruleset restricts new branches',
    ],
    [
      'a rule that asks for a pull request',
      rule('main', { requirePullRequest: {} }),
      { write: 'direct' },
      'ruleset-violation',
      'bypass actor',
    ],
    [
      'a rule that asks for a check',
      rule('main', { requiredChecks: ['ci'] }),
      { write: 'direct' },
      'ruleset-violation',
      'bypass actor',
    ],
    ['a merge queue', rule('main', { mergeQueue: true }), { write: 'direct' }, 'ruleset-violation', 'bypass actor'],
  ])('%s', async (_, rules, inputs, reasonCode, remedy) => {
    fixture.github.settings(REPOSITORY).rules = rules;
    const error = await refusal(inputs);
    expect(error.reasonCode).toBe(reasonCode);
    expect(error.remedy).toContain(remedy);
  });

  test('a branch that is named like a folder of the deploy branch', async () => {
    await fixture.github.commit(REPOSITORY, { branch: 'deploy', message: 'x', files: { x: 'x' } });
    const error = await refusal({ write: 'branch' });
    expect(error.reasonCode).toBe('reference-update-failed');
    expect(error.remedy).toContain('named like a folder');
  });

  test('a rule that forbids to rebuild the deploy branch', async () => {
    await fixture.bump({ ...order, write: 'branch' });
    await fixture.github.commit(REPOSITORY, { message: 'moved', files: { y: 'y' } });
    fixture.github.settings(REPOSITORY).rules = rule('deploy/**', { blockForcePushes: true });
    const error = await refusal({ write: 'branch', tag: 'v1.2.0' });
    expect(error.reasonCode).toBe('ruleset-violation');
    expect(error.message).toContain('Cannot force-push to this branch');
  });

  test('a token that may only read', async () => {
    const error = await refusal({ write: 'branch' }, fixture.github.tokens.readOnly);
    expect(error.reasonCode).toBe('missing-permission');
    expect(error.message).toContain('The request needs: contents=write.');
  });
});

test('a rule that asks for signed commits is met, because GitHub signs', async () => {
  fixture.github.settings(REPOSITORY).rules = rule('main', { requireSignatures: true });
  const { outputs } = await fixture.bump({ ...order, write: 'direct' });
  expect(outputs).toMatchObject({ changed: true, verified: true });
});
