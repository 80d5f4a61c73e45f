import { git } from './delivery.ts';

/** The text files of a commit in a bare repository, by their path. */
export async function readTree(repository: string, revision: string): Promise<Record<string, string>> {
  const list = await git(repository, 'ls-tree', '-r', '-z', '--name-only', '--end-of-options', `${revision}^{commit}`);
  const files: Record<string, string> = {};
  for (const path of list.split('\0').filter((name) => name !== '')) {
    files[path] = `${await git(repository, 'show', '--end-of-options', `${revision}^{commit}:${path}`)}\n`;
  }
  return files;
}
