import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { textOfError, type UserError } from '#shared/errors.ts';
import type { FileChange } from '../images/change.ts';
import { userError } from '../reasons.ts';
import { foldersOf } from './plan-files.ts';

/** Writes all files of a plan, or none. Throws a UserError when a file changed since it was read, or cannot be written. */
export function writeWorktree(folder: string, changes: readonly FileChange[]): void {
  for (const change of changes) requireUnchanged(folder, change);
  const undo: (() => void)[] = [];
  let ready: readonly Prepared[] = [];
  // Names that a run which was killed cannot have left behind.
  const mark = randomUUID().slice(0, 8);
  try {
    // Everything that can fail for want of space or permission comes before the first rename.
    ready = changes.map((change, index) => prepare({ folder, change, undo, name: `${mark}-${index}` }));
    for (const { next, former, path } of ready) {
      renameSync(next, path);
      undo.push(() => (former === undefined ? rmSync(path) : renameSync(former, path)));
    }
  } catch (error) {
    const left = undo.reverse().flatMap(problemOf);
    throw notWritten([`The checkout could not be written (${textOfError(error)}).`, ...left].join(' '), error);
  }
  for (const { former } of ready) if (former !== undefined) rmSync(former, { force: true });
}

function requireUnchanged(folder: string, { file }: FileChange): void {
  const facts = lstatSync(`${folder}/${file.path}`, { throwIfNoEntry: false });
  const isSame = facts?.isFile() === true && readFileSync(`${folder}/${file.path}`, 'utf8') === file.text;
  if (file.created ? facts === undefined : isSame) return;
  throw notWritten(`${file.path} changed while it was looked at.`);
}

interface Step {
  readonly folder: string;
  readonly change: FileChange;
  readonly undo: (() => void)[];
  /** Short, whatever the file's name is, which may be as long as names can be. */
  readonly name: string;
}

interface Prepared {
  readonly path: string;
  readonly next: string;
  /** Undefined for a file that is new. */
  readonly former: string | undefined;
}

// The new text and a copy of the old one lie beside the file, so that writing it is one rename, and so is undoing that.
function prepare({ folder, change, undo, name }: Step): Prepared {
  const { file, after } = change;
  const path = `${folder}/${file.path}`;
  if (file.created) {
    for (const parent of foldersOf(file.path)) makeFolder(`${folder}/${parent}`, undo);
  }
  const reserve = (kind: string) => {
    const temporary = `${dirname(path)}/.bump-${name}.${kind}`;
    undo.push(() => rmSync(temporary, { force: true }));
    return temporary;
  };
  const next = reserve('next');
  writeFileSync(next, after, { flag: 'wx' });
  if (file.created) {
    chmodSync(next, Number.parseInt(file.mode.slice(-3), 8));
    return { path, next, former: undefined };
  }
  const former = reserve('former');
  copyFileSync(path, former);
  for (const copy of [next, former]) giveFacts(copy, path);
  return { path, next, former };
}

// In a job that runs in a container as root the checkout belongs to the runner's user.
function giveFacts(copy: string, path: string): void {
  const { uid, gid, mode } = lstatSync(path);
  if (process.getuid?.() === 0) chownSync(copy, uid, gid);
  chmodSync(copy, mode & 0o777);
}

function makeFolder(path: string, undo: (() => void)[]): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  mkdirSync(path);
  undo.push(() => rmdirSync(path));
}

// What cannot be undone keeps nothing else from being undone.
function problemOf(step: () => void): string[] {
  try {
    step();
    return [];
  } catch (error) {
    return [`Not undone: ${textOfError(error)}.`];
  }
}

function notWritten(message: string, cause?: unknown): UserError {
  return userError('not-written', message, { cause });
}
