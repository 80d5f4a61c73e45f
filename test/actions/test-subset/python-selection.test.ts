import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInRepository, runOnChanges } from './run-in-repository.ts';
import { createRepository, type TemporaryRepository } from './temporary-repository.ts';

const files: Readonly<Record<string, string>> = {
  'pyproject.toml': '[project]\nname = "shop"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
  'src/shop/__init__.py': '__all__ = ["api"]\n',
  'src/shop/money.py': 'import types\ndef cents(n): return n * 100\n',
  'src/shop/tax.py': 'from .money import (\n    cents,  # hundredths\n)\n',
  'src/shop/types.py': 'class Item: pass\n',
  'src/shop/cart/__init__.py': '',
  'src/shop/cart/total.py': 'from .. import tax\nfrom ..money import cents as c\n',
  'src/shop/cart/lazy.py': 'def load():\n    import shop.heavy\n',
  'src/shop/heavy.py': 'TEXT = """\nimport shop.money\n"""  # from shop import tax\n',
  'src/shop/plugins/csv.py': 'import csv\n',
  'src/shop/plugins/xml.py': '',
  'src/shop/loader.py': 'import importlib\ncsv = importlib.import_module("shop.plugins.csv")\n',
  'src/shop/alone.py': '',
  'tests/conftest.py': 'import pytest\nfrom shop import types\n',
  'tests/test_money.py': 'from shop.money import cents\ndef test_it(): pass\n',
  'tests/test_cart.py': 'import shop.cart.total as total\ndef test_it(): pass\n',
  'tests/test_lazy.py': 'from shop.cart import lazy\ndef test_it(): pass\n',
  'tests/test_loader.py': 'if True: from shop import loader\ndef test_it(): pass\n',
  'tests/test_data.py': 'from pathlib import Path\nTEXT = Path(__file__).with_name("prices.csv").read_text()\n',
  'tests/prices.csv': '1,2\n',
  'tests/db/conftest.py': 'from shop import heavy\n',
  'tests/db/test_db.py': 'def test_it(): pass\n',
  'README.md': '# shop\n',
  Dockerfile: 'FROM python\n',
};
const all = [
  'tests/db/test_db.py',
  'tests/test_cart.py',
  'tests/test_data.py',
  'tests/test_lazy.py',
  'tests/test_loader.py',
  'tests/test_money.py',
];

let repository: TemporaryRepository;
let first: string;

beforeAll(() => {
  repository = createRepository(files);
  first = repository.git('rev-parse', 'HEAD');
});

afterAll(() => repository.remove());

async function select(changes: Readonly<Record<string, string | null>>, inputs: Readonly<Record<string, string>> = {}) {
  return runOnChanges(repository, first, { changes, inputs });
}

describe('pytest: the tests that a change can break', () => {
  test.each<[string, readonly string[]]>([
    ['src/shop/money.py', ['tests/test_cart.py', 'tests/test_money.py']],
    ['src/shop/tax.py', ['tests/test_cart.py']],
    ['src/shop/cart/__init__.py', ['tests/test_cart.py', 'tests/test_lazy.py']],
    ['src/shop/heavy.py', ['tests/db/test_db.py', 'tests/test_lazy.py']],
    ['src/shop/plugins/csv.py', ['tests/test_loader.py']],
    ['src/shop/types.py', all],
    ['src/shop/__init__.py', all],
    ['tests/conftest.py', all],
    ['tests/db/conftest.py', ['tests/db/test_db.py']],
    ['tests/test_money.py', ['tests/test_money.py']],
    ['tests/prices.csv', ['tests/test_data.py']],
  ])('%s', async (path, tests) => {
    const { outputs } = await select({ [path]: `${files[path]}\n# changed\n` });
    expect([outputs.mode, outputs.tests]).toEqual(['subset', tests]);
  });

  test('a deleted module', async () => {
    const { outputs } = await select({ 'src/shop/tax.py': null });
    expect(outputs.tests).toEqual(['tests/test_cart.py']);
  });

  test('each test is explained by the chain of imports to the change', async () => {
    const { outputs, runner } = await select({ 'src/shop/tax.py': 'x = 1\n' }, { explain: 'true' });
    expect(outputs.explain).toEqual({
      'tests/test_cart.py': ['tests/test_cart.py', 'src/shop/cart/total.py', 'src/shop/tax.py'],
    });
    expect(runner.lines).toContain('  tests/test_cart.py → src/shop/cart/total.py → src/shop/tax.py');
  });

  test('documentation that no code names needs no test', async () => {
    const { outputs, reasonCode } = await select({ 'README.md': '# store\n' });
    expect([outputs.mode, reasonCode]).toEqual(['none', 'all-inert']);
  });
});

describe('pytest: all tests run when anything is unproven', () => {
  test.each([
    ['pyproject.toml', 'configuration-changed'],
    ['requirements.txt', 'lockfile-changed'],
    ['.github/workflows/ci.yml', 'ci-changed'],
    ['Dockerfile', 'unexplained-file'],
    ['src/shop/alone.py', 'no-test-reaches'],
  ])('%s: %s', async (path, code) => {
    const { outputs, reasonCode } = await select({
      [path]: '# changed\n',
      'src/shop/tax.py': path.endsWith('alone.py') ? (files['src/shop/tax.py'] ?? '') : 'x = 1\n',
    });
    expect([outputs.mode, outputs.tests, reasonCode]).toEqual(['full', all, code]);
  });

  test('more tests are affected than `max-selected` allows', async () => {
    const { outputs, reasonCode } = await select({ 'src/shop/types.py': '' }, { 'max-selected': '50' });
    expect([outputs.mode, reasonCode]).toEqual(['full', 'too-many-selected']);
  });
});

describe('rules', () => {
  const rules = (text: string) => ({ '.github/test-subset.yml': text });

  test('say which tests a file matters to, the last match wins', async () => {
    repository.git('checkout', '--quiet', '--detach', first);
    const base = repository.commit(
      rules(
        'rules:\n  - when: "**/*file"\n    run: all\n  - when: [Dockerfile]\n    run: [tests/db/**]\nalways: tests/test_data.py\n',
      ),
    );
    repository.commit({ Dockerfile: 'FROM scratch\n' });
    const { outputs } = await runInRepository(repository.folder, { inputs: { base } });
    expect(outputs.tests).toEqual(['tests/db/test_db.py', 'tests/test_data.py']);
  });

  test('cannot be used by a change to switch off its own tests', async () => {
    const text = 'rules:\n  - when: ["src/**", ".github/**"]\n    run: none\n';
    const { outputs, reasonCode } = await select({ ...rules(text), 'src/shop/money.py': 'broken' });
    expect([outputs.mode, reasonCode]).toEqual(['full', 'rules-changed']);
  });

  test.each([
    ['rules:\n  - when: nothing/**\n    run: all\n', 'matches no file of the repository'],
    ['rules:\n  - when: "**"\n    run: none\n', 'matches every file of the repository'],
    ['rules:\n  - when: Dockerfile\n    run: [spec/**]\n', '`run` matches no test'],
    ['rules:\n  - when: Dockerfile\n    runs: all\n', 'unknown key `runs`'],
    ['rules: [', 'not valid YAML'],
  ])('that cannot be right are refused: %j', async (text, problem) => {
    await expect(select(rules(text))).rejects.toThrow(problem);
  });
});

test('with `root`, files elsewhere that nothing inside depends on need no test', async () => {
  const monorepo = createRepository({
    'services/a/requirements.txt': '',
    'services/a/app.py': 'from lib.common import x\n',
    'services/a/test_app.py': 'import app\n',
    'services/b/app.py': '',
    'services/b/test_app.py': 'import app\n',
    'lib/common.py': 'x = 1\n',
  });
  try {
    const base = monorepo.git('rev-parse', 'HEAD');
    monorepo.commit({ 'services/b/app.py': 'y = 1\n' });
    const inputs = { base, root: 'services/a' };
    expect((await runInRepository(monorepo.folder, { inputs })).outputs.mode).toBe('none');
    monorepo.commit({ 'lib/common.py': 'x = 2\n' });
    const { outputs } = await runInRepository(monorepo.folder, { inputs });
    expect([outputs.tests, outputs.args]).toEqual([['services/a/test_app.py'], 'test_app.py']);
    const whole = await runInRepository(monorepo.folder, { inputs: { base } });
    expect(whole.outputs.tests).toEqual(['services/a/test_app.py', 'services/b/test_app.py']);
  } finally {
    monorepo.remove();
  }
});
