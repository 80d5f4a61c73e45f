import { writeFile } from 'node:fs/promises';
import { textOfError } from '#shared/errors.ts';
import type { Problem } from './read-lines.ts';

/** `N of M (P %)`, rounded down; without a percentage where nothing could be read. */
export function share(part: number, all: number, readable: number): string {
  if (readable === 0) return `0 of ${all}`;
  return `${part} of ${all} (${(Math.floor((10_000 * part) / all) / 100).toFixed(2)} %)`;
}

/** Tells what cannot be used, each on a line of standard error. */
export function tellProblems(problems: readonly Problem[]): void {
  for (const { where, reason } of problems) console.error(`${where}: ${reason}`);
}

/** Writes one JSON object a line. A file that cannot be written makes the exit code 1, so that the figures are not lost. */
export async function writeMisses(file: string | undefined, misses: readonly object[]): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(file, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
  } catch (error) {
    tellProblems([{ where: file, reason: `the misses cannot be written: ${textOfError(error)}` }]);
    process.exitCode = 1;
  }
}

/** Ends with how the command is called, and exit code 2. */
export function tellUsage({ message }: Error, usage: string): void {
  console.error(`${message}\nUsage: ${usage}`);
  process.exitCode = 2;
}
