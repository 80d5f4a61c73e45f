import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInRepository } from './run-in-repository.ts';
import { createRepository, type TemporaryRepository } from './temporary-repository.ts';

const ZERO = '0'.repeat(40);
const DEEP = 120;

let origin: TemporaryRepository;
// main: first -> trunk (changes c); feature: first -> feature (changes a) -> merge of both.
let commits: { first: string; trunk: string; feature: string; merge: string };

function project(names: readonly string[]): Record<string, string> {
  const files: Record<string, string> = { 'package.json': '{"type":"module","scripts":{"test":"node --test"}}' };
  for (const name of names) {
    files[`src/${name}.js`] = `export const ${name} = 1;\n`;
    files[`test/${name}.test.js`] =
      `import { test } from 'node:test';\nimport { ${name} } from '../src/${name}.js';\ntest('${name}', () => ${name});\n`;
  }
  return files;
}

beforeAll(() => {
  origin = createRepository(project(['a', 'b', 'c']));
  const first = origin.git('rev-parse', 'HEAD');
  origin.git('checkout', '--quiet', '-b', 'feature');
  const feature = origin.commit({ 'src/a.js': 'export const a = 2;\n' });
  origin.git('checkout', '--quiet', 'main');
  const trunk = origin.commit({ 'src/c.js': 'export const c = 2;\n' });
  origin.git('checkout', '--quiet', '-b', 'merged', 'main');
  origin.git('merge', '--quiet', '--no-ff', '-m', 'Merge feature into main', 'feature');
  const merge = origin.git('rev-parse', 'HEAD');
  origin.git('update-ref', 'refs/pull/1/merge', merge);
  origin.git('checkout', '--quiet', 'main');
  commits = { first, trunk, feature, merge };
});

afterAll(() => origin.remove());

// As actions/checkout does it: one commit, detached, at a depth; 0 is everything.
function checkout(sha: string, depth: number): string {
  const clone = origin.clone('--no-checkout', ...(depth === 0 ? [] : [`--depth=${depth}`, '--branch=main']));
  clone.git('fetch', '--quiet', '--no-tags', ...(depth === 0 ? [] : [`--depth=${depth}`]), 'origin', sha);
  clone.git('checkout', '--quiet', '--detach', sha);
  return clone.folder;
}

const pullRequest = () => ({
  pull_request: { head: { sha: commits.feature }, base: { sha: commits.trunk, ref: 'main' }, labels: [] as unknown[] },
});

describe.each([1, 0])('at fetch-depth %i', (depth) => {
  test('a pull request is compared with the base that its merge commit was made on', async () => {
    const options = { eventName: 'pull_request', ref: 'refs/pull/1/merge', event: pullRequest() };
    const { outputs, reasonCode } = await runInRepository(checkout(commits.merge, depth), options);
    expect([outputs.mode, outputs.tests, reasonCode]).toEqual(['subset', ['test/a.test.js'], 'affected-tests']);
  });

  test('a pull request whose head is checked out is compared with the common ancestor', async () => {
    const options = { eventName: 'pull_request', event: pullRequest() };
    const { outputs } = await runInRepository(checkout(commits.feature, depth), options);
    expect([outputs.mode, outputs.tests]).toEqual(['subset', ['test/a.test.js']]);
  });

  test('pull_request_target on the base branch tests nothing of the pull request, so all tests run', async () => {
    const options = { eventName: 'pull_request_target', event: pullRequest() };
    const { outputs, reasonCode } = await runInRepository(checkout(commits.trunk, depth), options);
    expect([outputs.mode, outputs.count, reasonCode]).toEqual(['full', 3, 'head-not-checked-out']);
  });

  test('a push is compared with the commit before it', async () => {
    const event = { before: commits.first, after: commits.trunk, repository: { default_branch: 'main' } };
    const { outputs } = await runInRepository(checkout(commits.trunk, depth), { eventName: 'push', event });
    expect([outputs.mode, outputs.tests]).toEqual(['subset', ['test/c.test.js']]);
  });

  test('the first push of a branch is compared with where it left the default branch', async () => {
    const event = { before: ZERO, after: commits.feature, repository: { default_branch: 'main' } };
    const options = { eventName: 'push', ref: 'refs/heads/feature', event };
    const { outputs } = await runInRepository(checkout(commits.feature, depth), options);
    expect([outputs.mode, outputs.tests]).toEqual(['subset', ['test/a.test.js']]);
  });

  test('a forced push is compared with what was there before, related or not', async () => {
    const event = { before: commits.feature, after: commits.trunk, forced: true };
    const { outputs } = await runInRepository(checkout(commits.trunk, depth), { eventName: 'push', event });
    expect(outputs.tests).toEqual(['test/a.test.js', 'test/c.test.js']);
  });

  test('a merge group is compared with its base', async () => {
    const event = { merge_group: { base_sha: commits.trunk, head_sha: commits.merge } };
    const { outputs } = await runInRepository(checkout(commits.merge, depth), { eventName: 'merge_group', event });
    expect([outputs.mode, outputs.tests]).toEqual(['subset', ['test/a.test.js']]);
  });

  test('a base that is named by its branch is fetched', async () => {
    const { outputs } = await runInRepository(checkout(commits.feature, depth), { inputs: { base: 'main' } });
    expect([outputs.mode, outputs.tests]).toEqual(['subset', ['test/a.test.js']]);
  });
});

describe('all tests run, with the reason', () => {
  const event = (payload: object) => ({ eventName: 'push', event: payload as Record<string, unknown> });
  test.each<[string, string, () => Parameters<typeof runInRepository>[1]]>([
    [
      'the first push of the default branch',
      'new-branch',
      () => event({ before: ZERO, repository: { default_branch: 'main' } }),
    ],
    ['a tag', 'tag', () => ({ ...event({ before: ZERO }), ref: 'refs/tags/v1.0.0' })],
    ['a schedule', 'no-base', () => ({ eventName: 'schedule' })],
    ['the zero SHA as base', 'new-branch', () => ({ inputs: { base: ZERO } })],
    ['the checked-out commit as base', 'same-commit', () => ({ inputs: { base: commits.trunk } })],
    ['a base that already has the commit', 'same-commit', () => ({ inputs: { base: commits.merge } })],
    [
      'another commit as head',
      'head-not-checked-out',
      () => ({ inputs: { base: commits.first, head: commits.feature } }),
    ],
    [
      'a push of another commit',
      'head-not-checked-out',
      () => event({ before: commits.first, after: commits.feature }),
    ],
    ['a base that was never pushed', 'base-unavailable', () => event({ before: 'f'.repeat(40), after: commits.trunk })],
    ['a base branch that does not exist', 'base-unavailable', () => ({ inputs: { base: 'no-such-branch' } })],
    ['a base that looks like an option', 'base-unavailable', () => ({ inputs: { base: '--upload-pack=false' } })],
  ])('%s', async (_, code, options) => {
    const { outputs, reasonCode } = await runInRepository(checkout(commits.trunk, 0), options());
    expect([outputs.mode, outputs.count, reasonCode]).toEqual(['full', 3, code]);
  });

  test('a base that cannot be fetched because the remote is gone', async () => {
    const clone = origin.clone('--depth=1');
    clone.git('remote', 'set-url', 'origin', 'file:///nowhere');
    const options = event({ before: commits.first, after: commits.trunk });
    const { outputs, reasonCode } = await runInRepository(clone.folder, options);
    expect([outputs.mode, reasonCode]).toEqual(['full', 'base-unavailable']);
  });

  test('[full tests] in the message of the pull request’s head, although a merge commit is checked out', async () => {
    const repository = createRepository(project(['a', 'b']));
    try {
      repository.git('checkout', '--quiet', '-b', 'feature');
      const head = repository.commit({ 'src/a.js': 'export const a = 2;\n' }, 'change a [full tests]');
      const base = repository.git('rev-parse', 'main');
      repository.git('checkout', '--quiet', '--detach', 'main');
      repository.git('merge', '--quiet', '--no-ff', '-m', 'Merge', 'feature');
      repository.git('update-ref', 'refs/pull/1/merge', 'HEAD');
      const clone = repository.clone('--depth=1', '--no-checkout');
      clone.git('fetch', '--quiet', '--depth=1', 'origin', 'refs/pull/1/merge');
      clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
      const payload = { pull_request: { head: { sha: head }, base: { sha: base } } };
      const { reasonCode } = await runInRepository(clone.folder, { eventName: 'pull_request', event: payload });
      expect(reasonCode).toBe('full-requested');
    } finally {
      repository.remove();
    }
  });

  test('the label `full tests`', async () => {
    const payload = pullRequest();
    payload.pull_request.labels = [{ name: 'Full Tests' }];
    const options = { eventName: 'pull_request', event: payload };
    expect((await runInRepository(checkout(commits.merge, 1), options)).reasonCode).toBe('full-requested');
  });
});

test('a shallow clone whose common ancestor lies too deep counts the base branch’s changes as well, and says so', async () => {
  const repository = createRepository(project(['a', 'b', 'c']));
  try {
    repository.git('checkout', '--quiet', '-b', 'feature');
    for (let count = 0; count < DEEP; count++) repository.git('commit', '--quiet', '--allow-empty', '-m', 'x');
    const head = repository.commit({ 'src/a.js': 'export const a = 2;\n' });
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ 'src/c.js': 'export const c = 2;\n' });
    const clone = repository.clone('--depth=1', '--branch=feature');
    expect(clone.git('rev-parse', 'HEAD')).toBe(head);
    const { outputs, summary } = await runInRepository(clone.folder, { inputs: { base: 'main' } });
    expect(outputs.tests).toEqual(['test/a.test.js', 'test/c.test.js']);
    expect(summary).toContain('The common ancestor is not in this clone');
  } finally {
    repository.remove();
  }
});

test('a clone without contents is enough, also when nothing can be fetched any more', async () => {
  const clone = origin.clone('--filter=blob:none', '--no-checkout');
  clone.git('fetch', '--quiet', 'origin', commits.merge);
  clone.git('checkout', '--quiet', '--detach', commits.merge);
  clone.git('remote', 'set-url', 'origin', 'file:///nowhere');
  const options = { eventName: 'pull_request', event: pullRequest() };
  const { outputs } = await runInRepository(clone.folder, options);
  expect([outputs.mode, outputs.tests]).toEqual(['subset', ['test/a.test.js']]);
});

test('a base relative to HEAD is relative to the checkout, not to the remote', async () => {
  const clone = origin.clone();
  clone.commit({ 'src/b.js': 'export const b = 2;\n' });
  const { outputs } = await runInRepository(clone.folder, { inputs: { base: 'HEAD~1' } });
  expect(outputs.tests).toEqual(['test/b.test.js']);
});

test('two commits with the same files need no test', async () => {
  const repository = createRepository(project(['a']));
  try {
    const before = repository.git('rev-parse', 'HEAD');
    repository.commit({}, 'empty');
    const { outputs, reasonCode } = await runInRepository(repository.folder, { inputs: { base: before } });
    expect([outputs.mode, outputs.count, reasonCode]).toEqual(['none', 0, 'no-changes']);
    expect(outputs.matrix).toEqual({ include: [{ shard: 1, shards: 1, name: 'nothing to run', tests: 0 }] });
  } finally {
    repository.remove();
  }
});
