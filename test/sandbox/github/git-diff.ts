import { converseWithGit } from './git-process.ts';

/** One changed file, counted and printed by git. */
export interface FileChange {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed';
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks; absent for binary files. */
  readonly patch?: string;
}

/** Compares trees with one long-lived `git diff-tree --stdin`; answers are remembered. */
export interface GitDiff {
  between(oldTree: string, newTree: string): Promise<readonly FileChange[]>;
  close(): void;
}

const END = '== end of diff ==';
const ARGUMENTS = ['diff-tree', '--stdin', '-r', '-M', '--raw', '--numstat', '-p', '--full-index', '--abbrev=40'];

/** Opens the comparison of trees in a bare repository. */
export function openGitDiff(folder: string): GitDiff {
  const git = converseWithGit(ARGUMENTS, folder);
  const known = new Map<string, Promise<readonly FileChange[]>>();
  return {
    between(oldTree, newTree) {
      if (oldTree === newTree) return Promise.resolve([]);
      const pair = `${oldTree} ${newTree}`;
      // A line that names no tree is echoed once the comparison before it is complete.
      const answer = known.get(pair) ?? git.ask(`${pair}\n${END}`, takeDiff).then(parseDiff);
      known.set(pair, answer);
      return answer;
    },
    close: () => git.close(),
  };
}

function takeDiff(received: Buffer): { value: string; length: number } | undefined {
  const mark = `\n${END}\n`;
  const at = received.indexOf(mark);
  return at === -1 ? undefined : { value: received.toString('utf8', 0, at), length: at + mark.length };
}

function parseDiff(text: string): FileChange[] {
  const start = text.indexOf('\ndiff --git ');
  const head = (start === -1 ? text : text.slice(0, start)).split('\n');
  const raw = head.filter((line) => line.startsWith(':'));
  const counts = head.filter((line) => /^(\d+|-)\t(\d+|-)\t/.test(line));
  const patches = start === -1 ? [] : text.slice(start + 1).split(/^(?=diff --git )/m);
  return raw.map((line, at) => fileChange(line, counts[at] ?? '', patches[at] ?? ''));
}

// `:100644 100644 <old> <new> R087\told\tnew`; https://git-scm.com/docs/diff-format#_raw_output_format
function fileChange(raw: string, count: string, patch: string): FileChange {
  const [fields = '', first = '', second] = raw.split('\t');
  const [, , oldSha = '', newSha = '', letter = 'M'] = fields.split(' ');
  const [added = '0', deleted = '0'] = count.split('\t');
  const hunks = patch.indexOf('\n@@ ');
  return {
    path: unquote(second ?? first),
    ...(second === undefined ? {} : { previousPath: unquote(first) }),
    status: STATUS[letter.charAt(0)] ?? 'modified',
    sha: letter === 'D' ? oldSha : newSha,
    additions: Number(added) || 0,
    deletions: Number(deleted) || 0,
    ...(hunks === -1 ? {} : { patch: patch.slice(hunks + 1).replace(/\n$/, '') }),
  };
}

const STATUS: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
};

function unquote(path: string): string {
  if (!path.startsWith('"')) return path;
  return path.slice(1, -1).replace(/\\([\\"tn])/g, (_, one: string) => ({ t: '\t', n: '\n' })[one] ?? one);
}
