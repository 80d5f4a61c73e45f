import picomatch from 'picomatch';
import type { GoModules } from '../go/plan-go-modules.ts';
import { type ConfigValue, isConfigObject, parseConfigLiteral } from '../javascript/parse-config-literal.ts';
import type { Manifest } from '../javascript/resolve-package.ts';
import { type CompilerOutput, compiledPaths, folderOf, foldersUpwards, joinPath } from '../plan-inventory.ts';
import { planGoSuites } from './plan-go-suites.ts';
import { jestProjectFolders, planJestSuites } from './plan-jest-suite.ts';
import { isNamedAsTest, nodeTestMatcher, parseNodeTestScript } from './plan-node-suite.ts';
import { type PytestSettings, parsePytestSettings, pytestMatcher } from './plan-pytest-suite.ts';
import { planVitestSuite } from './plan-vitest-suite.ts';
import type { Framework, Suite, SuiteRules } from './suite.ts';

/** A project's files as far as they tell which runners it has. */
export interface SuiteQuestion {
  readonly tracked: readonly string[];
  /** Texts of configuration files by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly manifests: readonly Manifest[];
  /** The runners to look for; empty for all. */
  readonly frameworks: readonly Framework[];
  /** For files whose imports decide which runner they belong to. */
  readonly readText: (path: string) => string | undefined;
  /** Runners may take tests as the compiler wrote them, which git does not track. */
  readonly outputs: readonly CompilerOutput[];
  readonly goModules: GoModules;
}

/** The suites of a project, and what their configuration says about imports. */
export interface SuitePlan {
  readonly suites: readonly Suite[];
  readonly mappers: SuiteRules['mappers'];
  readonly moduleFolders: readonly string[];
  readonly pythonPath: readonly string[];
  readonly doctest: boolean;
}

/** Finds every suite by configuration files, package.json and the names of files. */
export function planSuites(question: SuiteQuestion): SuitePlan {
  const wanted = (framework: Framework) => question.frameworks.length === 0 || question.frameworks.includes(framework);
  const scripts = question.tracked.filter((path) => /\.[cm]?[jt]sx?$/.test(path));
  const rules = [...(wanted('vitest') ? vitestRules(question) : []), ...(wanted('jest') ? jestRules(question) : [])];
  const node = wanted('node') ? nodeSuites(question, { scripts, alone: rules.length === 0 }) : [];
  const claimed = new Set(node.flatMap((suite) => suite.tests));
  const python = wanted('pytest') ? pytestSuites(question) : { suites: [], pythonPath: [], doctest: false };
  return {
    suites: [
      ...assign(rules, { scripts, claimed, outputs: question.outputs }),
      ...node,
      ...python.suites,
      ...(wanted('go') ? planGoSuites(question.tracked, question.goModules) : []),
    ],
    mappers: rules.flatMap((rule) => rule.mappers),
    moduleFolders: rules.flatMap((rule) => rule.moduleFolders),
    pythonPath: python.pythonPath,
    doctest: python.doctest,
  };
}

// A file that several suites would take belongs to the deepest one; at equal depth vitest's configuration comes first.
function assign(
  rules: readonly SuiteRules[],
  {
    scripts,
    claimed,
    outputs,
  }: { scripts: readonly string[]; claimed: ReadonlySet<string>; outputs: readonly CompilerOutput[] },
): Suite[] {
  const owned = rules.map((rule) => ({ rule, tests: [] as string[], compiled: new Map<string, string>() }));
  const deepest = [...owned].sort((a, b) => b.rule.folder.length - a.rule.folder.length);
  for (const path of scripts) {
    if (claimed.has(path)) continue;
    const owner = deepest.find(({ rule }) => rule.isTest(path));
    if (owner !== undefined) owner.tests.push(path);
    else for (const written of compiledPaths(path, outputs)) assignCompiled(deepest, { path, written });
  }
  return owned.map(({ rule, tests, compiled }) => {
    const { isTest: _isTest, mappers: _mappers, moduleFolders: _folders, ...suite } = rule;
    return { ...suite, tests, ...(compiled.size > 0 ? { taken: compiled } : {}) };
  });
}

function assignCompiled(
  suites: readonly { rule: SuiteRules; tests: string[]; compiled: Map<string, string> }[],
  { path, written }: { path: string; written: string },
): void {
  const owner = suites.find(({ rule }) => rule.isTest(written));
  if (owner === undefined || owner.compiled.has(path)) return;
  owner.tests.push(path);
  owner.compiled.set(path, written);
}

function jestRules({ texts, manifests }: SuiteQuestion): SuiteRules[] {
  const configs = new Map<string, { config: Readonly<Record<string, ConfigValue>>; file: string }>();
  for (const manifest of manifests) {
    const config = manifest.content['jest'];
    const file = manifest.folder === '' ? 'package.json' : `${manifest.folder}/package.json`;
    if (isConfigObject(config)) configs.set(manifest.folder, { config, file });
    else if (hasDependency(manifest, 'jest') || runs(manifest, /\bjest\b/))
      configs.set(manifest.folder, { config: {}, file });
  }
  for (const [path, text] of texts) {
    if (!/(?:^|\/)jest\.config\./.test(path)) continue;
    configs.set(folderOf(path), { config: readConfig(path, text), file: path });
  }
  for (const { config, file } of [...configs.values()]) {
    const folders = picomatch(jestProjectFolders(config, folderOf(file)), { dot: true });
    for (const { folder } of manifests) {
      if (folder !== '' && folders(folder) && !configs.has(folder)) configs.set(folder, { config: {}, file });
    }
  }
  return [...configs].flatMap(([folder, { config, file }]) => planJestSuites(config, { folder, file }));
}

function vitestRules({ texts, manifests }: SuiteQuestion): SuiteRules[] {
  const rules = new Map<string, SuiteRules>();
  for (const manifest of manifests) {
    if (!hasDependency(manifest, 'vitest') && !runs(manifest, /\bvitest\b/)) continue;
    const file = manifest.folder === '' ? 'package.json' : `${manifest.folder}/package.json`;
    rules.set(manifest.folder, planVitestSuite({}, { folder: manifest.folder, file }));
  }
  const configs = [...texts]
    .filter(([path]) => /(?:^|\/)vite(?:st)?\.config\./.test(path))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, text] of configs) {
    const folder = folderOf(path);
    const isVite = /(?:^|\/)vite\.config\./.test(path);
    // A vite configuration without vitest belongs to an application that is tested by something else.
    if (isVite && !rules.has(folder) && !/\bvitest\b/.test(text)) continue;
    rules.set(folder, planVitestSuite(readConfig(path, text), { folder, file: path }));
  }
  return [...rules.values()];
}

function readConfig(path: string, text: string): Readonly<Record<string, ConfigValue>> {
  return parseConfigLiteral(path.endsWith('.json') ? `export default ${text}` : text) ?? {};
}

function nodeSuites(
  { manifests, readText, outputs }: SuiteQuestion,
  { scripts, alone }: { scripts: readonly string[]; alone: boolean },
): Suite[] {
  const suites: Suite[] = [];
  const taken = new Set<string>();
  const folders = [...manifests].sort((a, b) => b.folder.length - a.folder.length);
  for (const manifest of folders.length > 0 ? folders : [{ folder: '', name: '', content: {} }]) {
    const script = scriptsOf(manifest)
      .map(parseNodeTestScript)
      .find((parsed) => parsed !== undefined);
    if (script === undefined && !alone) continue;
    const matches = nodeTestMatcher(script, manifest.folder);
    const explicit = script !== undefined && script.files.length > 0;
    const compiled = new Map<string, string>();
    const tests = scripts.filter((path) => {
      const written = explicit && !matches(path) ? compiledPaths(path, outputs).find(matches) : undefined;
      if (written !== undefined) compiled.set(path, written);
      if (taken.has(path) || (written === undefined && !matches(path))) return false;
      if (explicit || (script !== undefined && isNamedAsTest(path))) return true;
      return /['"]node:test['"]/.test(readText(path) ?? '');
    });
    for (const test of tests) taken.add(test);
    if (tests.length === 0) continue;
    suites.push({
      framework: 'node',
      folder: manifest.folder,
      tests,
      implicit: [],
      runnerArguments: script?.flags ?? [],
      ...(compiled.size > 0 ? { taken: compiled } : {}),
    });
  }
  return suites;
}

function pytestSuites({ tracked, texts }: SuiteQuestion): { suites: Suite[]; pythonPath: string[]; doctest: boolean } {
  const settings = new Map<string, PytestSettings>();
  for (const name of ['setup.cfg', 'tox.ini', 'pyproject.toml', '.pytest.ini', 'pytest.ini']) {
    for (const [path, text] of texts) {
      const parsed = path === name || path.endsWith(`/${name}`) ? parsePytestSettings(name, text) : undefined;
      if (parsed !== undefined) settings.set(folderOf(path), parsed);
    }
  }
  const projects = new Set([
    ...settings.keys(),
    ...tracked.filter((path) => /(?:^|\/)(?:pyproject\.toml|setup\.py|requirements\.txt)$/.test(path)).map(folderOf),
  ]);
  const files = tracked.filter((path) => path.endsWith('.py'));
  const byFolder = new Map<string, string[]>();
  const matchers = new Map<string, (path: string) => boolean>();
  for (const path of files) {
    const configured = foldersUpwards(folderOf(path)).find((folder) => settings.has(folder));
    const folder = configured ?? foldersUpwards(folderOf(path)).find((above) => projects.has(above)) ?? '';
    const matches = matchers.get(folder) ?? pytestMatcher(settings.get(folder), folder);
    matchers.set(folder, matches);
    if (!matches(path)) continue;
    const known = byFolder.get(folder);
    if (known === undefined) byFolder.set(folder, [path]);
    else known.push(path);
  }
  return {
    suites: [...byFolder].map(([folder, tests]) => ({ framework: 'pytest', folder, tests, implicit: [] })),
    pythonPath: [...settings].flatMap(([folder, one]) =>
      one.pythonPath.map((path) => joinPath(folder, path) ?? folder),
    ),
    doctest: [...settings.values()].some((one) => one.doctest),
  };
}

function hasDependency({ content }: Manifest, name: string): boolean {
  return ['dependencies', 'devDependencies'].some((field) => {
    const listed = content[field];
    return isConfigObject(listed) && name in listed;
  });
}

function scriptsOf({ content }: Manifest): string[] {
  const scripts = content['scripts'];
  return isConfigObject(scripts) ? Object.values(scripts).filter((script) => typeof script === 'string') : [];
}

function runs(manifest: Manifest, command: RegExp): boolean {
  return scriptsOf(manifest).some((script) => command.test(script));
}
