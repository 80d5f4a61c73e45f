import picomatch from 'picomatch';
import { isInFolder, joinPath } from '../plan-inventory.ts';

/** What pytest's configuration in one file says (docs.pytest.org, "Configuration"). */
export interface PytestSettings {
  readonly pythonFiles: readonly string[];
  readonly testPaths: readonly string[];
  readonly pythonPath: readonly string[];
  /** Documentation and docstrings may hold tests. */
  readonly doctest: boolean;
}

const DEFAULTS: PytestSettings = {
  pythonFiles: ['test_*.py', '*_test.py'],
  testPaths: [],
  pythonPath: [],
  doctest: false,
};
const IGNORED = /(?:^|\/)(?:\.[^/]+|[^/]+\.egg|_darcs|build|CVS|dist|node_modules|venv|\{arch\}|__pycache__)\//;

/** Reads pytest.ini, pyproject.toml, tox.ini or setup.cfg; undefined where the file does not configure pytest. */
export function parsePytestSettings(fileName: string, text: string): PytestSettings | undefined {
  const section = sectionOf(fileName, text);
  if (section === undefined) return undefined;
  const pythonFiles = listOf(section, 'python_files');
  return {
    pythonFiles: pythonFiles.length > 0 ? pythonFiles : DEFAULTS.pythonFiles,
    testPaths: listOf(section, 'testpaths'),
    pythonPath: listOf(section, 'pythonpath'),
    doctest: /--doctest-(?:modules|glob)/.test(section),
  };
}

/** Whether pytest would collect `path` when it runs in `folder`. */
export function pytestMatcher(settings: PytestSettings | undefined, folder: string): (path: string) => boolean {
  const { pythonFiles, testPaths, doctest } = settings ?? DEFAULTS;
  const byName = picomatch(doctest ? ['*.py'] : pythonFiles.filter((pattern) => !pattern.includes('/')), { dot: true });
  const byPath = picomatch(
    pythonFiles.filter((pattern) => pattern.includes('/')).map((pattern) => `**/${pattern}`),
    { dot: true },
  );
  const paths = testPaths.map((path) => joinPath(folder, path)).filter((path) => path !== undefined);
  const inPaths = picomatch(
    paths.flatMap((path) => [path, `${path}/**`]),
    { dot: true },
  );
  return (path) => {
    if (!path.endsWith('.py') || !isInFolder(path, folder)) return false;
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    if (IGNORED.test(`/${inside}`)) return false;
    if (testPaths.length > 0 && !inPaths(path)) return false;
    return byName(path.slice(path.lastIndexOf('/') + 1)) || byPath(path);
  };
}

function sectionOf(fileName: string, text: string): string | undefined {
  const names: Readonly<Record<string, string>> = {
    'pytest.ini': '[pytest]',
    '.pytest.ini': '[pytest]',
    'tox.ini': '[pytest]',
    'setup.cfg': '[tool:pytest]',
    'pyproject.toml': '[tool.pytest.ini_options]',
  };
  const header = names[fileName];
  if (header === undefined) return undefined;
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex(
    (line) =>
      line.trim().replace(/\s*#.*$/, '') === header ||
      (fileName === 'pyproject.toml' && line.trim() === '[tool.pytest]'),
  );
  if (start === -1) return fileName.endsWith('pytest.ini') ? '' : undefined;
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => /^\[[\w."':-]/.test(line));
  return (end === -1 ? after : after.slice(0, end)).join('\n');
}

// `key = a b`, `key =\n    a\n    b` (ini), `key = ["a", "b"]` and `key = "a b"` (TOML).
function listOf(section: string, key: string): string[] {
  const match = new RegExp(
    String.raw`^[ \t]*${key}[ \t]*=[ \t]*(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*'|[^\n]*(?:\n[ \t]+[^\n]*)*)`,
    'm',
  ).exec(section);
  const value = match?.[1] ?? '';
  if (value.startsWith('[')) return [...value.matchAll(/(['"])(.*?)\1/g)].map((quoted) => quoted[2] as string);
  return value
    .replace(/^(['"])(.*)\1$/, '$2')
    .replace(/(?:^|\s)[#;].*$/gm, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}
