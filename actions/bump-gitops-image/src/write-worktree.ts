import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '#shared/errors.ts';
import type { FileChange } from './change.ts';
import { foldersOf } from './plan-files.ts';
import { reasons } from './reasons.ts';

/** Writes all files of a plan, or none. Throws a UserError when a file changed since it was read. */
export function writeWorktree(folder: string, changes: readonly FileChange[]): void {
  for (const change of changes) requireUnchanged(folder, change);
  const undo: (() => void)[] = [];
  try {
    // Everything that can fail for want of space or permission comes before the first rename.
    const ready = changes.map((change, index) =>
      prepare(`${folder}/${change.file.path}`, { folder, change, index, undo }),
    );
    for (const { temporary, path, change } of ready) {
      renameSync(temporary, path);
      undo.push(() => restore(path, change));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

function requireUnchanged(folder: string, { file }: FileChange): void {
  const facts = lstatSync(`${folder}/${file.path}`, { throwIfNoEntry: false });
  const isSame = facts?.isFile() === true && readFileSync(`${folder}/${file.path}`, 'utf8') === file.text;
  if (file.created ? facts === undefined : isSame) return;
  throw new UserError('cannot-edit', `${file.path} changed while it was looked at.`, {
    remedy: reasons['cannot-edit'].remedy,
  });
}

interface Step {
  readonly folder: string;
  readonly change: FileChange;
  readonly index: number;
  readonly undo: (() => void)[];
}

// The new text in a file beside the place it goes to, so that the rename is one step; its name is short, whatever the other is.
function prepare(path: string, { folder, change, index, undo }: Step) {
  const { file, after } = change;
  if (file.created) {
    for (const parent of foldersOf(file.path)) makeFolder(`${folder}/${parent}`, undo);
  }
  const temporary = `${dirname(path)}/.bump-${process.pid}-${index}`;
  undo.push(() => rmSync(temporary, { force: true }));
  writeFileSync(temporary, after, { flag: 'wx' });
  chmodSync(temporary, file.created ? Number.parseInt(file.mode.slice(-3), 8) : lstatSync(path).mode & 0o777);
  return { temporary, path, change };
}

function makeFolder(path: string, undo: (() => void)[]): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  mkdirSync(path);
  undo.push(() => rmdirSync(path));
}

function restore(path: string, { file }: FileChange): void {
  if (file.created) {
    rmSync(path, { force: true });
    return;
  }
  const temporary = `${dirname(path)}/.undo-${process.pid}`;
  writeFileSync(temporary, file.text, { mode: lstatSync(path).mode & 0o777 });
  renameSync(temporary, path);
}
