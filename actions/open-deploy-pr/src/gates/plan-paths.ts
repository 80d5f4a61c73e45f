import type { ComparedFile } from '#shared/github/compare.ts';

/** The files that match one of the globs (`*` within a folder, `**` over folders, `?` one character). */
export function matchingFiles(files: readonly ComparedFile[], globs: readonly string[]): ComparedFile[] {
  const patterns = globs.map(globOf);
  return files.filter(({ path }) => patterns.some((pattern) => pattern.test(path)));
}

/** The migrations among the files: what matches, without package markers and notes. */
export function migrationFiles(files: readonly ComparedFile[], globs: readonly string[]): ComparedFile[] {
  return matchingFiles(files, globs).filter(({ path }) => !/(?:^|\/)__init__\.py$|\.(?:md|txt|lock)$/i.test(path));
}

/** The files that are code beside the migrations: no tests, no documentation. */
export function codeFiles(files: readonly ComparedFile[], migrations: readonly ComparedFile[]): ComparedFile[] {
  const paths = new Set(migrations.map(({ path }) => path));
  const aside =
    /(?:^|\/)(?:tests?|__tests__|docs?|\.github)\/|(?:^|\/)__init__\.py$|\.(?:md|txt|lock)$|\.(?:test|spec)\./i;
  return files.filter(({ path }) => !paths.has(path) && !aside.test(path));
}

function globOf(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    if (found === '?') return '[^/]';
    return `\\${found}`;
  });
  return new RegExp(`^${source}$`);
}
