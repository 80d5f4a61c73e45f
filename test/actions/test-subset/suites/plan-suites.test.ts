import { describe, expect, test } from '@jest/globals';
import { planGoModules } from '../../../../actions/test-subset/src/go/plan-go-modules.ts';
import {
  type ConfigValue,
  Expression,
  parseConfigLiteral,
} from '../../../../actions/test-subset/src/javascript/parse-config-literal.ts';
import { parseNodeTestScript } from '../../../../actions/test-subset/src/suites/plan-node-suite.ts';
import { planSuites } from '../../../../actions/test-subset/src/suites/plan-suites.ts';

function suitesOf(
  files: Readonly<Record<string, string>>,
  frameworks: Parameters<typeof planSuites>[0]['frameworks'] = [],
) {
  const manifests = Object.entries(files)
    .filter(([path]) => path.endsWith('package.json'))
    .map(([path, text]) => {
      const content = JSON.parse(text) as Record<string, unknown>;
      return { folder: path.replace(/\/?package\.json$/, ''), name: '', content };
    });
  const texts = new Map(Object.entries(files));
  const plan = planSuites({
    tracked: Object.keys(files),
    texts,
    manifests,
    frameworks,
    readText: (path) => texts.get(path),
    outputs: [{ output: 'build', source: '' }],
    goModules: planGoModules(texts),
  });
  return {
    ...plan,
    tests: plan.suites
      .filter(({ tests }) => tests.length > 0)
      .map(({ framework, folder, tests }) => [framework, folder, tests]),
  };
}

const sources = {
  'src/a.ts': '',
  'src/a.test.ts': '',
  'src/b.spec.jsx': '',
  'src/__tests__/c.js': '',
  'e2e/d.e2e.ts': '',
  'node_modules/x/x.test.js': '',
};

describe('which tests a project has', () => {
  test('jest by its defaults', () => {
    const { tests } = suitesOf({ ...sources, 'package.json': '{"devDependencies":{"jest":"30"}}' });
    expect(tests).toEqual([['jest', '', ['src/a.test.ts', 'src/b.spec.jsx', 'src/__tests__/c.js']]]);
  });

  test.each<[string, string, readonly string[]]>([
    ['testMatch', `{ testMatch: ['**/e2e/**/*.e2e.ts', '!**/x/**'] }`, ['e2e/d.e2e.ts']],
    ['testRegex', `{ testRegex: '\\\\.(test|e2e)\\\\.ts$' }`, ['src/a.test.ts', 'e2e/d.e2e.ts']],
    ['roots', `{ roots: ['<rootDir>/src/__tests__'] }`, ['src/__tests__/c.js']],
    ['testPathIgnorePatterns', `{ testPathIgnorePatterns: ['__tests__', 'spec'] }`, ['src/a.test.ts']],
    ['rootDir', `{ rootDir: 'src/__tests__' }`, ['src/__tests__/c.js']],
  ])('jest with %s', (_, config, expected) => {
    const { tests } = suitesOf({
      ...sources,
      'jest.config.ts': `import type { Config } from 'jest';\nconst config: Config = ${config};\nexport default config;\n`,
    });
    expect(tests).toEqual([['jest', '', expected]]);
  });

  test('jest projects are suites of their own', () => {
    const { tests } = suitesOf({
      'package.json': '{"jest":{"projects":["<rootDir>/packages/*"]}}',
      'packages/a/package.json': '{}',
      'packages/a/a.test.js': '',
      'packages/b/package.json': '{"jest":{"testMatch":["**/*.check.js"]}}',
      'packages/b/b.check.js': '',
      'other/c.test.js': '',
    });
    expect(tests).toEqual([
      ['jest', 'packages/b', ['packages/b/b.check.js']],
      ['jest', 'packages/a', ['packages/a/a.test.js']],
    ]);
  });

  test('vitest with include, exclude and setup files', () => {
    const config = `import { configDefaults, defineConfig } from 'vitest/config';
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': path.resolve(__dirname, './src') } },
  test: { include: ['src/**/*.test.ts', 'e2e/**/*.ts'], exclude: [...configDefaults.exclude, 'e2e/**'], setupFiles: './setup.ts' },
});`;
    const { tests, suites, mappers } = suitesOf({ ...sources, 'vitest.config.ts': config });
    expect(tests).toEqual([['vitest', '', ['src/a.test.ts']]]);
    expect(suites[0]?.implicit).toContain('setup.ts');
    expect('@/a'.replace(mappers[0]?.pattern ?? '', mappers[0]?.targets[0] ?? '')).toBe('src/a');
  });

  test("node's runner by the script's files, else by names and imports", () => {
    const script = (command: string) => JSON.stringify({ scripts: { test: command } });
    const files = { 'test/a.js': "import 'node:test'", 'test/fixture.js': '', 'src/b.test.js': '', 'spec/c.js': '' };
    expect(suitesOf({ ...files, 'package.json': script('node --test') }).tests).toEqual([
      ['node', '', ['test/a.js', 'src/b.test.js']],
    ]);
    expect(suitesOf({ ...files, 'package.json': script('node --test "spec/**/*.js"') }).tests).toEqual([
      ['node', '', ['spec/c.js']],
    ]);
  });

  test('tests that the runner takes as the compiler wrote them', () => {
    const files = { 'test/a.test.ts': '', 'test/fixture.ts': '', 'src/a.ts': '' };
    const jest = suitesOf({ ...files, 'package.json': '{"jest":{"roots":["<rootDir>/build/test"]}}' });
    expect(jest.tests).toEqual([['jest', '', ['test/a.test.ts']]]);
    expect(jest.suites[0]?.taken).toEqual(new Map([['test/a.test.ts', 'build/test/a.test.js']]));
    const node = suitesOf({ ...files, 'package.json': '{"scripts":{"test":"node --test \'build/test/*.test.js\'"}}' });
    expect(node.suites[0]?.taken).toEqual(new Map([['test/a.test.ts', 'build/test/a.test.js']]));
  });

  test('pytest by its configuration, in the folder of the project', () => {
    const files = {
      'a/pytest.ini': '[pytest]\npython_files = check_*.py\n    test_*.py\n',
      'a/check_x.py': '',
      'a/test_y.py': '',
      'a/z_test.py': '',
      'b/requirements.txt': '',
      'b/tests/test_b.py': '',
      'b/venv/test_c.py': '',
      'tool_test.py': '',
    };
    expect(suitesOf(files).tests).toEqual([
      ['pytest', 'a', ['a/check_x.py', 'a/test_y.py']],
      ['pytest', 'b', ['b/tests/test_b.py']],
      ['pytest', '', ['tool_test.py']],
    ]);
    expect(suitesOf(files, ['jest']).tests).toEqual([]);
  });

  test.each([
    ['a computed testMatch', `module.exports = { testMatch: patterns() };`],
    ['a dependency extractor', `module.exports = { dependencyExtractor: './x.js' };`],
    ['a shared base', `module.exports = { ...baseConfig, rootDir: '.' };`],
  ])('%s is told as unproven', (_, config) => {
    const { suites } = suitesOf({ ...sources, 'jest.config.js': config });
    expect(suites[0]?.unproven).toBeDefined();
  });
});

describe('configuration literals', () => {
  test.each<[string, ConfigValue | undefined]>([
    [
      'export default { a: 1, "b": [true, null, \'c\'], d: { e: `f` }, };',
      { a: 1, b: [true, null, 'c'], d: { e: 'f' } },
    ],
    ['export default defineConfig({ a: 1 } satisfies X)', { a: 1 }],
    ['export default defineConfig(({ mode }) => ({ a: 1 }))', { a: 1 }],
    ['// {\nmodule.exports = { /* x: 1 */ a: -1.5 }', { a: -1.5 }],
    ['console.log(1)', undefined],
  ])('%s', (source, expected) => expect(parseConfigLiteral(source)).toEqual(expected));

  test('code stays code', () => {
    const value = parseConfigLiteral(
      'export default { a: f(1, { b: 2 }), c: [...d, "e"], ...g, h() { return [1]; }, i: 1 }',
    );
    expect(value).toMatchObject({ a: new Expression('f(1, { b: 2 })'), c: [new Expression('...d'), 'e'], i: 1 });
  });
});

test.each([
  ['node --test', { flags: [], files: [] }],
  [
    'tsc && node --import tsx --test --test-reporter spec "test/**/*.ts"',
    { flags: ['--import', 'tsx'], files: ['test/**/*.ts'] },
  ],
  [
    'NODE_ENV=test node --experimental-strip-types --test test/',
    { flags: ['--experimental-strip-types'], files: ['test/'] },
  ],
  ['node build.js', undefined],
  ['jest --test', undefined],
])("node's flags come from the script: %s", (script, expected) =>
  expect(parseNodeTestScript(script)).toEqual(expected),
);
