import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPathsMatcher, parseTsconfig, type TsConfigJsonResolved } from 'get-tsconfig';
import { type GoModules, planGoModules } from '../go/plan-go-modules.ts';
import { type ConfigValue, isConfigObject, parseConfigLiteral } from '../javascript/parse-config-literal.ts';
import type { JavaScriptLayout } from '../javascript/resolve-javascript.ts';
import type { Manifest } from '../javascript/resolve-package.ts';
import { folderOf, type Inventory, isInFolder, joinPath, planInventory } from '../plan-inventory.ts';
import type { PythonLayout } from '../python/resolve-python.ts';
import { planSuites } from './plan-suites.ts';
import type { Framework, Suite } from './suite.ts';

/** The checkout as the action reads it: paths are relative to the repository. */
export interface Files {
  readonly folder: string;
  /** The text of a file, undefined where it cannot be read (a sparse checkout, a link to nowhere). */
  readText(path: string): string | undefined;
  exists(path: string): boolean;
}

/** Everything that selection needs to know about a project besides the change. */
export interface Project {
  readonly inventory: Inventory;
  readonly suites: readonly Suite[];
  readonly javascript: JavaScriptLayout;
  readonly python: PythonLayout;
  readonly goModules: GoModules;
  readonly manifests: readonly Manifest[];
  /** Documentation files hold tests too (doctest). */
  readonly doctest: boolean;
}

const CONFIGURATION =
  /(?:^|\/)(?:package\.json|(?:jest|vitest|vite)\.config\.(?:[cm]?[jt]s|json)|\.?pytest\.ini|pyproject\.toml|tox\.ini|setup\.cfg|go\.(?:mod|work))$/;
const TSCONFIG = /(?:^|\/)[jt]sconfig(?:\.[\w-]+)?\.json$/;
const PYTHON_PROJECT =
  /(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg|requirements[\w.-]*\.txt|Pipfile|\.?pytest\.ini|tox\.ini)$/;

/** Opens the files of the checkout at an absolute folder. */
export function openFiles(folder: string): Files {
  return {
    folder,
    readText(path) {
      try {
        return readFileSync(`${folder}/${path}`, 'utf8');
      } catch {
        return undefined;
      }
    },
    exists: (path) => existsSync(`${folder}/${path}`),
  };
}

/** Reads the configuration of a project and finds its suites; `deleted` paths stay known to the import resolvers. */
export function readProject(
  files: Files,
  {
    tracked,
    deleted,
    root,
    frameworks,
  }: { tracked: readonly string[]; deleted: readonly string[]; root: string; frameworks: readonly Framework[] },
): Project {
  const texts = new Map<string, string>();
  for (const path of tracked) {
    if (!CONFIGURATION.test(path) || /(?:^|\/)node_modules\//.test(path)) continue;
    const text = files.readText(path);
    if (text !== undefined) texts.set(path, text);
  }
  const manifests = readManifests(texts);
  const tsconfigs = readTsconfigs(files, tracked);
  const { outputs } = tsconfigs;
  const goModules = planGoModules(texts);
  const plan = planSuites({ tracked, texts, manifests, frameworks, readText: files.readText, outputs, goModules });
  const suites = plan.suites
    .map((suite) => ({ ...suite, tests: suite.tests.filter((test) => isInFolder(test, root)) }))
    .filter((suite) => suite.tests.length > 0);
  return {
    inventory: planInventory([...tracked, ...deleted]),
    suites,
    manifests,
    doctest: plan.doctest,
    javascript: {
      manifests,
      mappers: plan.mappers,
      moduleFolders: plan.moduleFolders,
      ...tsconfigs,
    },
    python: { roots: pythonRoots(tracked, plan.pythonPath) },
    goModules,
  };
}

function readManifests(texts: ReadonlyMap<string, string>): Manifest[] {
  const manifests: Manifest[] = [];
  for (const [path, text] of texts) {
    if (!/(?:^|\/)package\.json$/.test(path)) continue;
    try {
      const content = JSON.parse(text) as Record<string, unknown>;
      manifests.push({
        folder: folderOf(path),
        name: typeof content['name'] === 'string' ? content['name'] : '',
        content,
      });
    } catch {
      // A fixture that is malformed on purpose says nothing about this project.
    }
  }
  return manifests;
}

function readTsconfigs(files: Files, tracked: readonly string[]): Pick<JavaScriptLayout, 'pathMatchers' | 'outputs'> {
  const pathMatchers: { folder: string; match: (specifier: string) => readonly string[] }[] = [];
  const outputs: { output: string; source: string }[] = [];
  for (const path of tracked) {
    if (!TSCONFIG.test(path)) continue;
    const config = readTsconfig(files, path);
    const folder = folderOf(path);
    const matcher = createPathsMatcher({ path: join(files.folder, path), config, sources: [] } as Parameters<
      typeof createPathsMatcher
    >[0]);
    if (matcher !== null)
      pathMatchers.push({ folder, match: (specifier) => relativeTo(files.folder, matcher(specifier)) });
    const { outDir, rootDir } = config.compilerOptions ?? {};
    const output = outDir === undefined ? undefined : joinPath(folder, outDir);
    if (output !== undefined && output !== folder)
      outputs.push({ output, source: joinPath(folder, rootDir ?? '.') ?? folder });
  }
  return { pathMatchers, outputs };
}

function readTsconfig(files: Files, path: string): TsConfigJsonResolved {
  try {
    return parseTsconfig(join(files.folder, path));
  } catch {
    // What it extends is not installed: its own settings still count.
    const own = parseConfigLiteral(`export default ${files.readText(path) ?? '{}'}`) ?? {};
    const options = own['compilerOptions'];
    return isConfigObject(options as ConfigValue) ? ({ compilerOptions: options } as TsConfigJsonResolved) : {};
  }
}

function relativeTo(folder: string, candidates: readonly string[]): string[] {
  const prefix = `${folder.replaceAll('\\', '/')}/`;
  return candidates
    .map((candidate) => candidate.replaceAll('\\', '/'))
    .filter((candidate) => candidate.startsWith(prefix) && !candidate.includes('/node_modules/'))
    .map((candidate) => candidate.slice(prefix.length));
}

function pythonRoots(tracked: readonly string[], pythonPath: readonly string[]): string[] {
  const projects = tracked.filter((path) => PYTHON_PROJECT.test(path)).map(folderOf);
  const folders = new Set(['', ...projects, ...pythonPath]);
  return [...folders].flatMap((folder) => [
    folder,
    ...['src', 'lib'].map((name) => (folder === '' ? name : `${folder}/${name}`)),
  ]);
}
