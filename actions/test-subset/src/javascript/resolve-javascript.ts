import picomatch from 'picomatch';
import {
  type CompilerOutput,
  folderOf,
  foldersUpwards,
  type Inventory,
  isInFolder,
  joinPath,
} from '../plan-inventory.ts';
import type { ImportSpecifier } from './parse-javascript-imports.ts';
import { type Manifest, packageOf, targetsOfImports, targetsOfPackage } from './resolve-package.ts';

/** What of a project's configuration decides where an import leads. */
export interface JavaScriptLayout {
  /** Every tracked package.json. */
  readonly manifests: readonly Manifest[];
  /** tsconfig `paths` and `baseUrl`: candidates, relative to the repository, for a specifier in a file of `folder`. */
  readonly pathMatchers: readonly { folder: string; match: (specifier: string) => readonly string[] }[];
  /** jest `moduleNameMapper` and vite `resolve.alias`; targets are relative to the repository. */
  readonly mappers: readonly { folder: string; pattern: RegExp; targets: readonly string[] }[];
  /** jest `modulePaths` and the like: folders that bare specifiers are looked up in. */
  readonly moduleFolders: readonly string[];
  /** tsconfig `outDir` -> `rootDir`, both relative to the repository. */
  readonly outputs: readonly CompilerOutput[];
}

/** Where a specifier leads: own files, a missing file that this repository should have (`missing`), or neither. */
export interface Resolution {
  readonly files: readonly string[];
  readonly missing?: string;
}

const NOTHING: Resolution = { files: [] };
const SOURCE_OF: Readonly<Record<string, readonly string[]>> = {
  js: ['js', 'ts', 'tsx', 'jsx'],
  jsx: ['jsx', 'tsx'],
  mjs: ['mjs', 'mts'],
  cjs: ['cjs', 'cts'],
};
const OUTPUT_FOLDER = /^(?:dist|build|lib|out|esm|cjs|output)$/;

/** Looks up imports in one repository; answers all files that a specifier can mean, so that a shadowed or deleted one counts too. */
export class JavaScriptResolver {
  readonly #layout: JavaScriptLayout;
  readonly #inventory: Inventory;
  readonly #byName: ReadonlyMap<string, Manifest>;
  readonly #byFolder: ReadonlyMap<string, Manifest>;
  // By the importer's folder, then by the specifier.
  readonly #known = new Map<string, Map<string, Resolution>>();
  readonly #matched = new Map<string, readonly string[]>();

  constructor(layout: JavaScriptLayout, inventory: Inventory) {
    this.#layout = layout;
    this.#inventory = inventory;
    this.#byName = new Map(layout.manifests.filter((one) => one.name !== '').map((one) => [one.name, one]));
    this.#byFolder = new Map(layout.manifests.map((manifest) => [manifest.folder, manifest]));
  }

  /** Where an import in the file `importer` leads. */
  resolve(specifier: ImportSpecifier, importer: string): Resolution {
    const folder = folderOf(importer);
    const inFolder = this.#known.get(folder) ?? new Map<string, Resolution>();
    this.#known.set(folder, inFolder);
    const key = specifier.kind === 'import' ? specifier.text : `${specifier.kind} ${specifier.text}`;
    const before = inFolder.get(key);
    if (before !== undefined) return before;
    const resolution = this.#lookUp(specifier, folder);
    inFolder.set(key, resolution);
    return resolution;
  }

  #lookUp(specifier: ImportSpecifier, folder: string): Resolution {
    const text = specifier.text.replace(/^(?:file|node):/, '').replace(/^([^!?]*)[?].*$/, '$1');
    if (specifier.kind === 'glob') return { files: this.#matchGlob(text, folder) };
    if (text === '' || specifier.text.startsWith('node:')) return NOTHING;
    const isRelative = /^\.{1,2}(?:\/|$)/.test(text);
    const mapped = this.#lookUpMapped(text, folder);
    if (mapped.length > 0) return { files: mapped };
    if (isRelative) {
      const resolution = this.#lookUpPath(joinPath(folder, text));
      return specifier.kind === 'asset' ? { files: resolution.files } : resolution;
    }
    const byPaths = this.#lookUpPaths(text, folder);
    if (byPaths.length > 0) return { files: byPaths };
    if (text.startsWith('#')) return this.#lookUpTargets(targetsOfImports(this.#nearestManifest(folder), text));
    return this.#lookUpBare(text, folder);
  }

  #lookUpMapped(text: string, folder: string): string[] {
    const files = new Set<string>();
    for (const { folder: place, pattern, targets } of this.#layout.mappers) {
      if (!isInFolder(`${folder}/`, place) || !pattern.test(text)) continue;
      for (const target of targets) for (const file of this.#probe(text.replace(pattern, target))) files.add(file);
    }
    return [...files];
  }

  // A matcher yields the same for every file in its folder, and most names are asked for by many files.
  #lookUpPaths(text: string, folder: string): string[] {
    const files = new Set<string>();
    for (const [index, { folder: place, match }] of this.#layout.pathMatchers.entries()) {
      if (!isInFolder(`${folder}/`, place)) continue;
      const key = `${index}\0${text}`;
      const before = this.#matched.get(key);
      const found = before ?? match(text).flatMap((candidate) => this.#probe(candidate));
      if (before === undefined) this.#matched.set(key, found);
      for (const file of found) files.add(file);
    }
    return [...files];
  }

  #lookUpBare(text: string, folder: string): Resolution {
    const { name, subpath } = packageOf(text);
    const own = this.#byName.get(name);
    if (own !== undefined) return this.#lookUpTargets(targetsOfPackage(own, subpath), own.folder);
    const files = this.#layout.moduleFolders.flatMap((parent) => this.#probe(joinPath(parent, text)));
    // A manual mock of a package: `__mocks__/name.js` next to node_modules.
    const mocks = foldersUpwards(folder).flatMap((parent) => this.#probe(joinPath(parent, `__mocks__/${text}`)));
    return { files: [...files, ...mocks] };
  }

  #lookUpTargets(targets: readonly string[], packageFolder?: string): Resolution {
    const files = targets.flatMap((target) => this.#lookUpPath(target).files);
    if (files.length > 0) return { files: [...new Set(files)] };
    const missing = packageFolder ?? targets[0];
    return missing === undefined ? NOTHING : { files: [], missing };
  }

  #lookUpPath(path: string | undefined): Resolution {
    if (path === undefined) return NOTHING;
    const files = this.#probe(path);
    if (files.length > 0) return { files };
    const sources = [...new Set(this.#sourcesOf(path).flatMap((source) => this.#probe(source)))];
    return sources.length > 0 ? { files: sources } : { files: [], missing: path };
  }

  // Where a file that the build writes comes from.
  #sourcesOf(path: string): string[] {
    const byConfig = this.#layout.outputs
      .filter(({ output }) => output !== '' && isInFolder(path, output))
      .map(({ output, source }) => joinPath(source, path.slice(output.length + 1)));
    const owner = this.#nearestManifest(folderOf(path))?.folder ?? '';
    const rest = (owner === '' ? path : path.slice(owner.length + 1)).split('/');
    if (OUTPUT_FOLDER.test(rest[0] ?? '')) {
      while (rest.length > 1 && OUTPUT_FOLDER.test(rest[0] ?? '')) rest.shift();
      byConfig.push(joinPath(owner, `src/${rest.join('/')}`), joinPath(owner, rest.join('/')));
    }
    return byConfig.filter((source) => source !== undefined);
  }

  #probe(path: string | undefined, viaManifest = true): string[] {
    if (path === undefined) return [];
    const found = this.#inventory.files.has(path) ? [path] : [];
    found.push(...(this.#inventory.stems.get(path) ?? []));
    const extension = /\.([cm]?jsx?)$/.exec(path);
    if (extension !== null) {
      const wanted = SOURCE_OF[extension[1] as string] ?? [];
      const stem = path.slice(0, extension.index);
      for (const file of this.#inventory.stems.get(stem) ?? []) {
        if (file !== path && wanted.includes(file.slice(stem.length + 1))) found.push(file);
      }
    }
    found.push(...(this.#inventory.stems.get(path === '' ? 'index' : `${path}/index`) ?? []));
    const manifest = viaManifest ? this.#byFolder.get(path) : undefined;
    if (manifest !== undefined)
      found.push(...targetsOfPackage(manifest, '.').flatMap((target) => this.#probe(target, false)));
    return found.length < 2 ? found : [...new Set(found)];
  }

  #matchGlob(pattern: string, folder: string): string[] {
    const path = pattern.startsWith('/') ? joinPath('', pattern.slice(1)) : joinPath(folder, pattern);
    if (path === undefined || !/^\.{0,2}\//.test(pattern) || /^\.{0,2}\/\**$/.test(pattern)) return [];
    const deep = path.replace(/\*+/g, (stars) => (stars === '*' ? '*' : '**')).replace(/\*$/, '**');
    const matches = picomatch(deep, { dot: true });
    const whole = [...this.#inventory.files].filter((file) => matches(file));
    if (whole.length > 0) return whole;
    const withExtension = picomatch(`${deep}.{js,ts,tsx,jsx,mjs,cjs,json}`, { dot: true });
    return [...this.#inventory.files].filter((file) => withExtension(file));
  }

  #nearestManifest(folder: string): Manifest | undefined {
    for (const parent of foldersUpwards(folder)) {
      const manifest = this.#byFolder.get(parent);
      if (manifest !== undefined) return manifest;
    }
    return undefined;
  }
}
