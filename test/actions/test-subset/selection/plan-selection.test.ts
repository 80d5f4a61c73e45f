import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { literalsOf, planFileKind, testOfSnapshot } from '../../../../actions/test-subset/src/change/plan-file-kind.ts';
import { globMatcher } from '../../../../actions/test-subset/src/selection/parse-rules.ts';
import {
  planSelection,
  type SelectionQuestion,
  type SettledFile,
} from '../../../../actions/test-subset/src/selection/plan-selection.ts';

const question: SelectionQuestion = {
  changes: [],
  tests: ['a.test', 'b.test', 'pkg/c.test'],
  importers: new Map([
    ['a', ['a.test']],
    ['b', ['a', 'b.test']],
  ]),
  missing: new Map(),
  packageFolders: new Set(['', 'pkg']),
  always: [],
  onUnknown: 'full',
  maxSelectedPercent: 100,
  unproven: [],
};
const seed = (path: string): SettledFile => ({ path, fate: { kind: 'seed', tests: [], because: '' }, namedBy: [] });
const settled = (path: string, kind: 'unreached' | 'unknown'): SettledFile => ({ path, fate: { kind }, namedBy: [] });
const inert = (path: string): SettledFile => ({ path, fate: { kind: 'inert', because: '' }, namedBy: [] });
const select = (changes: readonly SettledFile[], more: Partial<SelectionQuestion> = {}) =>
  planSelection({ ...question, changes, ...more });

describe('the decision', () => {
  test('the tests that reach a change, each with the shortest chain', () => {
    const { mode, tests, chains } = select([seed('b')]);
    expect([mode, tests]).toEqual(['subset', ['a.test', 'b.test']]);
    expect(Object.fromEntries(chains)).toEqual({ 'a.test': ['a.test', 'a', 'b'], 'b.test': ['b.test', 'b'] });
  });

  test('files that code names select the tests that reach that code', () => {
    const data: SettledFile = {
      path: 'data.json',
      fate: { kind: 'seed', tests: [], because: 'named in code' },
      namedBy: ['a'],
    };
    expect(select([data]).chains.get('a.test')).toEqual(['a.test', 'a', 'data.json']);
  });

  test('a file that no test reaches adds nothing beside others, and alone proves nothing', () => {
    expect(select([seed('a'), settled('main', 'unreached')]).tests).toEqual(['a.test']);
    expect(select([settled('main', 'unreached')])).toMatchObject({ mode: 'full', reasonCode: 'no-test-reaches' });
  });

  test('a file that nothing explains runs all tests, or those of its package', () => {
    expect(select([seed('a'), settled('pkg/x.bin', 'unknown')])).toMatchObject({
      mode: 'full',
      reasonCode: 'unexplained-file',
    });
    const inPackage = select([seed('a'), settled('pkg/x.bin', 'unknown')], { onUnknown: 'package' });
    expect([inPackage.mode, inPackage.tests]).toEqual(['subset', ['a.test', 'pkg/c.test']]);
  });

  test('a generated file that is missing may come from anything in its package', () => {
    const missing = new Map([['pkg/generated/client', ['pkg/c.test']]]);
    expect(select([seed('a'), settled('pkg/schema.graphql', 'unreached')], { missing }).tests).toEqual([
      'a.test',
      'pkg/c.test',
    ]);
  });

  test('tests that always run do so beside others and alone', () => {
    expect(select([seed('a')], { always: ['pkg/**'] }).tests).toEqual(['a.test', 'pkg/c.test']);
    expect(select([inert('x.md')], { always: ['pkg/**'] })).toMatchObject({ mode: 'subset', tests: ['pkg/c.test'] });
    expect(select([settled('main', 'unreached')], { always: ['pkg/**'] }).mode).toBe('full');
  });

  test('imports that cannot be trusted run all tests unless every change is inert', () => {
    expect(select([seed('a')], { unproven: ['computed'] })).toMatchObject({
      mode: 'full',
      reasonCode: 'unreadable-configuration',
    });
    expect(select([inert('x.md')], { unproven: ['computed'] }).mode).toBe('none');
  });
});

test('nothing runs only when every changed file is inert, and what reaches a change always runs', () => {
  const node = fc.constantFrom('a', 'b', 'c', 'd', 'a.test', 'b.test', 'pkg/c.test');
  const edges = fc.array(fc.tuple(node, node), { maxLength: 15 });
  const change = fc.oneof(
    node.map(seed),
    node.map(inert),
    node.map((path) => settled(path, 'unreached')),
    node.map((path) => settled(path, 'unknown')),
  );
  const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 5, selector: ({ path }) => path });
  fc.assert(
    fc.property(edges, changes, fc.constantFrom('full' as const, 'package' as const), (pairs, all, onUnknown) => {
      const importers = new Map<string, string[]>();
      for (const [from, to] of pairs) importers.set(from, [...(importers.get(from) ?? []), to]);
      const { mode, tests } = select(all, { importers, onUnknown });
      expect(mode === 'none').toBe(all.every(({ fate }) => fate.kind === 'inert'));
      const reached = new Set(all.filter(({ fate }) => fate.kind === 'seed').map(({ path }) => path));
      for (let size = -1; size !== reached.size; ) {
        size = reached.size;
        for (const [from, to] of pairs) if (reached.has(from)) reached.add(to);
      }
      expect(question.tests.filter((one) => reached.has(one) && !tests.includes(one))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe('what a path alone says', () => {
  test.each([
    ['package-lock.json', 'lockfile-changed'],
    ['services/a/requirements-dev.txt', 'lockfile-changed'],
    ['.github/workflows/ci.yml', 'ci-changed'],
    ['packages/a/package.json', 'configuration-changed'],
    ['tsconfig.build.json', 'configuration-changed'],
    ['vitest.config.mts', 'configuration-changed'],
    ['pyproject.toml', 'configuration-changed'],
  ])('%s runs all tests: %s', (path, reasonCode) => {
    expect(planFileKind(path)).toEqual({ kind: 'global', reasonCode });
  });

  test.each([
    ['README.md', 'documentation'],
    ['docs/guide/images/a.png', 'documentation'],
    ['.github/CODEOWNERS', 'documentation'],
    ['src/types.d.ts', 'documentation'],
    ['src/a.tsx', 'source'],
    ['app/models.py', 'source'],
    ['templates/mail.html', 'other'],
    ['docs/example.json', 'other'],
    ['Dockerfile', 'other'],
  ])('%s is %s', (path, kind) => expect(planFileKind(path).kind).toBe(kind));

  test.each([
    ['src/__snapshots__/a.test.ts.snap', 'src/a.test.ts'],
    ['tests/__snapshots__/test_a.ambr', 'tests/test_a.py'],
    ['src/a.ts', undefined],
  ])('the snapshot %s belongs to %s', (path, owner) => expect(testOfSnapshot(path)).toBe(owner));

  test('code names a TypeScript file by the extension it has when it runs, and a general name only with its folder', () => {
    expect(literalsOf('src/cli.ts', 'source')).toEqual(['cli.ts', 'cli.js']);
    expect(literalsOf('src/index.ts', 'source')).toEqual(['src/index.ts', 'src/index.js']);
    expect(literalsOf('app/models.py', 'source')).toEqual(['models.py', 'app.models']);
    expect(literalsOf('test/data/a.csv', 'other')).toContain('data/');
  });
});

describe('globs of rules', () => {
  test.each<[readonly string[], string, boolean]>([
    [['src/**'], 'src/.hidden/a', true],
    [['src/'], 'src/a/b', true],
    [['./src/*.ts'], 'src/a.ts', true],
    [['src/**', '!src/a/**'], 'src/a/b', false],
    [['src/**', '!src/a/**', 'src/a/b'], 'src/a/b', true],
    [['*.md'], 'docs/a.md', false],
    [['**/*.md'], 'a.md', true],
  ])('%j on %s: %s', (globs, path, expected) => expect(globMatcher(globs)(path)).toBe(expected));
});
