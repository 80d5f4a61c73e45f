import { readFile } from 'node:fs/promises';
import { textOfError } from '#shared/errors.ts';
import { badInput } from '#shared/inputs.ts';
import type { RunContext } from '#shared/runner/runner.ts';
import { workspacePath } from '#shared/runner/workspace-path.ts';
import type { Inputs } from '../inputs.ts';
import { MAX_CHARACTERS } from './publish-release.ts';

/** The text of `notes-file` (in the workspace or the job's temporary folder) where the notes are a file, else undefined. Throws UserError `bad-input`, before anything is written. */
export async function readNotesFile(
  { notes, notesFile }: Pick<Inputs, 'notes' | 'notesFile'>,
  { workspace, temporaryFolder }: RunContext,
): Promise<string | undefined> {
  if (notes !== 'file') return undefined;
  // The notes are published: a link in the checkout must not lead to what is not meant to be.
  const path = workspacePath(workspace, { name: 'notes-file', path: notesFile, more: [temporaryFolder] });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw badInput([`notes-file: cannot be read (${textOfError(error)}); an earlier step must write it`]);
  });
  if (text.trim() === '') throw badInput([`notes-file: "${notesFile}" is empty`]);
  if (text.length > MAX_CHARACTERS) {
    throw badInput([`notes-file: has ${text.length} characters, GitHub takes ${MAX_CHARACTERS}`]);
  }
  return text;
}
