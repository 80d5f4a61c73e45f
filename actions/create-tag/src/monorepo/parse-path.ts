import { NotAllowed } from '#shared/inputs.ts';

/**
 * Reads one line of `paths` or `exclude-paths`: a folder or file from the root, `services/a`, `services/a/`, `services/a/**`;
 * in double quotes where it has a blank or comma, which else are taken for a list in one line. Throws NotAllowed.
 */
export function parsePath(line: string): string {
  const quoted = /^"([^"]*)"$/.exec(line)?.[1];
  if (quoted === undefined && /[\s,"]/.test(line)) {
    throw new NotAllowed('one folder or file a line; one whose name has a blank or comma in double quotes');
  }
  const path = (quoted ?? line)
    .replace(/\/+/g, '/')
    .replace(/\/\*\*?$/, '')
    .replace(/^\.?\//, '')
    .replace(/\/$/, '');
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
