import { execFileSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInRepository } from './run-in-repository.ts';
import { createRepository, type TemporaryRepository } from './temporary-repository.ts';

const jestProgram = fileURLToPath(new URL('../../../../node_modules/jest/bin/jest.js', import.meta.url));

const files: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'shop', private: true, devDependencies: { jest: '30' } }),
  'jest.config.js': `/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/**/*.test.ts', '<rootDir>/**/*.spec.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/legacy/'],
  moduleNameMapper: { '^@/(.*)$': '<rootDir>/src/$1', '^(\\\\.{1,2}/.*)\\\\.js$': '$1' },
  modulePaths: ['<rootDir>/libs'],
};
`,
  'src/money.ts': `export const cents = (euros: number) => euros * 100;`,
  'src/tax.ts': `import { cents } from './money';\nexport const tax = (n: number) => cents(n) / 5;`,
  'src/types.ts': `export interface Item { price: number }`,
  'src/cart/index.ts': `import type { Item } from '../types';\nexport * from './total';\nexport type Cart = Item[];`,
  'src/cart/total.ts': `import { tax } from '@/tax';\nexport const total = (n: number) => tax(n);`,
  'src/cart/total.test.ts': `import { total } from './total.js';\ntest('x', () => { total(1); });`,
  'src/cart/cart.test.ts': `import { total } from '.';\nimport type { Item } from '../types';\ntest('x', () => { total(1); });`,
  'src/money.test.ts': `const { cents } = require('./money');\ntest('x', () => { cents(1); });`,
  'src/lazy.ts': `export const load = async () => import('./heavy');`,
  'src/heavy.ts': `// import './money';\nexport const text = 1;`,
  'src/lazy.test.ts': `import { load } from './lazy';\ntest('x', () => load());`,
  'src/view.tsx': `import { format } from 'format';\nexport const View = () => <p>Don't import {format(1)}</p>;`,
  'src/view.spec.tsx': `import { View } from './view';\ntest('x', () => { View; });`,
  'libs/format.ts': `export const format = String;`,
  'src/mocked.ts': `export const mocked = 1;`,
  'src/__mocks__/mocked.ts': `export const mocked = 2;`,
  'src/mocked.test.ts': `jest.doMock('./mocked');\nconst { mocked } = jest.requireActual('./mocked');\ntest('x', () => mocked);`,
  'src/data.json': `{"a": 1}`,
  'src/data.test.ts': `import data from './data.json';\ntest('x', () => { data; });`,
  'src/reexport.ts': `export { cents as c } from './money';\nexport * as everything from './tax';`,
  'src/reexport.test.ts': `import {\n  c, // a comment\n  everything,\n} from './reexport';\ntest('x', () => { c; everything; });`,
  'src/alone.ts': `export const alone = 1;`,
  'legacy/old.test.ts': `import '../src/money';`,
};

let repository: TemporaryRepository;
let first: string;

beforeAll(() => {
  repository = createRepository(files);
  first = repository.git('rev-parse', 'HEAD');
});

afterAll(() => repository.remove());

// The checkout without the environment of the jest that runs this test.
function relatedByJest(paths: readonly string[]): string[] {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const args = [jestProgram, '--listTests', '--findRelatedTests', ...paths];
  const output = execFileSync(process.execPath, args, { cwd: repository.folder, env, encoding: 'utf8', stdio: 'pipe' });
  return output
    .split('\n')
    .filter(Boolean)
    .map((path) => relative(repository.folder, path))
    .sort();
}

describe('the selection is what jest itself finds related', () => {
  const changes = [
    ['src/money.ts'],
    ['src/tax.ts'],
    ['src/cart/total.ts'],
    ['src/cart/index.ts'],
    ['src/heavy.ts'],
    ['src/lazy.ts', 'src/data.json'],
    ['libs/format.ts'],
    ['src/mocked.ts'],
    ['src/__mocks__/mocked.ts'],
    ['src/reexport.ts', 'src/alone.ts'],
    ['src/cart/cart.test.ts', 'src/view.tsx'],
  ];
  test.each(changes.map((paths) => [paths.join(', '), paths] as const))('when %s changes', async (_, paths) => {
    repository.git('checkout', '--quiet', '--detach', first);
    repository.commit(Object.fromEntries(paths.map((path) => [path, `${files[path]}\n`])));
    const { outputs } = await runInRepository(repository.folder, { inputs: { base: first } });
    expect([outputs.mode, outputs.tests]).toEqual(['subset', relatedByJest(paths)]);
  });

  test('the number of all tests is what jest lists', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    const { outputs } = await runInRepository(repository.folder);
    const args = [jestProgram, '--listTests'];
    const { NODE_OPTIONS: _options, ...env } = process.env;
    const listed = execFileSync(process.execPath, args, {
      cwd: repository.folder,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const expected = listed
      .split('\n')
      .filter(Boolean)
      .map((path) => relative(repository.folder, path))
      .sort();
    expect(outputs.tests).toEqual(expected);
  });
});

describe('where jest guesses or misses', () => {
  test('an import in a string is none', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    const base = repository.commit({ 'src/heavy.ts': `export const text = "import './tax'";` });
    repository.commit({ 'src/tax.ts': `${files['src/tax.ts']}\n` });
    const { outputs } = await runInRepository(repository.folder, { inputs: { base } });
    expect(outputs.tests).not.toContain('src/lazy.test.ts');
    expect(relatedByJest(['src/tax.ts'])).toContain('src/lazy.test.ts');
  });

  test('a deleted file affects the tests that still import it', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    repository.commit({ 'src/tax.ts': null });
    const { outputs } = await runInRepository(repository.folder, { inputs: { base: first } });
    expect(outputs.tests).toEqual(['src/cart/cart.test.ts', 'src/cart/total.test.ts', 'src/reexport.test.ts']);
  });

  test('a configuration that changes runs all tests', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    repository.commit({ 'jest.config.js': `${files['jest.config.js']}\n` });
    const { outputs, reasonCode } = await runInRepository(repository.folder, { inputs: { base: first } });
    expect([outputs.mode, reasonCode]).toEqual(['full', 'configuration-changed']);
  });

  test('a file that no test imports alone is no proof that no test depends on it', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    repository.commit({ 'src/alone.ts': 'export const alone = 2;' });
    const { outputs, reasonCode } = await runInRepository(repository.folder, { inputs: { base: first } });
    expect([outputs.mode, reasonCode]).toEqual(['full', 'no-test-reaches']);
  });

  test('a file that is imported for its types only needs no test', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    repository.commit({ 'src/types.ts': 'export interface Item { price: bigint }' });
    const { outputs, reasonCode } = await runInRepository(repository.folder, { inputs: { base: first } });
    expect([outputs.mode, reasonCode]).toEqual(['none', 'all-inert']);
  });
});
