import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The root of the checkout. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** An `action.yml`. https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax */
export interface ActionManifest {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { description: string; default?: string; required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { description: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
  /** The file that `runs.main` names. */
  readonly mainPath: string;
}

/** The names of the actions of the suite. */
export async function listActions(): Promise<string[]> {
  return (await readdir(join(projectRoot, 'actions'))).filter((name) => !name.startsWith('.')).sort();
}

/** Reads the manifest of one action. */
export async function readActionManifest(name: string): Promise<ActionManifest> {
  const folder = join(projectRoot, 'actions', name);
  const manifest = parse(await readFile(join(folder, 'action.yml'), 'utf8')) as ActionManifest;
  return { ...manifest, mainPath: join(folder, manifest.runs.main) };
}
