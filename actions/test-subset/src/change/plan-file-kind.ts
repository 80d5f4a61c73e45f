import picomatch from 'picomatch';
import type { FullReason } from '../reasons.ts';

/** What a path alone says about a changed file. */
export type FileKind =
  /** All tests, whatever imports it. */
  | { readonly kind: 'global'; readonly reasonCode: FullReason }
  /** Matters to no test unless a test's code names it. */
  | { readonly kind: 'documentation' }
  /** A program text whose imports can be followed. */
  | { readonly kind: 'source' }
  /** Anything else: data, templates, scripts. */
  | { readonly kind: 'other' }
  /** Data in the `testdata` of a Go package, whose tests need no name for it. */
  | { readonly kind: 'fixture' };

const CI = [
  '.github/workflows/**',
  '.github/actions/**',
  '.gitlab-ci.yml',
  '.circleci/**',
  'azure-pipelines*.yml',
  'Jenkinsfile',
  '.ci/**',
];
const LOCKFILES = [
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock'],
  ...[
    'uv.lock',
    'poetry.lock',
    'pdm.lock',
    'Pipfile.lock',
    'requirements*.txt',
    'requirements/*.txt',
    'constraints*.txt',
    'requirements*.in',
  ],
  ...['go.mod', 'go.sum', 'go.work', 'go.work.sum'],
].map((name) => `**/${name}`);
const CONFIGURATION = [
  ...[
    'package.json',
    'pnpm-workspace.yaml',
    'lerna.json',
    'nx.json',
    'turbo.json',
    '.npmrc',
    '.yarnrc*',
    '.pnpmfile.cjs',
  ],
  ...[
    '{jest,vitest,vite,babel,swc,webpack,rollup,playwright}.config.*',
    'vitest.workspace.*',
    '.babelrc*',
    '.swcrc',
    '.mocharc*',
  ],
  ...[
    '{ts,js}config*.json',
    '.nvmrc',
    '.node-version',
    '.python-version',
    '.go-version',
    '.tool-versions',
    'mise.toml',
    '.mise.toml',
  ],
  ...[
    'pytest.ini',
    '.pytest.ini',
    'pyproject.toml',
    'tox.ini',
    'setup.cfg',
    'setup.py',
    'Pipfile',
    'noxfile.py',
    '.coveragerc',
  ],
].map((name) => `**/${name}`);
const DOCUMENTATION = [
  ...[
    '**/*.md',
    '**/*.markdown',
    '**/*.rst',
    '**/*.adoc',
    '**/LICENSE*',
    '**/LICENCE*',
    '**/NOTICE*',
    '**/AUTHORS*',
    '**/CHANGELOG*',
    '**/CONTRIBUTORS*',
  ],
  ...[
    'docs/**/*.{png,jpg,jpeg,gif,svg,webp,txt,pdf,css}',
    '**/CODEOWNERS',
    '.github/ISSUE_TEMPLATE/**',
    '.github/PULL_REQUEST_TEMPLATE/**',
  ],
  ...[
    '.github/{dependabot,release,labeler,stale,FUNDING}.{yml,yaml}',
    '**/.gitignore',
    '**/.gitattributes',
    '**/.editorconfig',
    '**/.mailmap',
  ],
  ...[
    '.vscode/**',
    '.idea/**',
    '**/.prettierignore',
    '**/.eslintignore',
    '**/.dockerignore',
    '**/*.d.{ts,mts,cts}',
    '**/py.typed',
    '**/*.pyi',
    '**/.golangci.{yml,yaml,toml,json}',
  ],
];

const options = { dot: true };
const isCi = picomatch(CI, options);
const isLockfile = picomatch(LOCKFILES, options);
const isConfiguration = picomatch(CONFIGURATION, options);
const isDocumentation = picomatch(DOCUMENTATION, options);

/** Classifies a changed file by its path. */
export function planFileKind(path: string): FileKind {
  if (isCi(path)) return { kind: 'global', reasonCode: 'ci-changed' };
  if (isLockfile(path)) return { kind: 'global', reasonCode: 'lockfile-changed' };
  if (isConfiguration(path)) return { kind: 'global', reasonCode: 'configuration-changed' };
  if (isDocumentation(path)) return { kind: 'documentation' };
  return /\.(?:[cm]?[jt]sx?|py|go|vue|svelte)$/.test(path) ? { kind: 'source' } : { kind: 'other' };
}

/** The test that owns a recorded snapshot (`__snapshots__/a.test.ts.snap`, `__snapshots__/test_a.ambr`); undefined for other files. */
export function testOfSnapshot(path: string): string | undefined {
  const match = /^(.*\/|)__snapshots__\/([^/]+)\.(snap|ambr)$/.exec(path);
  if (match === null) return undefined;
  return `${match[1]}${match[2]}${match[3] === 'ambr' ? '.py' : ''}`;
}

/**
 * Texts that code would contain if it named the file: its name with the extension it has when it runs,
 * a Python module's dotted name, and for data the folder it lies in.
 */
export function literalsOf(path: string, kind: FileKind['kind']): string[] {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const parent = parts.at(-2);
  if (kind === 'source') return literalsOfSource(name, parent);
  // Tests of other packages get there by a path.
  if (kind === 'fixture')
    return ['../testdata', `${parts[parts.indexOf('testdata') - 1] ?? ''}/testdata`, ', "testdata"'];
  const folder =
    kind === 'other' && parent !== undefined ? [`${parent}/`, `${parent}'`, `${parent}"`, `${parent}\``] : [];
  return [name, ...folder];
}

function literalsOfSource(name: string, parent: string | undefined): string[] {
  const stem = name.replace(/\.[^.]+$/, '');
  const general = /^(?:index|main|__init__|__main__|mod|setup|app)$/.test(stem);
  const names = name.endsWith('.py')
    ? [name, ...(parent === undefined ? [] : [`${parent}.${stem}`])]
    : [name, name.replace(/\.([cm]?)tsx?$/, '.$1js')];
  if (!general) return [...new Set(names)];
  return parent === undefined ? [] : [...new Set(names.map((one) => `${parent}/${one}`))];
}
