import { describe, expect, test } from '@jest/globals';
import { planInventory } from '../../../../actions/test-subset/src/plan-inventory.ts';
import { parsePythonImports } from '../../../../actions/test-subset/src/python/parse-python-imports.ts';
import { PythonResolver } from '../../../../actions/test-subset/src/python/resolve-python.ts';

const files = [
  'src/shop/__init__.py',
  'src/shop/money.py',
  'src/shop/types.py',
  'src/shop/httplib.py',
  'src/shop/cart/__init__.py',
  'src/shop/cart/total.py',
  'src/space/inner/deep.py',
  'tests/support.py',
  'tests/unit/__init__.py',
  'tests/unit/fixtures.py',
  'tests/unit/test_a.py',
  'services/a/app/main.py',
  'services/a/test_main.py',
  'services/b/app/main.py',
  'tools/elsewhere/gadget.py',
  'top.py',
];
const resolver = new PythonResolver({ roots: ['', 'src', 'services/a', 'services/b'] }, planInventory(files));

function leadsTo(statement: string, importer: string): readonly string[] {
  return parsePythonImports(statement).flatMap((one) => resolver.resolve(one, importer));
}

describe('where an import leads', () => {
  test.each<[string, string, readonly string[]]>([
    ['import shop', 'tests/unit/test_a.py', ['src/shop/__init__.py']],
    [
      'import shop.cart.total',
      'tests/unit/test_a.py',
      ['src/shop/__init__.py', 'src/shop/cart/__init__.py', 'src/shop/cart/total.py'],
    ],
    ['from shop import money', 'tests/unit/test_a.py', ['src/shop/__init__.py', 'src/shop/money.py']],
    ['from shop.money import cents', 'tests/unit/test_a.py', ['src/shop/__init__.py', 'src/shop/money.py']],
    ['from . import money', 'src/shop/types.py', ['src/shop/money.py']],
    ['from .. import money', 'src/shop/cart/total.py', ['src/shop/money.py']],
    ['from ..money import cents', 'src/shop/cart/total.py', ['src/shop/money.py']],
    ['from .cart import *', 'src/shop/money.py', ['src/shop/cart/__init__.py', 'src/shop/cart/total.py']],
    ['from space.inner import deep', 'top.py', ['src/space/inner/deep.py']],
    ['import support', 'tests/unit/test_a.py', ['tests/support.py']],
    ['from unit import fixtures', 'tests/unit/test_a.py', ['tests/unit/__init__.py', 'tests/unit/fixtures.py']],
    ['from app import main', 'services/a/test_main.py', ['services/a/app/main.py']],
    ['import top', 'src/shop/money.py', ['top.py']],
  ])('%s in %s', (statement, importer, expected) => expect(leadsTo(statement, importer)).toEqual(expected));

  test('a module of a folder that no configuration names is found all the same', () => {
    expect(leadsTo('import gadget', 'tests/unit/test_a.py')).toEqual(['tools/elsewhere/gadget.py']);
  });
});

describe('what an import does not lead to', () => {
  test.each([
    ['import types', 'tests/unit/test_a.py', 'the standard library has that name'],
    ['import httplib', 'tests/unit/test_a.py', 'a module of a package is not imported by its bare name'],
    ['import requests', 'tests/unit/test_a.py', 'it is installed, not ours'],
    ['from .... import x', 'src/shop/money.py', 'it leaves the repository'],
  ])('%s in %s: %s', (statement, importer) => expect(leadsTo(statement, importer)).toEqual([]));
});

test('importing a module runs the __init__ of every package above it', () => {
  expect(resolver.packagesOf('src/shop/cart/total.py')).toEqual(['src/shop/cart/__init__.py', 'src/shop/__init__.py']);
  expect(resolver.packagesOf('src/space/inner/deep.py')).toEqual([]);
});

test('a dotted name may end with attributes', () => {
  expect(resolver.resolveDotted('shop.money.cents', 'tests/unit/test_a.py')).toEqual([
    'src/shop/__init__.py',
    'src/shop/money.py',
  ]);
});
