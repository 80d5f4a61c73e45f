import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { initGitFolder } from '../../github/git-store.ts';
import { readTar } from '../../registry/tar.ts';

const run = promisify(execFile);

/** A commit of the followed branch with all of its files. */
export interface Snapshot {
  readonly sha: string;
  readonly subject: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A branch of a repository, read as source-controller does. */
export interface GitSource {
  /** The sha of the branch; throws when the repository or the branch is not there. */
  head(): Promise<string>;
  /** All files of the branch as it is now. */
  snapshot(): Promise<Snapshot>;
  close(): Promise<void>;
}

/** Follows `branch` of `url` (HTTP or a folder); nothing is read yet. */
export async function createGitSource(followed: {
  url: string;
  branch: string;
  token: string | undefined;
  signal: AbortSignal;
}): Promise<GitSource> {
  const { url, branch, token, signal } = followed;
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-source-'));
  const env = environmentFor(token);
  const git = async (...argv: string[]): Promise<Buffer> => {
    const options = { signal, cwd: folder, env, maxBuffer: 100_000_000, encoding: 'buffer' as const };
    return (await run('git', argv, options)).stdout;
  };
  initGitFolder(folder, branch);
  const ref = `refs/heads/${branch}`;
  const head = async () => {
    const [sha = ''] = (await git('ls-remote', '--end-of-options', url, ref)).toString().split('\t');
    if (sha === '') throw new Error(`couldn't find remote ref "${ref}"`);
    return sha;
  };
  const fetchBranch = async () => {
    try {
      await git('fetch', '--quiet', '--depth=1', '--end-of-options', url, `+${ref}:refs/heads/followed`);
    } catch (error) {
      // It says better what is missing.
      await head();
      throw error;
    }
  };
  return {
    head,
    async snapshot() {
      await fetchBranch();
      const [commit, archive] = await Promise.all([
        git('log', '-1', '--format=%H%x00%s', 'followed'),
        git('archive', '--format=tar', 'followed'),
      ]);
      const [sha = '', subject = ''] = commit.toString().trim().split('\0');
      const files = readTar(archive).filter(({ type }) => type === 'file');
      return { sha, subject, files: new Map(files.map(({ path, content }) => [path, content.toString('utf8')])) };
    },
    // A git that was just ended may still be writing.
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

// The token goes by the environment: an argument would be seen by every process of the machine.
function environmentFor(token: string | undefined): NodeJS.ProcessEnv {
  const isolated = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  if (token === undefined) return { ...process.env, ...isolated };
  const header = `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  const config = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header };
  return { ...process.env, ...isolated, ...config };
}
