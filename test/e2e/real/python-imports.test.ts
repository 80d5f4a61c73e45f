import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parsePythonImports } from '../../../actions/test-subset/src/python/parse-python-imports.ts';
import { runInRepository } from '../../actions/test-subset/run-in-repository.ts';
import { createRepository } from '../../actions/test-subset/temporary-repository.ts';

// What CPython itself reads in its standard library and in installed packages.
const PROGRAM = `
import ast, json, os, sys
found = {}
for top in sorted({os.path.dirname(os.__file__), *(p for p in sys.path if p.endswith("-packages"))}):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if not name.endswith(".py") or path in found:
                continue
            try:
                tree = ast.parse(open(path, "rb").read())
            except Exception:
                continue
            imports = []
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    imports += [f"{alias.name}|0|" for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    names_of = ",".join(alias.name for alias in node.names)
                    imports.append(f"{node.module or ''}|{node.level}|{names_of}")
            found[path] = sorted(imports)
print(json.dumps(found))
`;

test('the imports of the standard library and of installed packages are those that CPython reads', () => {
  const output = execFileSync('python3', ['-W', 'ignore', '-c', PROGRAM], { maxBuffer: 2 ** 30, encoding: 'utf8' });
  const expected = new Map(Object.entries(JSON.parse(output) as Record<string, string[]>));
  expect(expected.size).toBeGreaterThan(500);
  for (const [path, imports] of expected) {
    const own = parsePythonImports(readFileSync(path, 'utf8'));
    const lines = own.map(({ module, level, names }) => `${module}|${level}|${names.join(',')}`);
    expect([path, lines.sort(byCodePoint)]).toEqual([path, imports.sort(byCodePoint)]);
  }
}, 300_000);

test('pytest runs the affected tests, and its failures are told by file and line', async () => {
  const repository = createRepository({
    // As every Python repository has it; else the caches of a run are part of the next commit.
    '.gitignore': '__pycache__/\n.pytest_cache/\n',
    'pyproject.toml': '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    'src/add.py': 'def add(a, b):\n    return a + b\n',
    'tests/test_add.py': 'from add import add\n\n\ndef test_sum():\n    assert add(1, 2) == 3\n',
    'tests/test_other.py': 'def test_other():\n    raise RuntimeError("must not run")\n',
    'tests/test_empty.py': 'import add\n',
  });
  try {
    const base = repository.git('rev-parse', 'HEAD');
    repository.commit({ 'src/add.py': 'def add(a, b):\n    return b + a\n' });
    const inputs = { base, run: 'true' };
    const good = await runInRepository(repository.folder, { inputs });
    expect([good.outputs.tests, good.failure]).toEqual([['tests/test_add.py', 'tests/test_empty.py'], undefined]);
    repository.commit({ 'src/add.py': 'def add(a, b):\n    return a - b\n' });
    const bad = await runInRepository(repository.folder, { inputs });
    expect(bad.failure).toBe('1 of 1 tests failed.');
    expect(bad.outputs.failures).toEqual([
      { test: 'tests/test_add.py', name: 'test_sum', message: expect.stringContaining('assert -1 == 3'), line: 5 },
    ]);
  } finally {
    repository.remove();
  }
}, 60_000);

test('a selected file without tests is no failure', async () => {
  const repository = createRepository({
    'add.py': 'x = 1\n',
    'test_add.py': 'import add\n',
    'test_b.py': 'def test_b(): pass\n',
  });
  try {
    const base = repository.git('rev-parse', 'HEAD');
    repository.commit({ 'add.py': 'x = 2\n' });
    const { failure, annotations } = await runInRepository(repository.folder, { inputs: { base, run: 'true' } });
    expect(failure).toBeUndefined();
    expect(annotations).toEqual([{ level: 'warning', message: 'pytest found no test in test_add.py.' }]);
  } finally {
    repository.remove();
  }
}, 60_000);

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
