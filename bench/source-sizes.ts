import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../test/support/action-manifest.ts';

/** How large an action is. */
export interface SourceSizes {
  /** Lines that are neither blank nor comment, in `actions/<name>/src`. */
  readonly lines: number;
  /** Lines of the longest function, by its braces. */
  readonly longestFunction: number;
  readonly entryBytes: number;
  readonly suiteBytes: number;
}

/** Measures the sources of an action, and its bundle. */
export async function measureSources(action: string): Promise<SourceSizes> {
  const folder = join(projectRoot, 'actions', action, 'src');
  const files =
    action === 'suite' ? [] : (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return {
    lines: texts.flatMap((text) => text.split('\n')).filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length,
    longestFunction: Math.max(0, ...texts.map(longestFunction)),
    entryBytes: (await stat(join(projectRoot, 'dist', action, 'index.js'))).size,
    suiteBytes: (await stat(join(projectRoot, 'dist', 'suite', 'index.js'))).size,
  };
}

// Biome formats every function so that its last line is a brace at the indentation of its first.
function longestFunction(text: string): number {
  const lines = text.split('\n');
  let longest = 0;
  lines.forEach((line, index) => {
    const start = /^(\s*)(?:export )?(?:async )?function\b/.exec(line);
    if (start === null) return;
    const end = lines.findIndex((other, at) => at > index && other === `${start[1]}}`);
    longest = Math.max(longest, end - index + 1);
  });
  return longest;
}
