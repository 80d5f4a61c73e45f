/** One file of a diff between two trees. */
export interface FileChange {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted';
}

/** A file in git's index. */
export interface TrackedFile {
  readonly path: string;
  readonly blob: string;
}

const SUBMODULE = '160000';

/** Parses `git diff --raw -z --no-renames` (git-diff, "Raw output format"); a change of type counts as modified. */
export function parseRawDiff(output: string): FileChange[] {
  const fields = splitNul(output);
  const changes: FileChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const letter = fields[index]?.split(' ')[4]?.[0];
    const path = fields[index + 1] as string;
    changes.push({ path, kind: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified' });
  }
  return changes;
}

/** Parses `git ls-files --stage -z`; a path in conflict is listed once, submodules are left out. */
export function parseStagedFiles(output: string): TrackedFile[] {
  const files = new Map<string, TrackedFile>();
  for (const entry of splitNul(output)) {
    const tab = entry.indexOf('\t');
    const [mode, blob = ''] = entry.slice(0, tab).split(' ');
    const path = entry.slice(tab + 1);
    if (mode !== SUBMODULE) files.set(path, { path, blob });
  }
  return [...files.values()];
}

/** Parses what `git cat-file --batch` prints for one commit; undefined for any other object and for a missing one. */
export function parseCommit(output: string): { sha: string; parents: string[]; message: string } | undefined {
  const header = /^([0-9a-f]{40,64}) commit \d+\n/.exec(output);
  if (header === null) return undefined;
  const body = output.slice(header[0].length);
  const blank = body.indexOf('\n\n');
  const lines = (blank === -1 ? body : body.slice(0, blank)).split('\n');
  const parents = lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length));
  const message = blank === -1 ? '' : body.slice(blank + 2).replace(/\n+$/, '');
  return { sha: header[1] as string, parents, message };
}

/** The fields of a NUL-terminated list. */
export function splitNul(output: string): string[] {
  return output.split('\0').filter((field) => field !== '');
}
