import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openGit } from '#shared/git/git.ts';
import type { Timer } from '#shared/retry.ts';
import { createRepository, type TemporaryRepository } from '../../actions/test-subset/temporary-repository.ts';

const odd = 'ä "quoted"\n:(glob) -x.txt';
let origin: TemporaryRepository;
let commits: { first: string; second: string };

beforeAll(() => {
  origin = createRepository({ 'a.ts': 'one', 'b.ts': 'mentions a.ts', [odd]: 'odd', 'gone.py': '' });
  const first = origin.git('rev-parse', 'HEAD');
  const second = origin.commit({ 'a.ts': 'two', 'gone.py': null, 'new.py': '' }, 'title\n\nbody');
  commits = { first, second };
});

afterAll(() => origin.remove());

describe('a repository', () => {
  test('is found from any folder inside of it, and nowhere else', async () => {
    expect((await openGit(origin.folder)).folder).toBe(origin.folder);
    const empty = mkdtempSync(join(tmpdir(), 'no-repository-'));
    try {
      await expect(openGit(empty)).rejects.toMatchObject({ reasonCode: 'not-a-repository' });
      await expect(openGit(join(empty, 'missing'))).rejects.toMatchObject({ reasonCode: 'not-a-repository' });
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test('tells a commit by its name, with the whole message', async () => {
    const git = await openGit(origin.folder);
    expect(await git.readCommit('HEAD')).toEqual({
      sha: commits.second,
      parents: [commits.first],
      message: 'title\n\nbody',
    });
    expect(await git.readCommit('no-such-ref')).toBeUndefined();
    expect(await git.readCommit('HEAD\nHEAD')).toBeUndefined();
  });

  test('lists files whatever their names are, and what changed', async () => {
    const git = await openGit(origin.folder);
    expect((await git.listFiles()).map(({ path }) => path)).toEqual(['a.ts', 'b.ts', 'new.py', odd]);
    expect(await git.diff(commits.first, commits.second)).toEqual([
      { path: 'a.ts', kind: 'modified' },
      { path: 'gone.py', kind: 'deleted' },
      { path: 'new.py', kind: 'added' },
    ]);
    expect(await git.readBlob(commits.first, odd)).toBe('odd');
    expect(await git.readBlob(commits.second, 'gone.py')).toBeUndefined();
  });

  test('finds the files that contain a text, as it stands', async () => {
    const git = await openGit(origin.folder);
    expect(await git.filesContaining(['a.ts'], ['ts'])).toEqual(['b.ts']);
    expect(await git.filesContaining(['a.ts'], ['py'])).toEqual([]);
    expect(await git.filesContaining(['a?ts', '--help'], ['ts'])).toEqual([]);
    expect(await git.filesContaining([], ['ts'])).toEqual([]);
  });
});

describe('a shallow clone', () => {
  test('names the parents that it does not have, and fetches them', async () => {
    const git = await openGit(origin.clone('--depth=1').folder);
    expect(await git.isShallow()).toBe(true);
    expect((await git.readCommit('HEAD'))?.parents).toEqual([commits.first]);
    expect(await git.readCommit(commits.first)).toBeUndefined();
    expect(await git.fetch([commits.first], { depth: 1 })).toBeUndefined();
    expect((await git.readCommit(commits.first))?.sha).toBe(commits.first);
  });
});

describe('a fetch that fails', () => {
  const waits: number[] = [];
  const timer: Timer = { now: () => 0, sleep: async (ms) => void waits.push(ms), random: () => 1 };

  test('is tried again when the network may be the cause', async () => {
    const clone = origin.clone();
    clone.git('remote', 'set-url', 'origin', 'http://127.0.0.1:1/nowhere.git');
    waits.length = 0;
    const git = await openGit(clone.folder, { timer });
    expect(await git.fetch(['main'])).toContain('git fetch ended with exit code 128');
    expect(waits).toHaveLength(2);
  });

  test('is not tried again when the remote has no such commit, and no name is taken for an option', async () => {
    waits.length = 0;
    const git = await openGit(origin.clone().folder, { timer });
    expect(await git.fetch(['f'.repeat(40)])).toContain('not our ref');
    expect(await git.fetch(['--upload-pack=touch stolen'])).toBeDefined();
    expect(waits).toEqual([]);
  });
});
