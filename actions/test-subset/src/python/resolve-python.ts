import { folderOf, foldersUpwards, type Inventory, joinPath } from '../plan-inventory.ts';
import type { PythonImport } from './parse-python-imports.ts';
import { standardModules } from './python-standard-modules.ts';

/** What of a project's configuration decides where Python finds modules. */
export interface PythonLayout {
  /** Folders that absolute imports start from: project folders, their `src`, pytest's `pythonpath`; relative to the repository. */
  readonly roots: readonly string[];
}

/** Looks up imports in one repository; answers every file that running the import may execute, packages' `__init__` included. */
export class PythonResolver {
  readonly #layout: PythonLayout;
  readonly #inventory: Inventory;
  readonly #known = new Map<string, readonly string[]>();

  constructor(layout: PythonLayout, inventory: Inventory) {
    this.#layout = layout;
    this.#inventory = inventory;
  }

  /** The files behind an import in the file `importer`. */
  resolve(statement: PythonImport, importer: string): readonly string[] {
    const folder = folderOf(importer);
    const key = `${folder}\0${statement.level}\0${statement.module}\0${statement.names.join()}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    const files = [...new Set(this.#lookUp(statement, folder))];
    this.#known.set(key, files);
    return files;
  }

  #lookUp(statement: PythonImport, folder: string): string[] {
    const parts = statement.module === '' ? [] : statement.module.split('.');
    if (statement.level === 0) {
      return this.#basesOf(parts, folder).flatMap((base) => this.#modulesOf(base, { parts, names: statement.names }));
    }
    const base = joinPath(folder, '../'.repeat(statement.level - 1) || '.');
    return base === undefined ? [] : this.#modulesOf(base, { parts, names: statement.names });
  }

  // The folders that hold the first part: the closest above the importer, else any root, else (not a standard name) anywhere.
  #basesOf(parts: readonly string[], folder: string): string[] {
    const first = parts[0] ?? '';
    const parents = this.#inventory.pythonParents.get(first);
    if (parents === undefined) return [];
    const near = foldersUpwards(folder).flatMap((above) => [above, above === '' ? 'src' : `${above}/src`]);
    const isRoot = (base: string) => this.#layout.roots.includes(base) || base === this.#scriptFolderOf(folder);
    const closest = near.filter((base) => parents.has(base) && isRoot(base));
    if (closest.length > 0) return this.#best(closest, parts);
    const roots = this.#layout.roots.filter((base) => parents.has(base));
    if (roots.length > 0) return this.#best(roots, parts);
    if (standardModules.has(first)) return [];
    // A folder on Python's path is not a package itself, except the one a script is started in.
    return [...parents].filter((base) => base === folder || !this.#inventory.files.has(`${base}/__init__.py`));
  }

  // The bases in which the whole module is found, or all of them: a deleted module leaves only its package.
  #best(bases: readonly string[], parts: readonly string[]): string[] {
    const whole = bases.filter(
      (base) => this.#moduleFiles(base, parts).length > 0 || this.#isPackage([base, ...parts]),
    );
    return whole.length > 0 ? whole.slice(0, 1) : [...bases];
  }

  // pytest and Python put the first folder without an __init__.py above a file on the path.
  #scriptFolderOf(folder: string): string {
    let current = folder;
    while (current !== '' && this.#inventory.files.has(`${current}/__init__.py`)) current = folderOf(current);
    return current;
  }

  #modulesOf(base: string, { parts, names }: { parts: readonly string[]; names: readonly string[] }): string[] {
    const files: string[] = [];
    for (let count = 0; count <= parts.length; count++) files.push(...this.#moduleFiles(base, parts.slice(0, count)));
    for (const name of names) {
      if (name === '*') files.push(...this.#submodulesOf(pathOf(base, parts)));
      else files.push(...this.#moduleFiles(base, [...parts, name]));
    }
    return files;
  }

  #moduleFiles(base: string, parts: readonly string[]): string[] {
    if (parts.length === 0) return [];
    const path = pathOf(base, parts);
    return [`${path}.py`, `${path}/__init__.py`, `${path}.pyi`].filter((file) => this.#inventory.files.has(file));
  }

  #isPackage(parts: readonly string[]): boolean {
    return this.#inventory.pythonFolders.has(parts.filter((part) => part !== '').join('/'));
  }

  // `from package import *` loads the submodules that `__all__` names.
  #submodulesOf(folder: string): string[] {
    if (!this.#inventory.files.has(`${folder}/__init__.py`)) return [];
    return [...this.#inventory.files].filter(
      (file) => file.startsWith(`${folder}/`) && /^[^/]+(?:\.py|\/__init__\.py)$/.test(file.slice(folder.length + 1)),
    );
  }

  /** The `__init__.py` files that importing `file` itself executes. */
  packagesOf(file: string): string[] {
    const files: string[] = [];
    for (let folder = folderOf(file); folder !== ''; folder = folderOf(folder)) {
      const init = `${folder}/__init__.py`;
      if (!this.#inventory.files.has(init)) break;
      if (init !== file) files.push(init);
    }
    return files;
  }

  /** Files behind a dotted name that may end with attributes (`package.module.function`). */
  resolveDotted(name: string, importer: string): readonly string[] {
    const [last, ...rest] = name.split('.').reverse();
    const parent = rest.reverse().join('.');
    if (parent === '') return this.resolve({ module: last ?? '', level: 0, names: [] }, importer);
    return this.resolve({ module: parent, level: 0, names: [last ?? ''] }, importer);
  }
}

function pathOf(base: string, parts: readonly string[]): string {
  return [base, ...parts].filter((part) => part !== '').join('/');
}
