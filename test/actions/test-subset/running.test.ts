import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runInRepository } from './run-in-repository.ts';
import { createRepository, type TemporaryRepository } from './temporary-repository.ts';

const nodeModules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

let open: TemporaryRepository[] = [];
let given: string | undefined;

// The jest that runs this test loads ES modules by an option that the projects under test do not need.
beforeEach(() => {
  given = process.env['NODE_OPTIONS'];
  delete process.env['NODE_OPTIONS'];
});

afterEach(() => {
  if (given !== undefined) process.env['NODE_OPTIONS'] = given;
  for (const repository of open) repository.remove();
  open = [];
});

async function changeAndRun(
  files: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
) {
  const repository = createRepository({ '.gitignore': 'node_modules\n', ...files });
  open.push(repository);
  symlinkSync(nodeModules, join(repository.folder, 'node_modules'));
  const base = repository.git('rev-parse', 'HEAD');
  repository.commit(changes);
  return runInRepository(repository.folder, { inputs: { base, run: 'true', ...inputs } });
}

const nodeProject = {
  'package.json': '{"type": "module", "scripts": {"test": "node --test"}}',
  'src/add.js': 'export const add = (a, b) => a + b;\n',
  'src/other.js': 'export const other = 1;\n',
  'test/add.test.js': `import assert from 'node:assert';
import { describe, test } from 'node:test';
import { add } from '../src/add.js';
describe('add', () => {
  test('sums', () => {
    console.log('::set-output name=stolen::1');
    console.log(JSON.stringify(Object.keys(process.env).filter((name) => /^INPUT_|^ACTIONS_RUNTIME/.test(name))));
    assert.equal(add(1, 2), 3);
  });
  test('is skipped', { skip: true }, () => {});
});
`,
  'test/other.test.js': `import { test } from 'node:test';
import { other } from '../src/other.js';
test('fails', () => { throw new Error('must not run' + other); });
`,
};

describe("node's runner", () => {
  test('runs the affected tests only, and passes when they pass', async () => {
    const { outputs, failure, summary, reasonCode } = await changeAndRun(nodeProject, {
      'src/add.js': 'export const add = (a, b) => b + a;\n',
    });
    expect([outputs.tests, outputs.failures, failure, reasonCode]).toEqual([
      ['test/add.test.js'],
      [],
      undefined,
      'affected-tests',
    ]);
    expect(summary).toContain('1 of 2 test files ran');
    expect(summary).toContain('1 passed, 0 failed, 1 skipped');
    expect(summary).toContain('test/add.test.js → src/add.js');
  });

  test('a failed test fails the action, with file, line and message', async () => {
    const { outputs, failure, annotations, reasonCode } = await changeAndRun(nodeProject, {
      'src/add.js': 'export const add = (a, b) => a - b;\n',
    });
    expect([failure, reasonCode]).toEqual(['1 of 1 tests failed.', 'tests-failed']);
    expect(outputs.failures).toEqual([
      { test: 'test/add.test.js', name: 'sums', message: expect.stringContaining('-1 == 3'), line: 8 },
    ]);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'sums',
        message: expect.stringContaining('-1 == 3'),
        file: 'test/add.test.js',
        startLine: 8,
      },
    ]);
  });

  test('what a test prints is no workflow command, and it sees no input and no token of the runner', async () => {
    process.env['ACTIONS_RUNTIME_TOKEN'] = 'runner-token';
    process.env['INPUT_BASE'] = 'main';
    try {
      const { runner } = await changeAndRun(nodeProject, { 'src/add.js': 'export const add = (a, b) => b + a;\n' });
      const printed = runner.lines.filter((line) => line.includes('set-output'));
      expect(printed).toHaveLength(1);
      expect(printed[0]).not.toMatch(/^\s*::/);
      expect(runner.lines).toContain('[]');
    } finally {
      delete process.env['ACTIONS_RUNTIME_TOKEN'];
      delete process.env['INPUT_BASE'];
    }
  });

  test('a test file that cannot be loaded is a failure of that file', async () => {
    const { outputs, failure } = await changeAndRun(nodeProject, { 'src/add.js': 'export const ad = 1;\n' });
    expect(failure).toBe('1 of 1 tests failed.');
    expect(outputs.failures).toEqual([expect.objectContaining({ test: 'test/add.test.js' })]);
  });

  test('a dry run decides and runs nothing', async () => {
    const { outputs, failure, summary } = await changeAndRun(
      nodeProject,
      { 'src/other.js': 'export const other = 2;\n' },
      { 'dry-run': 'true' },
    );
    expect([outputs.tests, failure]).toEqual([['test/other.test.js'], undefined]);
    expect(summary).toContain('Dry run: nothing was run.');
  });

  test('each shard runs its own share, and one beyond the last has nothing to do', async () => {
    const change = {
      'src/add.js': 'export const add = (a, b) => b + a;\n',
      'src/other.js': 'export const other = 2;\n',
    };
    const first = await changeAndRun(nodeProject, change, { shards: '5', shard: '1' });
    expect([first.outputs.tests, first.outputs.shards, first.failure]).toEqual([['test/add.test.js'], 2, undefined]);
    expect(first.summary).toContain('```mermaid');
    const second = await changeAndRun(nodeProject, change, { shards: '5', shard: '2' });
    expect([second.outputs.tests, second.failure]).toEqual([['test/other.test.js'], '1 of 1 tests failed.']);
    const third = await changeAndRun(nodeProject, change, { shards: '5', shard: '3' });
    expect([third.outputs.tests, third.failure]).toEqual([[], undefined]);
  });
});

test('shards are balanced by the times of earlier JUnit reports', async () => {
  const tests = ['a', 'b', 'c'].map((name) => [
    `test/${name}.test.js`,
    `import 'node:test';\nimport '../src/all.js';\n`,
  ]);
  const times = { a: 1, b: 1, c: 9 };
  const cases = Object.entries(times).map(
    ([name, time]) => `<testcase name="x" file="/old/run/test/${name}.test.js" time="${time}"/>`,
  );
  const { outputs } = await changeAndRun(
    {
      ...Object.fromEntries(tests),
      'src/all.js': '',
      'package.json': '{}',
      'reports/one.xml': `<testsuite>${cases.join('')}</testsuite>`,
    },
    { 'src/all.js': '1;' },
    { shards: '2', shard: '2', timings: 'reports/**/*.xml', run: 'false' },
  );
  expect([outputs.tests, outputs.shards]).toEqual([['test/a.test.js', 'test/b.test.js'], 2]);
});

const jestProject = {
  'package.json': '{"devDependencies": {"jest": "30"}, "scripts": {"unit": "jest --ci"}}',
  'src/add.js': 'exports.add = (a, b) => a + b;\n',
  'src/add.test.js': "const { add } = require('./add');\ntest('sums', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
  'src/other.test.js': "test('must not run', () => {\n  throw new Error('ran');\n});\n",
};

describe('jest', () => {
  test('runs the affected tests by the jest of the project', async () => {
    const { outputs, failure, summary } = await changeAndRun(jestProject, {
      'src/add.js': 'exports.add = (a, b) => b + a;\n',
    });
    expect([outputs.tests, failure]).toEqual([['src/add.test.js'], undefined]);
    expect(summary).toContain('1 passed, 0 failed, 0 skipped');
  });

  test('a failed test is told by file, line and message', async () => {
    const { outputs, failure } = await changeAndRun(jestProject, { 'src/add.js': 'exports.add = () => 4;\n' });
    expect(failure).toBe('1 of 1 tests failed.');
    expect(outputs.failures).toEqual([
      { test: 'src/add.test.js', name: 'sums', message: expect.stringContaining('Expected: 3'), line: 3 },
    ]);
  });

  test('a command of the project’s own is started without a shell', async () => {
    const { outputs, failure } = await changeAndRun(
      jestProject,
      { 'src/add.js': 'exports.add = () => 4;\n' },
      { command: 'npm run --silent unit' },
    );
    expect([failure, outputs.failures]).toEqual(['1 of 1 tests failed.', [expect.objectContaining({ line: 3 })]]);
  });

  test('a configuration change runs all tests by jest’s own search', async () => {
    const { outputs, failure } = await changeAndRun(jestProject, { '.nvmrc': '24\n' });
    expect([outputs.mode, outputs.args, failure]).toEqual(['full', '', '1 of 2 tests failed.']);
  });
});

describe('a runner that cannot tell', () => {
  test('is told to be missing', async () => {
    const run = changeAndRun(jestProject, { '.nvmrc': '24\n' }, { command: 'no-such-runner --ci' });
    await expect(run).rejects.toMatchObject({ reasonCode: 'runner-missing' });
  });

  test('fails the action when it ends with an error and no report', async () => {
    const { failure, reasonCode } = await changeAndRun(
      nodeProject,
      { '.nvmrc': '24\n' },
      { command: 'node --bad-option' },
    );
    expect(reasonCode).toBe('runner-failed');
    expect(failure).toMatch(/^node ended with exit code \d+ and reported no failed test\.$/);
  });
});
