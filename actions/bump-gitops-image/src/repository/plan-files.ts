import picomatch from 'picomatch';
import { NotAllowed } from '#shared/inputs.ts';

/** An environment and the globs of its folders. */
export interface EnvironmentFiles {
  readonly name: string;
  readonly globs: readonly string[];
}

/** Where manifests are looked for when nobody says. */
export const DEFAULT_GLOBS: readonly string[] = ['**/*.{yaml,yml}', '**/Kustomization'];

/** Parses one line of `environments`, `demo: clusters/demo/**`, several globs after commas. Throws NotAllowed. */
export function parseEnvironmentLine(line: string): EnvironmentFiles {
  const match = /^([A-Za-z0-9][\w.-]*)\s*:\s+(\S.*)$/.exec(line);
  const globs = (match?.[2] ?? '').split(/\s*,\s*/).filter((glob) => glob !== '');
  if (match?.[1] === undefined || globs.length === 0 || !globs.every(isInside)) {
    throw new NotAllowed('lines such as `demo: clusters/demo/**`, with paths inside of the repository');
  }
  return { name: match[1], globs };
}

/** Parses one line of `files`. Throws NotAllowed. */
export function parseFileLine(line: string): string {
  const glob = line.replace(/^\.\//, '');
  if (!isInside(glob)) throw new NotAllowed('paths and globs inside of the repository, relative to its root');
  return glob;
}

/** Whether a path or glob names one file. */
export function isExplicit(glob: string): boolean {
  return !/[*?[\]{}()!]/.test(glob);
}

/** A test for the paths that some glob matches; a line that starts with `!` excludes. A folder counts with all that is below. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const [excluded, included] = [
    globs.filter((glob) => glob.startsWith('!')),
    globs.filter((glob) => !glob.startsWith('!')),
  ];
  const isIncluded = picomatch([...included.map(withoutSlash)], { dot: true });
  const isExcluded =
    excluded.length === 0
      ? () => false
      : picomatch(
          excluded.map((glob) => glob.slice(1)),
          { dot: true },
        );
  return (path) => isIncluded(path) && !isExcluded(path);
}

function withoutSlash(glob: string): string {
  return glob.endsWith('/') ? `${glob}**` : glob;
}

/** The folders above a file, the root (`''`) first. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

/** Whether a path or glob stays inside of the repository. */
export function isInside(glob: string): boolean {
  const path = glob.replace(/^!/, '');
  return !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..') && !path.includes('\0');
}
