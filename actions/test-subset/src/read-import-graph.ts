import { parseGoFile } from './go/parse-go-file.ts';
import { GoResolver, packageNode, testNode } from './go/resolve-go.ts';
import { parseJavaScriptImports } from './javascript/parse-javascript-imports.ts';
import { JavaScriptResolver } from './javascript/resolve-javascript.ts';
import { folderOf, foldersUpwards } from './plan-inventory.ts';
import { parsePythonImports, parsePythonLoads } from './python/parse-python-imports.ts';
import { PythonResolver } from './python/resolve-python.ts';
import type { Files, Project } from './suites/read-project.ts';

/** Who depends on whom, for every file that some test reaches; a Go package is a member of its own, `folder/*.go`. */
export interface ImportGraph {
  /** A file -> the files that import it. Tests are among the keys and the importers. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
  /** Files that some test reaches, tests included. */
  readonly reached: ReadonlySet<string>;
  /** Files that are imported for their types only, so no program loads them by that import. */
  readonly typesOnly: ReadonlySet<string>;
  /** A file that should be in the repository and is not (generated code) -> the files that import it. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
  /** How many files were read. */
  readonly fileCount: number;
}

const GO = /\.go$/;
const SCRIPT = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx)$/;

/** Follows the imports of all tests; each file is read once. */
export function readImportGraph(files: Files, project: Project): ImportGraph {
  const importers = new Map<string, string[]>();
  const missing = new Map<string, string[]>();
  const typesOnly = new Set<string>();
  const readJavaScript = javaScriptReader(project, { typesOnly, missing });
  const readPython = pythonReader(project);
  const readGo = goReader(files, project, missing);
  const reached = new Set<string>();
  const nodes = new Set<string>();
  const waiting: string[] = [];
  const visit = (path: string) => {
    if (reached.has(path)) return;
    if (project.inventory.files.has(path)) reached.add(path);
    else if (!GO.test(path) || nodes.has(path)) return;
    else nodes.add(path);
    waiting.push(path);
  };
  const targetsOf = (path: string): readonly string[] => {
    if (GO.test(path)) return readGo(path);
    const isPython = path.endsWith('.py');
    const text = isPython || SCRIPT.test(path) ? files.readText(path) : undefined;
    if (text === undefined) return [];
    return isPython ? readPython(text, path) : readJavaScript(text, path);
  };
  for (const suite of project.suites) {
    for (const test of suite.tests) {
      for (const path of [...suite.implicit, ...(suite.framework === 'pytest' ? conftestsOf(test, project) : [])]) {
        add(importers, path, test);
        visit(path);
      }
      visit(test);
    }
  }
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const target of targetsOf(path)) {
      if (target === path) continue;
      add(importers, target, path);
      visit(target);
    }
  }
  return { importers, reached, typesOnly, missing, fileCount: reached.size };
}

function javaScriptReader(
  project: Project,
  { typesOnly, missing }: { typesOnly: Set<string>; missing: Map<string, string[]> },
) {
  const resolver = new JavaScriptResolver(project.javascript, project.inventory);
  return (text: string, path: string): string[] => {
    const targets: string[] = [];
    for (const specifier of parseJavaScriptImports(text)) {
      const resolution = resolver.resolve(specifier, path);
      if (specifier.kind === 'type') {
        for (const file of resolution.files) typesOnly.add(file);
        continue;
      }
      if (resolution.missing !== undefined) add(missing, resolution.missing, path);
      for (const file of resolution.files) targets.push(file, ...manualMocks(file, project));
    }
    return targets;
  };
}

// jest and vitest put `__mocks__/x` next to a module in the place of `x`.
function manualMocks(file: string, project: Project): readonly string[] {
  if (!SCRIPT.test(file)) return [];
  const folder = folderOf(file);
  const stem = file.slice(folder === '' ? 0 : folder.length + 1).replace(SCRIPT, '');
  return project.inventory.stems.get(`${folder === '' ? '' : `${folder}/`}__mocks__/${stem}`) ?? [];
}

function pythonReader(project: Project) {
  const python = new PythonResolver(project.python, project.inventory);
  return (text: string, path: string): string[] => [
    ...python.packagesOf(path),
    ...parsePythonImports(text).flatMap((statement) => python.resolve(statement, path)),
    ...parsePythonLoads(text).flatMap((name) => python.resolveDotted(name, path)),
  ];
}

// A test leads to the tests that it is compiled with, these to their package, and a package to its files and to other packages.
function goReader(files: Files, project: Project, missing: Map<string, string[]>) {
  const go = new GoResolver(project.goModules, project.inventory);
  const namedBy = (path: string, node: string): string[] => {
    const folder = folderOf(path);
    const { imports, embeds, paths } = parseGoFile(files.readText(path) ?? '');
    // Elsewhere a text that looks like a package is the name of a tracer, or the address of a page.
    const startsPrograms = path.endsWith('_test.go') || imports.some((one) => one === 'os/exec' || one === 'testing');
    const folders = startsPrograms ? paths.flatMap((text) => go.resolvePath(text, folder)) : [];
    for (const specifier of imports) {
      const resolution = go.resolveImport(specifier, folder);
      folders.push(...resolution.folders);
      if (resolution.missing !== undefined) add(missing, packageNode(resolution.missing), node);
    }
    return [...folders.map(packageNode), ...embeds.flatMap((pattern) => go.resolveEmbed(pattern, folder))];
  };
  return (path: string): string[] => {
    const folder = folderOf(path);
    const node = project.inventory.goFolders.get(folder);
    if (node === undefined) return [];
    if (path === testNode(folder)) {
      return [packageNode(folder), ...node.tests, ...node.tests.flatMap((file) => namedBy(file, path))];
    }
    if (path === packageNode(folder)) {
      const own = [...node.sources, ...node.native, ...go.moduleFile(folder)];
      return [...own, ...node.sources.flatMap((file) => namedBy(file, path))];
    }
    return path.endsWith('_test.go') ? [testNode(folder)] : [];
  };
}

// conftest.py is loaded for every test at or below its folder (docs.pytest.org, "conftest.py: sharing fixtures").
function conftestsOf(test: string, project: Project): string[] {
  return foldersUpwards(folderOf(test))
    .map((folder) => (folder === '' ? 'conftest.py' : `${folder}/conftest.py`))
    .filter((path) => path !== test && project.inventory.files.has(path));
}

function add(edges: Map<string, string[]>, from: string, to: string): void {
  const known = edges.get(from);
  if (known === undefined) edges.set(from, [to]);
  else if (known.at(-1) !== to) known.push(to);
}
