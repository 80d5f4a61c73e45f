import { describe, expect, test } from '@jest/globals';
import {
  type JavaScriptLayout,
  JavaScriptResolver,
} from '../../../../actions/test-subset/src/javascript/resolve-javascript.ts';
import type { Manifest } from '../../../../actions/test-subset/src/javascript/resolve-package.ts';
import { planInventory } from '../../../../actions/test-subset/src/plan-inventory.ts';

const empty: JavaScriptLayout = { manifests: [], pathMatchers: [], mappers: [], moduleFolders: [], outputs: [] };

function manifest(folder: string, content: Record<string, unknown>): Manifest {
  return { folder, name: String(content['name'] ?? ''), content };
}

function resolve(
  text: string,
  importer: string,
  options: { files: readonly string[]; layout?: Partial<JavaScriptLayout> },
) {
  const resolver = new JavaScriptResolver({ ...empty, ...options.layout }, planInventory(options.files));
  return resolver.resolve({ text, kind: text.includes('*') ? 'glob' : 'import' }, importer);
}

describe('relative paths', () => {
  const files = [
    'src/a.ts',
    'src/b/index.tsx',
    'src/c.d.ts',
    'src/d.json',
    'src/e.mts',
    'src/f.js',
    'src/f.ts',
    'src/g/package.json',
    'src/g/main.ts',
    'src/h.css',
    'index.ts',
  ];
  const layout = { manifests: [manifest('src/g', { main: './main.js' })] };
  test.each<[string, readonly string[]]>([
    ['./a', ['src/a.ts']],
    ['./a.js', ['src/a.ts']],
    ['./a.ts', ['src/a.ts']],
    ['./b', ['src/b/index.tsx']],
    ['./b/', ['src/b/index.tsx']],
    ['./b/index.js', ['src/b/index.tsx']],
    ['./d.json', ['src/d.json']],
    ['./e.mjs', ['src/e.mts']],
    ['./f.js', ['src/f.js', 'src/f.ts']],
    ['./g', ['src/g/main.ts']],
    ['./h.css?inline', ['src/h.css']],
    ['..', ['index.ts']],
    ['../src/a', ['src/a.ts']],
    ['./*.json', ['src/d.json']],
    ['./b/*', ['src/b/index.tsx']],
  ])('%s', (text, expected) => expect(resolve(text, 'src/x.ts', { files, layout }).files).toEqual(expected));

  test('a file that is not there is told as missing, a path out of the repository is not ours', () => {
    expect(resolve('./generated/client', 'src/x.ts', { files })).toEqual({
      files: [],
      missing: 'src/generated/client',
    });
    expect(resolve('../../outside', 'src/x.ts', { files })).toEqual({ files: [] });
  });

  test('what the build writes leads to its source', () => {
    const outputs = [{ output: 'out', source: 'src' }];
    expect(resolve('../out/a.js', 'test/x.ts', { files, layout: { outputs } }).files).toEqual(['src/a.ts']);
    expect(resolve('../dist/a.js', 'test/x.ts', { files }).files).toEqual(['src/a.ts']);
  });
});

describe('packages of the repository', () => {
  const files = [
    'packages/core/src/index.ts',
    'packages/core/src/sub/deep.ts',
    'packages/core/src/a/b.ts',
    'packages/plain/index.js',
    'packages/plain/lib/x.js',
    'app/main.ts',
    'app/internal/db.ts',
  ];
  const exportsOfCore = {
    '.': { types: './dist/index.d.ts', import: './dist/index.js' },
    './sub/*': './src/sub/*.ts',
    './sub/private/*': null,
    './*': ['./nowhere/*.js', './src/*.ts'],
  };
  const layout = {
    manifests: [
      manifest('packages/core', { name: '@acme/core', exports: exportsOfCore }),
      manifest('packages/plain', { name: 'plain' }),
      manifest('app', {
        name: 'app',
        imports: { '#db': './internal/db.js', '#internal/*.ts': { default: './internal/*.js' } },
      }),
    ],
  };
  test.each<[string, readonly string[]]>([
    ['@acme/core', ['packages/core/src/index.ts']],
    ['@acme/core/sub/deep', ['packages/core/src/sub/deep.ts']],
    ['@acme/core/a/b', ['packages/core/src/a/b.ts']],
    ['plain', ['packages/plain/index.js']],
    ['plain/lib/x', ['packages/plain/lib/x.js']],
    ['#db', ['app/internal/db.ts']],
    ['#internal/db.ts', ['app/internal/db.ts']],
    ['react', []],
    ['node:fs', []],
  ])('%s', (text, expected) => expect(resolve(text, 'app/main.ts', { files, layout }).files).toEqual(expected));

  test('a package whose export leads to nothing known is missing as a whole', () => {
    expect(resolve('@acme/core/sub/private/x', 'app/main.ts', { files, layout })).toEqual({
      files: [],
      missing: 'packages/core',
    });
  });
});

describe('names that the configuration maps', () => {
  const files = ['src/a.ts', 'libs/format.ts', 'web/src/a.ts', '__mocks__/fs.js'];
  test('moduleNameMapper and alias', () => {
    const mappers = [{ folder: '', pattern: /^@\/(.*)$/, targets: ['src/$1'] }];
    expect(resolve('@/a', 'test/x.ts', { files, layout: { mappers } }).files).toEqual(['src/a.ts']);
  });
  test('tsconfig paths, in their folder only', () => {
    const pathMatchers = [
      { folder: 'web', match: (text: string) => (text.startsWith('~/') ? [`web/src/${text.slice(2)}`] : []) },
    ];
    expect(resolve('~/a', 'web/test/x.ts', { files, layout: { pathMatchers } }).files).toEqual(['web/src/a.ts']);
    expect(resolve('~/a', 'test/x.ts', { files, layout: { pathMatchers } }).files).toEqual([]);
  });
  test('module folders and manual mocks of packages', () => {
    expect(resolve('format', 'test/x.ts', { files, layout: { moduleFolders: ['libs'] } }).files).toEqual([
      'libs/format.ts',
    ]);
    expect(resolve('fs', 'src/a.ts', { files }).files).toEqual(['__mocks__/fs.js']);
  });
});
