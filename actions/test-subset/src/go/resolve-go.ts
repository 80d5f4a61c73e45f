import { folderOf, type Inventory, joinPath } from '../plan-inventory.ts';
import { type GoModules, moduleOf } from './plan-go-modules.ts';

/** The name that a package's compiled files have together in the import graph: `folder/*.go`. */
export function packageNode(folder: string): string {
  return folder === '' ? '*.go' : `${folder}/*.go`;
}

/** The name that the test files of a folder have together, for they are compiled into one program. */
export function testNode(folder: string): string {
  return folder === '' ? '*_test.go' : `${folder}/*_test.go`;
}

/** Looks up what Go files name in one repository. */
export class GoResolver {
  readonly #modules: GoModules;
  readonly #inventory: Inventory;
  #sorted: readonly string[] | undefined;

  constructor(modules: GoModules, inventory: Inventory) {
    this.#modules = modules;
    this.#inventory = inventory;
  }

  /** The folders of the package behind an import in `folder`; `missing` is one that the repository should have and has not. */
  resolveImport(path: string, folder: string): { folders: readonly string[]; missing?: string } {
    const own = moduleOf(folder, this.#modules);
    const found: string[] = [];
    let missing: string | undefined;
    let isExternal = false;
    for (let prefix = path; prefix !== ''; prefix = folderOf(prefix)) {
      const roots = this.#modules.foldersOf.get(prefix) ?? [];
      for (const root of roots) {
        const target = joinPath(root, `.${path.slice(prefix.length)}`) ?? root;
        if (this.#isPackage(target) && moduleOf(target, this.#modules)?.folder === root) found.push(target);
        else if (!isExternal && this.#modules.byFolder.has(root)) missing ??= target;
      }
      if (roots.length === 0 && own?.requires.has(prefix) === true) isExternal = true;
    }
    const near = found.filter((target) => moduleOf(target, this.#modules) === own);
    if (found.length > 0) return { folders: near.length > 0 ? near : found };
    return missing === undefined ? { folders: [] } : { folders: [], missing };
  }

  /** The folder of the package that a text names: `./cmd/server` from `folder` or the module's folder, or an import path. */
  resolvePath(text: string, folder: string): readonly string[] {
    const bases = [folder, moduleOf(folder, this.#modules)?.folder ?? ''];
    const named = bases.map((base) => joinPath(base, text)).filter((path) => path !== undefined);
    const folders = named.map((path) => (path.endsWith('.go') ? folderOf(path) : path));
    const local = folders.filter((one) => one !== folder && this.#isPackage(one));
    return local.length > 0 || text.startsWith('.') ? [...new Set(local)] : this.resolveImport(text, folder).folders;
  }

  /** The files that a pattern of `//go:embed` takes; a folder stands for all files in it. */
  resolveEmbed(pattern: string, folder: string): readonly string[] {
    const literal = joinPath(folder, pattern);
    if (literal === undefined) return [];
    if (this.#inventory.files.has(literal)) return [literal];
    const fixed = literal.replace(/[*?[\\].*$/s, '');
    const matches = globOf(literal);
    return this.#filesFrom(fixed).filter((path) => matches.test(path));
  }

  /** The go.mod of the module that a folder belongs to. */
  moduleFile(folder: string): readonly string[] {
    const module = moduleOf(folder, this.#modules);
    return module === undefined ? [] : [module.folder === '' ? 'go.mod' : `${module.folder}/go.mod`];
  }

  #isPackage(folder: string): boolean {
    return (this.#inventory.goFolders.get(folder)?.sources.length ?? 0) > 0;
  }

  #filesFrom(prefix: string): string[] {
    this.#sorted ??= [...this.#inventory.files].sort();
    const files: string[] = [];
    for (let at = firstAtLeast(this.#sorted, prefix); at < this.#sorted.length; at++) {
      const path = this.#sorted[at] as string;
      if (!path.startsWith(prefix)) break;
      files.push(path);
    }
    return files;
  }
}

// path.Match's syntax (pkg.go.dev/path#Match), where a class is any character; a match of a folder stands for what is in it.
function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\[\^?\]?[^\]]*\]|\\?./gs, (one) => {
    if (one === '*') return '[^/]*';
    if (one === '?' || one.length > 2) return '[^/]';
    return one.slice(-1).replace(/[.*+?^${}()|[\]\\]/, '\\$&');
  });
  return new RegExp(`^${source}(?:/|$)`);
}

function firstAtLeast(sorted: readonly string[], prefix: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
