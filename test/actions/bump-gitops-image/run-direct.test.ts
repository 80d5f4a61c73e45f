import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { skippingTimer } from '../../support/skipping-timer.ts';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const manifest = (name: string, tag: string) => `image: acme/${name}:${tag}\n`;
const order = (name: string) => ({
  ...{ image: `acme/${name}`, tag: 'v1.1.0', files: `${name}.yaml`, base: 'live', write: 'direct' },
  'commit-message': 'deploy',
});

let fixture: BumpFixture;
beforeEach(async () => {
  fixture = await startBumpFixture({ 'readme.md': 'x' });
  const files = { 'api.yaml': manifest('api', 'v1.0.0'), 'web.yaml': manifest('web', 'v1.0.0') };
  await fixture.github.commit(REPOSITORY, { branch: 'live', message: 'services', files });
  fixture.github.requests.clear();
});
afterEach(() => fixture.close());

const refs = () => fixture.github.records(REPOSITORY).refs;
const tip = () => refs().get('refs/heads/live');
const writes = () => fixture.github.requests.writes();

/** Lets something happen just before the first commit is sent, which is lost on the way where `isLost`. */
function beforeCommit(happen: () => Promise<unknown>, isLost = false): typeof fetch {
  let isFirst = true;
  return async (url, init) => {
    if (isFirst && String(init?.body).includes('createCommitOnBranch')) {
      isFirst = false;
      await happen();
      if (isLost) throw new TypeError('fetch failed');
    }
    return fixture.github.fetch(url, init);
  };
}

test('a base that is deleted meanwhile is named as missing, after one more read', async () => {
  const ending = fixture.bump(order('api'), {
    timer: skippingTimer(),
    fetch: beforeCommit(() => refs().delete('refs/heads/live')),
  });
  await expect(ending).rejects.toMatchObject({
    reasonCode: 'base-not-found',
    message: `${REPOSITORY} has no branch live.`,
    remedy: expect.stringContaining('`base`'),
  });
  expect([fixture.github.requests.count(), tip()]).toEqual([3, undefined]);
});

describe('a commit that never arrived', () => {
  const timer = skippingTimer();
  const lose = (happen: () => Promise<unknown>) =>
    fixture.bump(order('api'), { timer, fetch: beforeCommit(happen, true) });

  test('is not mistaken for one of another service with the same message and parent', async () => {
    const report = await lose(() => fixture.bump(order('web')));
    expect(report).toMatchObject({ reasonCode: 'bumped', outputs: { commitSha: tip() } });
    expect(await fixture.read('live', 'web.yaml')).toBe(manifest('web', 'v1.1.0'));
    expect(await fixture.read('live', 'api.yaml')).toBe(manifest('api', 'v1.1.0'));
    expect(writes()).toHaveLength(2);
  });

  test('is taken for one of a twin that wrote the same', async () => {
    const report = await lose(() => fixture.bump(order('api')));
    expect(report).toMatchObject({ reasonCode: 'bumped', outputs: { commitSha: tip() } });
    expect(writes()).toHaveLength(1);
  });

  test('is not needed when somebody else wrote the same', async () => {
    const report = await lose(() => fixture.bump({ ...order('api'), 'commit-message': 'by hand' }));
    expect(report).toMatchObject({ reasonCode: 'already-current', outputs: { changed: false } });
    expect(writes()).toHaveLength(1);
  });
});

describe('one write carries', () => {
  const bumpMany = async (count: number, filler = '') => {
    const paths = Array.from({ length: count }, (_, index) => `many/${String(index).padStart(3, '0')}.yaml`);
    const text = (tag: string) => `${manifest('many', tag)}${filler}`;
    const files = Object.fromEntries(paths.map((path) => [path, text('v1.0.0')]));
    await fixture.github.commit(REPOSITORY, { branch: 'live', message: 'many', files });
    const before = tip();
    fixture.github.requests.clear();
    const { outputs } = await fixture.bump({ ...order('many'), files: 'many/*.yaml' });
    expect(outputs.files).toEqual(paths);
    expect(await fixture.read('live', paths.at(-1) ?? '')).toBe(text('v1.1.0'));
    const commit = await fixture.github.records(REPOSITORY).git.read(tip() ?? '');
    expect(commit?.content.toString()).toContain(`parent ${before}\n`);
    return writes().length;
  };

  test('a hundred files, and more go by a tree, a commit and a ref', async () => {
    expect(await bumpMany(100)).toBe(1);
    expect(await bumpMany(101)).toBe(3);
  });

  test('five megabytes, and more go by a tree, a commit and a ref', async () => {
    const filler = `# ${'x'.repeat(900_000)}\n`;
    expect(await bumpMany(5, filler)).toBe(1);
    expect(await bumpMany(6, filler)).toBe(3);
  }, 30_000);
});

test('a commit on which GraphQL gave up is looked for, and found', async () => {
  const message = 'Something went wrong while executing your query. This may be the result of a timeout, or a bug.';
  fixture.github.faults.add({
    ...{ kind: 'status', status: 200, request: 2, afterApplied: true },
    body: { data: { createCommitOnBranch: null }, errors: [{ message }] },
  });
  const report = await fixture.bump(order('api'), { timer: skippingTimer() });
  expect(report).toMatchObject({ reasonCode: 'bumped', outputs: { commitSha: tip(), verified: true } });
  expect(writes()).toHaveLength(1);
});

test('a workflow file that the token may not write is told as that, which only the REST API tells', async () => {
  const path = '.github/workflows/run.yml';
  const files = { [path]: 'jobs: {a: {container: {image: "acme/api:v1.0.0"}}}\n' };
  await fixture.github.commit(REPOSITORY, { branch: 'live', message: 'ci', files });
  const before = tip();
  const own = { ...order('api'), files: path };
  await expect(fixture.bump(own, { token: fixture.github.tokens.workflow })).rejects.toMatchObject({
    reasonCode: 'workflow-scope',
  });
  expect(tip()).toBe(before);
  expect((await fixture.bump(own)).reasonCode).toBe('bumped');
});

test('a branch protection of the older kind is told like a ruleset', async () => {
  const message = 'At least 1 approving review is required by reviewers with write access.';
  fixture.github.faults.add({
    ...{ kind: 'status', status: 200, request: 2 },
    body: { data: { createCommitOnBranch: null }, errors: [{ type: 'BRANCH_PROTECTION_RULE_VIOLATION', message }] },
  });
  await expect(fixture.bump(order('api'))).rejects.toMatchObject({ reasonCode: 'ruleset-violation' });
});
