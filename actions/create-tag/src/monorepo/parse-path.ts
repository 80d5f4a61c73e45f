import { NotAllowed } from '#shared/inputs.ts';

/** Reads one line of `paths` or `exclude-paths`: a folder or file from the root, `services/a`, `services/a/`, `services/a/**`. Throws NotAllowed. */
export function parsePath(line: string): string {
  const path = line
    .replace(/\/\*\*?$/, '')
    .replace(/^\.?\//, '')
    .replace(/\/+$/, '');
  if (path === '' || /[*?[\]{}!\\]|^\.\.?(?:\/|$)|\/\.\.?(?:\/|$)/.test(path)) {
    throw new NotAllowed(
      'folders or files from the root of the repository, such as services/thoughts, without patterns',
    );
  }
  return path;
}

/** Whether a commit that changes `files` counts: it changes a file that is in `paths` (or anywhere when empty) and not excluded. */
export function countsForPaths(
  files: readonly string[],
  { paths, excludePaths }: { paths: readonly string[]; excludePaths: readonly string[] },
): boolean {
  const inside = (file: string, folders: readonly string[]) =>
    folders.some((folder) => file === folder || file.startsWith(`${folder}/`));
  return files.some((file) => (paths.length === 0 || inside(file, paths)) && !inside(file, excludePaths));
}
