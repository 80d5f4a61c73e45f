import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A real git repository in a temporary folder. */
export interface TemporaryRepository {
  readonly folder: string;
  /** Runs git and answers what it printed, trimmed. */
  git(...args: string[]): string;
  /** Writes files (null deletes) and commits all; answers the commit's SHA. */
  commit(files: Readonly<Record<string, string | null>>, message?: string): string;
  /** A clone in another temporary folder, made by `git clone` with more arguments. */
  clone(...args: string[]): TemporaryRepository;
  /** Removes this repository and its clones. */
  remove(): void;
}

/** Creates a repository with a first commit of `files` on the branch main. */
export function createRepository(files: Readonly<Record<string, string>>): TemporaryRepository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'test-subset-')));
  const repository = openRepository(folder);
  repository.git('init', '--quiet', '--initial-branch=main');
  repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  repository.commit(files, 'first');
  return repository;
}

function openRepository(folder: string): TemporaryRepository {
  const clones: TemporaryRepository[] = [];
  const git = (...args: string[]) => startGit(folder, args);
  return {
    folder,
    git,
    commit(files, message = 'change') {
      writeFiles(folder, files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    clone(...args) {
      const target = realpathSync(mkdtempSync(join(tmpdir(), 'test-subset-clone-')));
      startGit(folder, ['clone', '--quiet', ...args, `file://${folder}`, target]);
      const clone = openRepository(target);
      clones.push(clone);
      return clone;
    },
    remove() {
      for (const clone of clones) clone.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes files below `folder`; null deletes one. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | null>>): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path);
    if (text === null) rmSync(full);
    else {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
    }
  }
}

function startGit(folder: string, args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', env, stdio: 'pipe' }).trim();
}
