import { joinPath } from '../plan-inventory.ts';

/** A tracked package.json. */
export interface Manifest {
  /** Relative to the repository, `''` at its top. */
  readonly folder: string;
  /** `''` where it has none. */
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Splits `@scope/name/sub/path` into the package's name and `./sub/path` (`.` for the package itself). */
export function packageOf(specifier: string): { name: string; subpath: string } {
  const parts = specifier.split('/');
  const count = specifier.startsWith('@') ? 2 : 1;
  const rest = parts.slice(count).join('/');
  return { name: parts.slice(0, count).join('/'), subpath: rest === '' ? '.' : `./${rest}` };
}

/**
 * Every file, relative to the repository, that `subpath` of a package can mean under any condition
 * (Node.js documentation, "Package entry points": exact names first, then the most specific pattern, null hides).
 */
export function targetsOfPackage(manifest: Manifest, subpath: string): string[] {
  const { exports } = manifest.content;
  if (exports !== undefined && exports !== null) {
    const map = isSubpathMap(exports) ? exports : { '.': exports };
    return inPackage(manifest, matchTargets(map, subpath));
  }
  if (subpath !== '.') return inPackage(manifest, [subpath]);
  const entries = ['source', 'main', 'module', 'browser', 'types', 'typings'].map((field) => manifest.content[field]);
  return inPackage(manifest, [...entries.filter((entry) => typeof entry === 'string'), './index', './src/index']);
}

/** Every file that `#name` can mean by the `imports` of a package. */
export function targetsOfImports(manifest: Manifest | undefined, specifier: string): string[] {
  const imports = manifest?.content['imports'];
  if (manifest === undefined || !isRecord(imports)) return [];
  return inPackage(manifest, matchTargets(imports, specifier)).filter((target) => target !== '');
}

function matchTargets(map: Readonly<Record<string, unknown>>, name: string): string[] {
  if (Object.hasOwn(map, name) && !name.includes('*')) return leavesOf(map[name]);
  let best: { key: string; star: string } | undefined;
  for (const key of Object.keys(map)) {
    const star = starOf(key, name);
    if (star === undefined) continue;
    if (best === undefined || baseLength(key) > baseLength(best.key)) best = { key, star };
  }
  if (best === undefined) return [];
  const { key, star } = best;
  return leavesOf(map[key]).map((leaf) => (key.includes('*') ? leaf.replaceAll('*', star) : `${leaf}${star}`));
}

// A key with one `*`, or a folder key of old packages that ends with a slash.
function starOf(key: string, name: string): string | undefined {
  if (key.endsWith('/') && name.startsWith(key)) return name.slice(key.length);
  const [head, tail, ...more] = key.split('*');
  if (head === undefined || tail === undefined || more.length > 0) return undefined;
  if (name.length < key.length || !name.startsWith(head) || !name.endsWith(tail)) return undefined;
  return name.slice(head.length, name.length - tail.length);
}

function baseLength(key: string): number {
  const star = key.indexOf('*');
  return star === -1 ? key.length : star;
}

function leavesOf(target: unknown): string[] {
  if (typeof target === 'string') return [target];
  if (Array.isArray(target)) return target.flatMap(leavesOf);
  return isRecord(target) ? Object.values(target).flatMap(leavesOf) : [];
}

function inPackage(manifest: Manifest, targets: readonly string[]): string[] {
  const paths = targets.map((target) => joinPath(manifest.folder, target)).filter((path) => path !== undefined);
  return [...new Set(paths)];
}

function isSubpathMap(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Object.keys(value).some((key) => key.startsWith('.'));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
