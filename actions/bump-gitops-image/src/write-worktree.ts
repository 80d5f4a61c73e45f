import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '#shared/errors.ts';
import type { FileChange } from './change.ts';
import { reasons } from './reasons.ts';

/**
 * Writes all files of a plan, or none: everything is checked and put into files beside the originals first, then renamed.
 * Throws a UserError when a file changed since it was read.
 */
export function writeWorktree(folder: string, changes: readonly FileChange[]): void {
  const pending: { temporary: string; path: string }[] = [];
  try {
    for (const { file, after } of changes) {
      const path = join(folder, file.path);
      if (!lstatSync(path).isFile() || readFileSync(path, 'utf8') !== file.text) {
        throw new UserError('cannot-edit', `${file.path} changed while it was looked at.`, {
          remedy: reasons['cannot-edit'].remedy,
        });
      }
      const temporary = `${path}.bump-${process.pid}`;
      pending.push({ temporary, path });
      writeFileSync(temporary, after, { flag: 'wx' });
      chmodSync(temporary, lstatSync(path).mode & 0o777);
    }
    for (const { temporary, path } of pending) renameSync(temporary, path);
  } finally {
    for (const { temporary } of pending) rmSync(temporary, { force: true });
  }
}
