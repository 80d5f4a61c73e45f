import picomatch from 'picomatch';
import { type ConfigValue, Expression, isConfigObject, stringsOf } from '../javascript/parse-config-literal.ts';
import { isInFolder, joinPath } from '../plan-inventory.ts';
import type { SuiteRules } from './suite.ts';

type Config = Readonly<Record<string, ConfigValue>>;

const DEFAULT_INCLUDE = ['**/*.{test,spec}.?(c|m)[jt]s?(x)'];
const DEFAULT_EXCLUDE = ['**/node_modules/**', '**/.git/**'];

/** What a vitest or vite configuration found in `folder` says about tests and imports (vitest.dev, "Configuring Vitest"). */
export function planVitestSuite(config: Config, { folder, file }: { folder: string; file: string }): SuiteRules {
  const test = isConfigObject(config['test']) ? config['test'] : {};
  const root = typeof config['root'] === 'string' ? (joinPath(folder, config['root']) ?? folder) : folder;
  const projects = [test, ...inlineProjects(test)];
  const unproven = reasonAgainst(config, projects);
  return {
    framework: 'vitest',
    folder,
    implicit: projects.flatMap((project) => setupFiles(project, root)).concat(file),
    isTest: testMatcher(projects, root),
    mappers: [config['resolve'], ...projects].flatMap((holder) =>
      isConfigObject(holder) ? aliases(holder['alias'], root) : [],
    ),
    moduleFolders: [],
    ...(unproven === undefined ? {} : { unproven }),
  };
}

function inlineProjects(test: Config): Config[] {
  const listed = test['projects'] ?? test['workspace'];
  const projects = Array.isArray(listed) ? listed.filter(isConfigObject) : [];
  return projects.map((project) => project['test']).filter(isConfigObject);
}

function reasonAgainst(config: Config, projects: readonly Config[]): string | undefined {
  if (config['test'] instanceof Expression) return "vitest's `test` is computed";
  for (const project of projects) {
    const key = ['include', 'exclude'].find(
      (name) => project[name] !== undefined && globsOf(project[name]) === undefined,
    );
    if (key !== undefined) return `vitest's \`${key}\` is computed`;
  }
  return undefined;
}

// `[...configDefaults.exclude, 'e2e/**']` is a list with one known spread.
function globsOf(value: ConfigValue | undefined): string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const own = list.filter(
    (item) => !(item instanceof Expression && /configDefaults|defaultExclude|defaultInclude/.test(item.text)),
  );
  return stringsOf(own);
}

function testMatcher(projects: readonly Config[], root: string): (path: string) => boolean {
  const [main, ...others] = projects.map((project) => ({
    includes: globs(project['include'], { fallback: DEFAULT_INCLUDE, root }),
    sources: globs(project['includeSource'], { fallback: [], root }),
    excludes: globs(project['exclude'], { fallback: [], root }),
  }));
  const active = others.length > 0 ? others : main === undefined ? [] : [main];
  const never = picomatch(DEFAULT_EXCLUDE, { dot: true });
  return (path) =>
    isInFolder(path, root) &&
    !never(path) &&
    active.some(({ includes, sources, excludes }) => (includes(path) || sources(path)) && !excludes(path));
}

function globs(value: ConfigValue | undefined, { fallback, root }: { fallback: readonly string[]; root: string }) {
  const patterns = (value === undefined ? undefined : globsOf(value)) ?? fallback;
  if (patterns.length === 0) return () => false;
  const inRoot = patterns.map((pattern) => (root === '' ? pattern : `${root}/${pattern}`).replace(/(^|\/)\.\//, '$1'));
  return picomatch(inRoot, { dot: true });
}

function setupFiles(test: Config, root: string): string[] {
  return ['setupFiles', 'globalSetup', 'environment']
    .flatMap((key) => (Array.isArray(test[key]) ? test[key] : [test[key]]))
    .map((value) => (value instanceof Expression ? value.lastString() : value))
    .filter((value) => typeof value === 'string' && /[./]/.test(value))
    .map((value) => joinPath(root, value as string))
    .filter((path) => path !== undefined);
}

function aliases(value: ConfigValue | undefined, root: string): SuiteRules['mappers'][number][] {
  const entries: [ConfigValue | undefined, ConfigValue | undefined][] = Array.isArray(value)
    ? value.filter(isConfigObject).map((one) => [one['find'], one['replacement']])
    : Object.entries(isConfigObject(value) ? value : {});
  return entries.flatMap(([find, replacement]) => {
    const pattern = patternOf(find);
    const text = replacement instanceof Expression ? replacement.lastString() : replacement;
    const target = typeof text === 'string' ? joinPath(root, text.replace(/^\/(?=\$|src)/, './')) : undefined;
    return pattern === undefined || target === undefined ? [] : [{ folder: root, pattern, targets: [target] }];
  });
}

// A name matches itself and what follows a slash; a regular expression stands as it is.
function patternOf(find: ConfigValue | undefined): RegExp | undefined {
  if (typeof find === 'string') return new RegExp(`^${find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=/|$)`);
  const literal = find instanceof Expression ? /^\/(.+)\/[a-z]*$/.exec(find.text)?.[1] : undefined;
  if (literal === undefined) return undefined;
  try {
    return new RegExp(literal);
  } catch {
    return undefined;
  }
}
