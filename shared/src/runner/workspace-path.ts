import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { badInput } from '../inputs.ts';

/**
 * The real path of what the input `name` points to in the workspace; it may be missing. Throws UserError `bad-input` where it
 * lies outside, be it by `..`, an absolute path or a symbolic link. `more` are other folders that it may lie in.
 */
export function workspacePath(
  workspace: string,
  { name, path, more = [] }: { name: string; path: string; more?: readonly string[] },
): string {
  const root = realPath(resolve(workspace));
  const found = realPath(resolve(workspace, path));
  if ([root, ...more.map(realPath)].some((folder) => isWithin(folder, found))) return found;
  throw badInput([
    `${name}: "${path}" leads out of the workspace, to "${relative(root, found)}" as seen from it; name a place inside`,
  ]);
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

// Of what is missing, the part that exists decides; a link that leads nowhere reaches nothing.
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
