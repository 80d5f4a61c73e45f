import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { parseJUnit } from '../runners/parse-junit.ts';
import { type Suite, unitsOf } from '../suites/suite.ts';

/** Seconds per unit of a runner, summed over JUnit reports that `globs` (relative to `folder`) match; unreadable reports count nothing. */
export function readTimings(
  folder: string,
  globs: readonly string[],
  suites: readonly Suite[],
): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  const unitOf = unitsOf(suites);
  const known = new Set(suites.flatMap(({ tests }) => tests));
  // Reports of Go name packages by their import paths.
  const packages = new Map(suites.flatMap((suite) => [...(suite.packages ?? [])]));
  for (const glob of globs) {
    const { base } = picomatch.scan(glob.replace(/^\.\//, ''));
    const matches = picomatch(glob.replace(/^\.\//, ''), { dot: true });
    for (const path of listFiles(folder, base)) {
      if (!matches(path)) continue;
      for (const one of parseJUnit(readFileSync(join(folder, path), 'utf8'))) {
        const test = testOf(one.file.replaceAll('\\', '/'), known);
        const unit = test === undefined ? packages.get(one.className) : unitOf(test);
        if (unit !== undefined) seconds.set(unit, (seconds.get(unit) ?? 0) + one.seconds);
      }
    }
  }
  return seconds;
}

// Reports name files by absolute paths or relative to the runner's folder.
function testOf(file: string, tests: ReadonlySet<string>): string | undefined {
  if (file === '' || tests.has(file)) return file === '' ? undefined : file;
  const ends = [...tests].filter((test) => file.endsWith(`/${test}`) || test.endsWith(`/${file}`));
  return ends.length === 1 ? ends[0] : undefined;
}

function listFiles(folder: string, base: string): string[] {
  try {
    const entries = readdirSync(join(folder, base), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((file) =>
      join(file.parentPath, file.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  } catch {
    return existsSync(join(folder, base)) ? [base] : [];
  }
}
