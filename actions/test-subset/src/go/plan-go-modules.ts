import { folderOf, foldersUpwards, isInFolder, joinPath } from '../plan-inventory.ts';
import { parseGoMod } from './parse-go-mod.ts';

/** A Go module in the repository. */
export interface GoModule {
  /** Where its go.mod is; relative to the repository. */
  readonly folder: string;
  /** What the import paths of its packages begin with. */
  readonly path: string;
  /** The paths of the modules that it requires. */
  readonly requires: ReadonlySet<string>;
  /** Folders that its `ignore` directives name: `./a` from the module's folder, `a` at any depth. */
  readonly ignored: readonly string[];
}

/** The modules of a repository, and the folders that `replace` gives to import paths. */
export interface GoModules {
  readonly byFolder: ReadonlyMap<string, GoModule>;
  /** Import path of a module -> the folders that have it, in this repository. */
  readonly foldersOf: ReadonlyMap<string, readonly string[]>;
  /** Folders with a go.mod or go.work, which may have a vendor folder. */
  readonly vendorParents: ReadonlySet<string>;
}

/** Reads every go.mod and go.work among `texts` (by path). */
export function planGoModules(texts: ReadonlyMap<string, string>): GoModules {
  const byFolder = new Map<string, GoModule>();
  const folders = new Map<string, Set<string>>();
  const vendorParents = new Set<string>();
  const give = (path: string, folder: string) => folders.set(path, (folders.get(path) ?? new Set()).add(folder));
  for (const [file, text] of texts) {
    if (!/(?:^|\/)go\.(?:mod|work)$/.test(file)) continue;
    const folder = folderOf(file);
    const directives = parseGoMod(text);
    const wordsOf = (verb: string) => directives.filter((one) => one.verb === verb).map(({ words }) => words);
    vendorParents.add(folder);
    for (const words of wordsOf('replace')) {
      const target = words.at(words.indexOf('=>') + 1) ?? '';
      const local = /^\.{1,2}(?:\/|$)/.test(target) ? joinPath(folder, target) : undefined;
      if (local !== undefined && words[0] !== undefined) give(words[0], local);
    }
    if (!file.endsWith('.mod')) continue;
    const path = wordsOf('module')[0]?.[0] ?? '';
    const requires = new Set(wordsOf('require').map(([required]) => required ?? ''));
    byFolder.set(folder, { folder, path, requires, ignored: wordsOf('ignore').map(([one]) => one ?? '') });
    if (path !== '') give(path, folder);
  }
  return { byFolder, foldersOf: new Map([...folders].map(([path, set]) => [path, [...set]])), vendorParents };
}

/** The module that a folder belongs to: the nearest go.mod above it. */
export function moduleOf(folder: string, { byFolder }: GoModules): GoModule | undefined {
  const above = foldersUpwards(folder).find((one) => byFolder.has(one));
  return above === undefined ? undefined : byFolder.get(above);
}

/** Whether `go test ./...` in the module passes over a folder (pkg.go.dev/cmd/go, "Package lists and patterns"). */
export function isIgnoredByGo(folder: string, module: GoModule): boolean {
  const inside = folder.slice(module.folder === '' ? 0 : module.folder.length + 1);
  // A module in another's testdata is a fixture as well.
  if (/(?:^|\/)[._]/.test(inside) || /(?:^|\/)(?:testdata|vendor)(?:\/|$)/.test(folder)) return true;
  return module.ignored.some((one) => {
    const named = one.replace(/^\.\//, '').replace(/\/$/, '');
    return one.startsWith('./') ? isInFolder(`${inside}/`, named) : `/${inside}/`.includes(`/${named}/`);
  });
}

/** The go.mod or go.work that a vendored file was installed for; undefined for other files. */
export function vendorOwner(path: string, { vendorParents }: GoModules): string | undefined {
  if (!/(?:^|\/)vendor\//.test(path)) return undefined;
  const parent = foldersUpwards(folderOf(path)).find(
    (folder) => vendorParents.has(folder) && isInFolder(path, folder === '' ? 'vendor' : `${folder}/vendor`),
  );
  if (parent === undefined) return undefined;
  return parent === '' ? 'go.mod' : `${parent}/go.mod`;
}
