import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { init, parse } from 'es-module-lexer';
import fc from 'fast-check';
import { parseJavaScriptImports } from '../../../../actions/test-subset/src/javascript/parse-javascript-imports.ts';

const found = (source: string) =>
  parseJavaScriptImports(source).map(({ text, kind }) => (kind === 'import' ? text : `${kind} ${text}`));

describe('what counts as an import', () => {
  test.each<[string, readonly string[]]>([
    [`import './a';`, ['./a']],
    [`import a from "./a"`, ['./a']],
    [`import a, { b as c } from './a'`, ['./a']],
    [`import a, * as b from './a'`, ['./a']],
    [`import {\n  a, // one\n  b, /* two */\n} from './a';`, ['./a']],
    [`import{a}from'./a'`, ['./a']],
    [`import { "a b" as c } from './a'`, ['./a']],
    [`import { from } from './from'`, ['./from']],
    [`import data from './a.json' with { type: 'json' }`, ['./a.json']],
    [`import defer * as a from './a'`, ['./a']],
    [`import type A from './a'`, ['type ./a']],
    [`import type { A } from './a'`, ['type ./a']],
    [`import typeof A from './a'`, ['type ./a']],
    [`import type from './a'`, ['./a']],
    [`import type, { b } from './a'`, ['./a']],
    [`import { type A, b } from './a'`, ['./a']],
    [`export * from './a'`, ['./a']],
    [`export * as a from './a'`, ['./a']],
    [`export { a, b as c } from './a'`, ['./a']],
    [`export type { A } from './a'`, ['type ./a']],
    [`export type A = 'x'; const from = './a'`, []],
    [`export { a }; const b = 'x'`, []],
    [`export const from = './a'`, []],
    [`import a = require('./a')`, ['./a']],
    [`const { a } = require("./a")`, ['./a']],
    [`require.resolve('./a')`, ['./a']],
    [`[...require('./a')]`, ['./a']],
    [`await import('./a')`, ['./a']],
    [`import(/* webpackChunkName: "x" */ './a')`, ['./a']],
    ['import(`./a`)', ['./a']],
    ['import(`./a/${name}.js`)', ['glob ./a/*.js']],
    [`require('./a/' + name)`, ['glob ./a/*']],
    [`import(name)`, []],
    [`import.meta.glob(['./a/*.ts', "!./a/b.ts"])`, ['glob ./a/*.ts', 'glob !./a/b.ts']],
    [`new Worker(new URL('./a.js', import.meta.url))`, ['asset ./a.js']],
    [`jest.doMock('./a', () => ({}))`, ['./a']],
    [`jest.requireActual<typeof import('./b')>('./a')`, ['./a']],
    [`jest.createMockFromModule('./a')`, ['./a']],
    [`vi.mock(import('./a'))`, ['./a']],
    [`await vi.importActual<Type>('./a')`, ['./a']],
    [`mock.module('./a', {})`, ['./a']],
    [`import '\\u002e/a'`, ['./a']],
  ])('%s', (source, expected) => expect(found(source)).toEqual(expected));
});

describe('what does not', () => {
  test.each([
    `// import './a'`,
    `/* import './a' */`,
    `"import './a'"`,
    "`import './a'`",
    `/import '.\\/a'/.test(x)`,
    `return /['"]/ || x`,
    `loader.import('./a')`,
    `object.require('./a')`,
    `importer('./a')`,
    `import.meta.url`,
    `const a = x / import_ / 'b'`,
  ])('%s', (source) => expect(found(source)).toEqual([]));
});

test.each([
  [`<p>Don't</p>; import './a'; <p>isn't</p>\nimport './b'`, './b'],
  ['const a = `x ${`y ${b}`} "`; import "./a"', './a'],
  ['const a = `${{ a: 1 }.a}`; import "./a"', './a'],
  [`const a = b / c; import './a' // d /`, './a'],
  [`const a = /[/"]/; import './a'`, './a'],
  [`if (x) { } /re'/; \nimport './a'`, './a'],
  [`return /"/g.test(x)\nimport './a'`, './a'],
  [`// one\u2028import './a'`, './a'],
  [`#!/usr/bin/env node 'x\nimport './a'`, './a'],
  [`\ufeffimport './a'`, './a'],
])('what stands around an import does not hide it: %j', (source, expected) =>
  expect(found(source)).toContain(expected),
);

test('any text is read to its end', () => {
  const piece = fc.constantFrom(
    'import',
    'from',
    'export',
    '{',
    '}',
    '*',
    "'",
    '"',
    '`',
    '${',
    '/',
    '//',
    '/*',
    '*/',
    '\\',
    '(',
    ')',
    '\n',
    ' ',
    'a',
    './b',
    'require',
    'type',
    ',',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      expect(Array.isArray(parseJavaScriptImports(pieces.join('')))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('an import behind any complete text of a program is found', () => {
  const text = fc.constantFrom(
    "'a'",
    '"b\\""',
    '`c${d}`',
    '/* e */',
    '// f\n',
    'g / h',
    '(/i"/)',
    '{ j: 1 }',
    'k;',
    '<L m="n" />;',
    '`${`o`}`',
  );
  fc.assert(
    fc.property(fc.array(text), (texts) => expect(found(`${texts.join('\n')}\nimport './z';`)).toContain('./z')),
  );
});

test('installed packages: every import that es-module-lexer finds is found, with the same imports of types', async () => {
  await init;
  const nodeModules = fileURLToPath(new URL('../../../../../node_modules', import.meta.url));
  let specifiers = 0;
  for (const name of ['@jest', '@octokit', '@actions', 'yaml', 'graphql', 'fast-check', 'get-tsconfig']) {
    for (const entry of readdirSync(join(nodeModules, name), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:[cm]?js|d\.[cm]?ts)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const source = readFileSync(path, 'utf8');
      const imports = lexed(source);
      if (imports === undefined) continue;
      const own = parseJavaScriptImports(source);
      const texts = new Set(own.map(({ text }) => text));
      const missing = imports.filter(({ text }) => !texts.has(text));
      const types = imports.filter(({ typeOnly }) => typeOnly).map(({ text }) => text);
      expect([path, missing]).toEqual([path, []]);
      expect([path, own.filter(({ kind }) => kind === 'type').map(({ text }) => text)]).toEqual([path, types]);
      specifiers += imports.length;
    }
  }
  expect(specifiers).toBeGreaterThan(1_000);
});

function lexed(source: string): { text: string; typeOnly: boolean }[] | undefined {
  try {
    return parse(source)[0].flatMap((one) =>
      typeof one.specifier !== 'string' || (one.type === 'dynamic' && one.glob)
        ? []
        : [
            {
              text: one.specifier,
              typeOnly: one.type === 'static' || one.type === 'reexport-star' ? one.typeOnly : false,
            },
          ],
    );
  } catch {
    return undefined;
  }
}
