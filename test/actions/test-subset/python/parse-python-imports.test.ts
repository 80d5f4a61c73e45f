import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parsePythonImports,
  parsePythonLoads,
} from '../../../../actions/test-subset/src/python/parse-python-imports.ts';

const found = (source: string) =>
  parsePythonImports(source).map(
    ({ module, level, names }) => `${'.'.repeat(level)}${module}${names.length > 0 ? `:${names.join(',')}` : ''}`,
  );

describe('what counts as an import', () => {
  test.each<[string, readonly string[]]>([
    ['import a', ['a']],
    ['import a.b.c as d, e', ['a.b.c', 'e']],
    ['import a . b', ['a.b']],
    ['from a import b', ['a:b']],
    ['from a.b import c as d, e', ['a.b:c,e']],
    ['from a import *', ['a:*']],
    ['from . import a', ['.:a']],
    ['from .a import b', ['.a:b']],
    ['from ...a.b import c', ['...a.b:c']],
    ['from . . a import b', ['..a:b']],
    ['from.a import b', ['.a:b']],
    ['from a import (b, # one\n  c,  # two\n)', ['a:b,c']],
    ['from a import(b)', ['a:b']],
    ['from a import \\\n  b', ['a:b']],
    ['import a; import b', ['a', 'b']],
    ['if x: import a', ['a']],
    ['try:\n    import a\nexcept ImportError: import b', ['a', 'b']],
    ['def f():\n\timport a\n', ['a']],
    ['class A: from b import c', ['b:c']],
    ['x = {1: 2}; import a', ['a']],
    ['\ufeffimport a\r\nimport b\r\n', ['a', 'b']],
    ['import größe', ['größe']],
  ])('%j', (source, expected) => expect(found(source)).toEqual(expected));
});

describe('what does not', () => {
  test.each([
    '# import a',
    '"import a"',
    '"""\nimport a\n"""',
    "x = '''\nfrom a import b'''",
    'rb"\\\nimport a"',
    'f"""\nimport {a}\n"""',
    'x = (\nimport_a,\n)',
    'raise A from b',
    'yield from a',
    'important = 1',
    'x = [\n  lambda: 1,\n]',
    'x.import_a',
  ])('%j', (source) => expect(found(source)).toEqual([]));
});

test.each([
  ['x = "it\'s"\nimport a'],
  ["x = 'a\\'b'\nimport a"],
  ['x = r"\\"\nimport b"\nimport a'],
  ['x = f"{y[\'z\']}"\nimport a'],
  ['x = """a"b""" + \'\'\nimport a'],
  ['x = (1, "(",\n)\nimport a'],
  ['x: int = 1\nimport a'],
  ["x = 'unterminated\nimport a"],
])('what stands around an import does not hide it: %j', (source) => expect(found(source)).toContain('a'));

test('an import behind any complete statements is found', () => {
  const statement = fc.constantFrom(
    'x = 1',
    "y = 'a'",
    'z = """b\n"""',
    '# c',
    'f(1,\n2)',
    'd = {"a": [1]}',
    'def g(): pass',
    'if h:\n  pass',
    "r'\\d'",
    'i = 1 \\\n + 2',
    '@j',
  );
  fc.assert(
    fc.property(fc.array(statement), (statements) =>
      expect(found(`${statements.join('\n')}\nimport last`)).toContain('last'),
    ),
  );
});

test('any text is read to its end', () => {
  const piece = fc.constantFrom(
    'import',
    'from',
    '.',
    'a',
    ' ',
    '\n',
    '(',
    ')',
    "'",
    '"""',
    '\\',
    '#',
    ';',
    ':',
    ',',
    '*',
    'as',
    '\r',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(Array.isArray(parsePythonImports(pieces.join('')))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('modules that are loaded by name', () => {
  const source = `
importlib.import_module("a.b")
__import__('c')
pytest.importorskip("d")
@mock.patch("e.f.g")
pytest_plugins = ["h.i", "j"]
print("k.l")
`;
  expect(parsePythonLoads(source)).toEqual(['a.b', 'c', 'd', 'e.f.g', 'h.i', 'j']);
});
