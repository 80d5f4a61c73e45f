import picomatch from 'picomatch';
import { type ConfigValue, Expression, isConfigObject, stringsOf } from '../javascript/parse-config-literal.ts';
import { isInFolder, joinPath } from '../plan-inventory.ts';
import type { SuiteRules } from './suite.ts';

type Config = Readonly<Record<string, ConfigValue>>;

const DEFAULT_MATCH = ['**/__tests__/**/*.?([mc])[jt]s?(x)', '**/?(*.)+(spec|test).?([mc])[jt]s?(x)'];
const SETUP_KEYS = ['setupFiles', 'setupFilesAfterEnv', 'globalSetup', 'globalTeardown', 'snapshotSerializers'];
const MODULE_KEYS = ['testEnvironment', 'runner', 'testRunner', 'resolver', 'preset', 'testSequencer'];
const DECISIVE = [
  'rootDir',
  'roots',
  'testMatch',
  'testRegex',
  'testPathIgnorePatterns',
  'moduleNameMapper',
  'modulePaths',
  'projects',
];

/** What a jest configuration found in `folder` says about tests and imports (jest.io, "Configuring Jest"). */
export function planJestSuites(config: Config, { folder, file }: { folder: string; file: string }): SuiteRules[] {
  const inline = Array.isArray(config['projects']) ? config['projects'].filter(isConfigObject) : [];
  if (Array.isArray(config['projects']) && config['projects'].length > 0) {
    return inline.map((project) => planJestSuite({ ...config, ...project }, { folder, file }));
  }
  return [planJestSuite(config, { folder, file })];
}

/** The folders (globs relative to the repository) that a jest configuration names as projects of their own. */
export function jestProjectFolders(config: Config, folder: string): string[] {
  const projects = Array.isArray(config['projects']) ? config['projects'] : [];
  const named = projects.filter((project) => typeof project === 'string').map((project) => inRoot(project, folder));
  return named
    .filter((project) => project !== undefined)
    .map((project) => project.replace(/\/(?:jest\.config\.\w+|package\.json)$/, ''));
}

function planJestSuite(config: Config, { folder, file }: { folder: string; file: string }): SuiteRules {
  const rootDir = typeof config['rootDir'] === 'string' ? (joinPath(folder, config['rootDir']) ?? folder) : folder;
  const unproven = reasonAgainst(config);
  return {
    framework: 'jest',
    folder,
    implicit: implicitFiles(config, rootDir).concat(file),
    isTest: unproven === undefined ? testMatcher(config, rootDir) : testMatcher({}, rootDir),
    mappers: mappersOf(config['moduleNameMapper'], rootDir),
    moduleFolders: folders(config['modulePaths'], rootDir).concat(ownModuleDirectories(config, rootDir)),
    ...(unproven === undefined ? {} : { unproven }),
  };
}

function reasonAgainst(config: Config): string | undefined {
  if (config['dependencyExtractor'] !== undefined) return 'jest has its own `dependencyExtractor`';
  const computed = DECISIVE.find((key) => config[key] !== undefined && hasExpression(config[key] as ConfigValue));
  if (computed !== undefined) return `jest's \`${computed}\` is computed`;
  const spread = config['...'];
  return spread instanceof Expression && /^\.\.\.\s*\w*(?:base|shared|root|common)/i.test(spread.text)
    ? `jest's configuration extends another by \`${spread.text.slice(0, 60)}\``
    : undefined;
}

function hasExpression(value: ConfigValue): boolean {
  if (value instanceof Expression) return true;
  if (Array.isArray(value)) return value.some(hasExpression);
  return isConfigObject(value) && Object.values(value).some(hasExpression);
}

function testMatcher(config: Config, rootDir: string): (path: string) => boolean {
  const absolute = (path: string) => `/${path}`;
  const prefix = rootDir === '' ? '' : `/${rootDir}`;
  const put = (pattern: string) => pattern.replaceAll('<rootDir>', prefix);
  const roots = folders(config['roots'], rootDir);
  const ignored = (stringsOf(config['testPathIgnorePatterns']) ?? ['/node_modules/']).map(
    (one) => new RegExp(put(one)),
  );
  const regexes = config['testRegex'] === undefined ? [] : (stringsOf(config['testRegex']) ?? []);
  const tests = regexes.filter((one) => one !== '').map((one) => new RegExp(put(one)));
  const matches = matcherOf((stringsOf(config['testMatch'] ?? DEFAULT_MATCH) ?? DEFAULT_MATCH).map(put));
  return (path) => {
    if (!isInFolder(path, rootDir) || (roots.length > 0 && !roots.some((root) => isInFolder(path, root)))) return false;
    const full = absolute(path);
    if (/(?:^|\/)node_modules\//.test(path) || ignored.some((one) => one.test(full))) return false;
    return tests.length > 0 ? tests.some((one) => one.test(full)) : matches(full) && /\.[cm]?[jt]sx?$/.test(path);
  };
}

// As micromatch reads a list: a `!pattern` takes away from what matched before.
function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const steps = patterns.map((pattern) => {
    const negated = pattern.startsWith('!');
    return { negated, matches: picomatch(negated ? pattern.slice(1) : pattern, { dot: true }) };
  });
  return (path) => steps.reduce((matched, step) => (step.matches(path) ? !step.negated : matched), false);
}

function mappersOf(value: ConfigValue | undefined, rootDir: string): SuiteRules['mappers'] {
  if (!isConfigObject(value)) return [];
  return Object.entries(value).flatMap(([key, target]) => {
    const targets = (stringsOf(target) ?? []).map((one) => inRoot(one, rootDir)).filter((one) => one !== undefined);
    return targets.length > 0 && isRegex(key) ? [{ folder: rootDir, pattern: new RegExp(key), targets }] : [];
  });
}

function implicitFiles(config: Config, rootDir: string): string[] {
  const named = SETUP_KEYS.flatMap((key) => stringsOf(config[key] ?? []) ?? []);
  const single = MODULE_KEYS.map((key) => config[key]).filter((value) => typeof value === 'string');
  const transforms = isConfigObject(config['transform']) ? Object.values(config['transform']) : [];
  const code = transforms
    .map((value) => (Array.isArray(value) ? value[0] : value))
    .filter((value) => typeof value === 'string');
  return [...named, ...single, ...code]
    .filter((path) => path.startsWith('.') || path.startsWith('<rootDir>'))
    .map((path) => inRoot(path, rootDir))
    .filter((path) => path !== undefined);
}

function folders(value: ConfigValue | undefined, rootDir: string): string[] {
  return (stringsOf(value ?? []) ?? []).map((path) => inRoot(path, rootDir)).filter((path) => path !== undefined);
}

function ownModuleDirectories(config: Config, rootDir: string): string[] {
  const named = stringsOf(config['moduleDirectories'] ?? []) ?? [];
  return named
    .filter((name) => name !== 'node_modules')
    .map((name) => inRoot(name, rootDir))
    .filter((path) => path !== undefined);
}

// A path below rootDir, or undefined for a package's name (it has no own file).
function inRoot(path: string, rootDir: string): string | undefined {
  return joinPath(rootDir, path.replace(/^<rootDir>\/?/, './'));
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
