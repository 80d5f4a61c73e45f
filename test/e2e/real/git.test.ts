import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';

const repository = 'acme/thoughts';
const files = { 'README.md': 'thoughts\n', 'src/large.txt': 'x'.repeat(100_000), 'src/small.txt': 'small\n' };
let folder: string;
let clone: string;
let github: GitHubSandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'real-git-'));
  github = await startGitHub({ folder: join(folder, 'github') });
  await github.createRepository({ owner: 'acme', name: 'thoughts', files });
  for (const n of [1, 2, 3])
    await github.commit(repository, { message: `fix: ${n}`, files: { 'README.md': `${n}\n` } });
});

afterAll(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  clone = await mkdtemp(join(folder, 'clone-'));
});

/** Runs git in the clone with nothing of the machine's configuration; what it prints, and its packets when asked for. */
async function git(...argv: string[]): Promise<string> {
  const trace = argv[0] === '--trace' ? { GIT_TRACE_PACKET: '1' } : {};
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', ...trace };
  const identity = ['-c', 'user.name=Mona', '-c', 'user.email=mona@example.com'];
  const command = [...identity, ...argv.filter((argument) => argument !== '--trace')];
  const { stdout, stderr } = await promisify(execFile)('git', command, { cwd: clone, env, maxBuffer: 50_000_000 });
  return stdout + stderr;
}

const url = () => `${github.serverUrl.replace('//', `//x:${github.tokens.admin}@`)}/${repository}.git`;
const missing = async () => (await git('rev-list', '--objects', '--missing=print', 'HEAD')).match(/^\?/gm)?.length ?? 0;
const uploads = () => github.requests.count(/^POST .*git-upload-pack/);

describe('git', () => {
  test('speaks protocol 2 to clone, fetch and push', async () => {
    const traced = await git('--trace', 'clone', '-q', url(), '.');
    expect(traced).toMatch(/packet: +\S+< version 2/);
    expect(traced).toMatch(/packet: +\S+> command=fetch/);
    const pushed = await git('rev-parse', 'HEAD');
    await github.commit(repository, { message: 'feat: from elsewhere', files: { 'new.txt': 'new\n' } });
    await git('fetch', '-q');
    expect(await git('log', '--format=%s', '-1', 'origin/main')).toBe('feat: from elsewhere\n');
    await git('reset', '-q', '--hard', 'origin/main');
    await writeFile(join(clone, 'mine.txt'), 'mine\n');
    await git('add', '.');
    await git('commit', '-q', '-m', 'feat: mine');
    await git('push', '-q', 'origin', 'HEAD:main', 'HEAD:refs/tags/v1.0.0');
    const head = (await git('rev-parse', 'HEAD')).trim();
    expect(head).not.toBe(pushed.trim());
    expect(github.records(repository).refs.get('refs/heads/main')).toBe(head);
    expect(github.records(repository).refs.get('refs/tags/v1.0.0')).toBe(head);
    await expect(git('push', 'origin', 'HEAD~1:main')).rejects.toThrow('non-fast-forward');
  });

  test('clones without blobs, and fetches each when it is looked at', async () => {
    await git('clone', '-q', '--no-checkout', '--filter=blob:none', url(), '.');
    const before = await missing();
    expect(before).toBeGreaterThanOrEqual(3);
    const asked = uploads();
    expect(await git('show', 'HEAD:src/small.txt')).toBe('small\n');
    expect([await missing(), uploads()]).toEqual([before - 1, asked + 1]);
    await git('checkout', '-q', 'main');
    expect(await readFile(join(clone, 'src', 'large.txt'), 'utf8')).toHaveLength(100_000);
  });

  test('clones the last commit only, one branch only, and sparsely, as actions/checkout does', async () => {
    await git('clone', '-q', '--depth=1', '--single-branch', '--no-tags', '--filter=blob:none', '--sparse', url(), '.');
    expect((await git('rev-list', '--count', 'HEAD')).trim()).toBe('1');
    await git('fetch', '-q', '--unshallow');
    expect(Number(await git('rev-list', '--count', 'HEAD'))).toBeGreaterThanOrEqual(4);
    await git('sparse-checkout', 'add', 'src');
    expect(await readFile(join(clone, 'src', 'small.txt'), 'utf8')).toBe('small\n');
  });
});
