import { posix } from 'node:path';

/** The files that imports may name: all tracked ones, and the ones that the change deleted. */
export interface Inventory {
  readonly files: ReadonlySet<string>;
  /** Files by their path without the extension of a JavaScript or TypeScript module. */
  readonly stems: ReadonlyMap<string, readonly string[]>;
  /** Folders that hold one of `name.py`, `name/…/*.py`, by that name. */
  readonly pythonParents: ReadonlyMap<string, ReadonlySet<string>>;
  /** Python files and folders with Python files, to tell a module from an attribute. */
  readonly pythonFolders: ReadonlySet<string>;
  /** Folders with Go files. */
  readonly goFolders: ReadonlyMap<string, GoFolder>;
}

/** The files in one folder that the go command compiles together (pkg.go.dev/cmd/go, "Package lists and patterns"). */
export interface GoFolder {
  /** Go files of the package; empty where there are tests only. */
  readonly sources: readonly string[];
  readonly tests: readonly string[];
  /** C, C++, Fortran, assembly and SWIG files (pkg.go.dev/go/build#Package). */
  readonly native: readonly string[];
}

const GO_FILE = /(?:^|\/)[^._/][^/]*\.(?:go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso)$/;
const MODULE_EXTENSION = /\.(?:[cm]?[jt]sx?|json|vue|svelte)$/;

/** Indexes paths (relative to the repository, with forward slashes). */
export function planInventory(paths: Iterable<string>): Inventory {
  const files = new Set(paths);
  const stems = new Map<string, string[]>();
  const pythonParents = new Map<string, Set<string>>();
  const pythonFolders = new Set<string>();
  const goFolders = new Map<string, Record<keyof GoFolder, string[]>>();
  for (const path of files) {
    if (path.endsWith('.py') || path.endsWith('.pyi')) indexPython(path, pythonParents, pythonFolders);
    else if (GO_FILE.test(path)) indexGo(path, goFolders);
    else indexStem(path, stems);
  }
  for (const [folder, { sources, tests }] of goFolders)
    if (sources.length + tests.length === 0) goFolders.delete(folder);
  return { files, stems, pythonParents, pythonFolders, goFolders };
}

/** The folder of a path; `''` for the top of the repository. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** `folder/path` with `.` and `..` resolved; undefined where it leaves the repository. */
export function joinPath(folder: string, path: string): string | undefined {
  const joined = posix.normalize(folder === '' ? path : `${folder}/${path}`).replace(/\/$/, '');
  if (joined === '.') return '';
  return joined.startsWith('../') || joined === '..' || joined.startsWith('/')
    ? undefined
    : joined.replace(/^\.\//, '');
}

/** Whether `path` is in `folder` at any depth; everything is in `''`. */
export function isInFolder(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** `folder` and every folder above it, the deepest first, `''` last. */
export function foldersUpwards(folder: string): string[] {
  const folders = [];
  for (let current = folder; current !== ''; current = folderOf(current)) folders.push(current);
  return [...folders, ''];
}

function indexStem(path: string, stems: Map<string, string[]>): void {
  const extension = MODULE_EXTENSION.exec(path);
  if (extension === null) return;
  const stem = path.slice(0, extension.index);
  const known = stems.get(stem);
  if (known === undefined) stems.set(stem, [path]);
  else known.push(path);
}

function indexGo(path: string, folders: Map<string, Record<keyof GoFolder, string[]>>): void {
  const folder = folderOf(path);
  const known = folders.get(folder) ?? { sources: [], tests: [], native: [] };
  folders.set(folder, known);
  known[path.endsWith('_test.go') ? 'tests' : path.endsWith('.go') ? 'sources' : 'native'].push(path);
}

function indexPython(path: string, parents: Map<string, Set<string>>, folders: Set<string>): void {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.pyi?$/, '');
  let folder = folderOf(path);
  if (name !== '__init__') addParent(parents, name, folder);
  while (folder !== '' && !folders.has(folder)) {
    folders.add(folder);
    const parent = folderOf(folder);
    addParent(parents, folder.slice(parent === '' ? 0 : parent.length + 1), parent);
    folder = parent;
  }
}

function addParent(parents: Map<string, Set<string>>, name: string, folder: string): void {
  const known = parents.get(name);
  if (known === undefined) parents.set(name, new Set([folder]));
  else known.add(folder);
}

/** tsconfig `outDir` and `rootDir`, both relative to the repository. */
export interface CompilerOutput {
  readonly output: string;
  readonly source: string;
}

/** Where the compiler writes a TypeScript file to, under each output folder. */
export function compiledPaths(path: string, outputs: readonly CompilerOutput[]): string[] {
  const extension = /\.([cm]?)tsx?$/.exec(path);
  if (extension === null || /\.d\.[cm]?ts$/.test(path)) return [];
  return outputs
    .filter(({ source }) => isInFolder(path, source))
    .map(({ output, source }) => {
      const stem = path.slice(source === '' ? 0 : source.length + 1, extension.index);
      return `${output}/${stem}.${extension[1]}js`;
    });
}
