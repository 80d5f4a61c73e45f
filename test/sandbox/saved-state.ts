import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/** Writes a value (anything that `structuredClone` takes) so that a reader finds the old one or the new one, never a half. */
export function saveState(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, serialize(value));
  renameSync(`${file}.new`, file);
}

/** Reads what `saveState` has written; undefined when there is nothing. */
export function loadState<T>(file: string): T | undefined {
  return existsSync(file) ? (deserialize(readFileSync(file)) as T) : undefined;
}
