import type { ComparedFile } from '#shared/github/compare.ts';

const TESTS = /(?:^|\/)(?:tests?|__tests__)\//i;
const NOTES = /(?:^|\/)__init__\.py$|\.(?:md|txt|lock)$/i;
// Each migration changes these, too: Rails, Prisma, EF Core, Atlas.
const SCHEMA =
  /(?:^|\/)(?:schema\.rb|structure\.sql|schema\.prisma|migration_lock\.toml|\w*ModelSnapshot\.cs|atlas\.sum)$/;

/** The files that match one of the globs (`*` within a folder, `**` over folders, `?` one character). */
export function matchingFiles(files: readonly ComparedFile[], globs: readonly string[]): ComparedFile[] {
  const patterns = globs.map(globOf);
  return files.filter(({ path }) => patterns.some((pattern) => pattern.test(path)));
}

/** The migrations among the files: what matches, without tests, notes and what the tools write beside them. */
export function migrationFiles(files: readonly ComparedFile[], globs: readonly string[]): ComparedFile[] {
  return matchingFiles(files, globs).filter(({ path }) => !TESTS.test(path) && !NOTES.test(path) && !SCHEMA.test(path));
}

/** The files that are code beside the migrations: no tests, no documentation, not the schema that the migrations lead to. */
export function codeFiles(files: readonly ComparedFile[], migrations: readonly ComparedFile[]): ComparedFile[] {
  const paths = new Set(migrations.map(({ path }) => path));
  const aside = [TESTS, NOTES, SCHEMA, /(?:^|\/)(?:docs?|\.github)\/|\.(?:test|spec)\./i];
  return files.filter(({ path }) => !paths.has(path) && !aside.some((pattern) => pattern.test(path)));
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
