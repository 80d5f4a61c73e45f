import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';
import type { Release } from './read-releases.ts';

type Row = Omit<Release, 'where'>;
const execute = promisify(execFile);
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Releases from `previous released message`, oldest first, of one repository. */
function releases(repository: string, ...lines: readonly (readonly [string, string, ...string[]])[]): Row[] {
  return lines.map(([previous, released, ...messages], line) => ({
    repository,
    prefix: 'v',
    previous,
    released,
    commits: messages.map((message, index) => ({ sha: `${line}${index}`.padEnd(40, '0'), message })),
  }));
}

async function replay(rows: readonly Row[], { gzip = false, args = [] as string[] } = {}) {
  const file = join(folder, 'releases');
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFile(file, gzip ? gzipSync(text) : text);
  const out = join(folder, 'misses');
  const script = join(projectRoot, 'build/test/replay/replay-tags.js');
  const { stdout } = await execute(process.execPath, [script, file, '--misses', out, ...args]);
  const misses = (await readFile(out, 'utf8')).split('\n').filter((line) => line !== '');
  return { lines: stdout.trim().split('\n'), misses: misses.map((line) => JSON.parse(line) as Record<string, string>) };
}

const history = releases(
  'acme/service',
  ['1.0.0', '1.1.0', 'feat: a'],
  ['1.1.0', '1.1.1', 'docs: b'],
  ['1.1.1', '2.0.0-beta.1', 'feat!: c'],
  ['2.0.0-beta.1', '2.0.0-beta.2', 'fix: d'],
  ['2.0.0-beta.2', '2.0.0', 'fix: e'],
  ['2.0.0', '2.0.1', 'fix: f'],
);

describe('a replay', () => {
  test.each([
    ['oldest first', history, false],
    ['newest first', [...history].reverse(), true],
  ])('of a file that is %s decides each release, prereleases too', async (_, rows, gzip) => {
    const { lines, misses } = await replay(rows, { gzip });
    expect(misses).toEqual([]);
    expect(lines).toEqual(['releases: equal 6 of 6 (100.00 %), rules auto', 'equal 6 of 6 (100.00 %)']);
  });

  test('knows versions that were left behind, in both orders', async () => {
    const rows = releases('acme/service', ['1.2.0', '1.3.0', 'feat: a'], ['1.2.0', '1.3.1', 'feat: a']);
    expect((await replay(rows)).misses).toEqual([]);
  });

  test('of a release after prereleases of a channel has all commits since the last release', async () => {
    const rows = releases(
      'acme/service',
      ['1.0.0', '1.1.0-alpha.1', 'feat: a'],
      ['1.1.0-alpha.1', '1.1.0-alpha.2', 'fix: b'],
      ['1.1.0-alpha.2', '1.1.0-beta.1', 'docs: c'],
      ['1.1.0-beta.1', '1.1.0'],
      ['1.1.0', '1.1.1', 'fix: d'],
    );
    expect((await replay(rows)).misses).toEqual([]);
  });

  test('counts each commit, whatever its sha', async () => {
    const rows = releases('acme/service', ['1.0.0', '1.1.0', 'feat: a', 'fix: b', 'fix: c']);
    const same = rows.map((row) => ({ ...row, commits: row.commits.map((commit) => ({ ...commit, sha: '0' })) }));
    expect((await replay(same)).misses).toEqual([]);
  });

  test('of a release without a listed commit is a patch', async () => {
    expect((await replay(releases('acme/service', ['1.0.0', '1.0.1']))).misses).toEqual([]);
  });

  test('does not see the prereleases of another branch, as the action does not', async () => {
    const rows = releases(
      'acme/service',
      ['1.0.0', '1.1.0-beta.1', 'feat: a'],
      ['1.0.0', '2.0.0', 'feat!: b', 'feat: a'],
      ['1.0.0', '1.0.1', 'fix: c'],
      ['1.0.1', '1.1.0', 'feat: d'],
    );
    expect((await replay(rows)).misses).toEqual([]);
  });

  test.each([
    ['the default of release-please', ['0.1.0', '0.2.0'], ['0.2.0', '1.0.0']],
    ['both settings below 1.0.0', ['0.1.0', '0.1.1'], ['0.1.1', '0.2.0']],
    ['bump-minor-pre-major', ['0.1.0', '0.2.0'], ['0.2.0', '0.3.0']],
    ['bump-patch-for-minor-pre-major', ['0.1.0', '0.1.1'], ['0.1.1', '1.0.0']],
    ['nothing but patches', ['0.0.1', '0.0.2'], ['0.0.2', '0.0.3']],
  ] as const)('reads %s off the other releases, of all lines of a repository', async (_, feature, breaking) => {
    const rows = ['a-v', 'b-v', 'c@'].flatMap((prefix) =>
      releases('acme/parts', [...feature, 'feat: a'], [...breaking, 'feat!: b']).map((row) => ({ ...row, prefix })),
    );
    expect((await replay(rows)).misses).toEqual([]);
  });

  test('sees a setting change, and takes no release as evidence for itself', async () => {
    const rows = releases(
      'acme/other',
      ['0.1.0', '0.2.0', 'feat: a'],
      ['0.2.0', '0.3.0', 'feat: b'],
      ['0.3.0', '0.4.0', 'feat: c'],
      ['0.4.0', '0.4.1', 'feat: d'],
      ['0.4.1', '0.4.2', 'feat: e'],
      ['0.4.2', '0.4.3', 'feat: f'],
    );
    // The first with the new setting stands between one with the old and one with the new, and the old began first.
    const { misses } = await replay(rows);
    expect(misses).toMatchObject([{ previous: '0.4.0', decided: '0.5.0' }]);
    expect((await replay(rows.slice(0, 1))).misses).toEqual([]);
    expect((await replay(rows.slice(3, 4))).misses).toMatchObject([{ released: '0.4.1', decided: '0.5.0' }]);
  });

  test('can be held to one rule below 1.0.0', async () => {
    const rows = releases('acme/young', ['0.1.0', '0.2.0', 'feat: a'], ['0.2.0', '0.3.0', 'feat: b']);
    expect((await replay(rows)).lines.at(-1)).toBe('equal 2 of 2 (100.00 %)');
    expect((await replay(rows, { args: ['--rules', 'zero-major'] })).lines.at(-1)).toBe('equal 0 of 2 (0.00 %)');
  });

  describe('of reverts', () => {
    const feature = { sha: 'f'.repeat(40), message: 'feat: a' };
    const revert = { sha: 'e'.repeat(40), message: `revert: feat: a\n\nThis reverts commit ${feature.sha}.` };
    const fix = { sha: 'd'.repeat(40), message: 'fix: b' };
    const release = { sha: 'c'.repeat(40), message: 'chore(main): release 1.0.0' };
    const row = { repository: 'acme/service', prefix: 'v', previous: '1.0.0' };

    test.each([
      ['inside one release, filtered by semantic-release', [revert, feature, fix], '1.0.1'],
      ['inside one release, counted by release-please', [revert, feature, fix, release], '1.1.0'],
      ['of an older release, a patch', [revert], '1.0.1'],
    ])('knows one %s', async (_, commits, released) => {
      expect((await replay([{ ...row, released, commits }])).misses).toEqual([]);
    });

    test('follows the named rules', async () => {
      const rows = [{ ...row, released: '1.0.1', commits: [revert, feature, fix] }];
      expect((await replay(rows, { args: ['--rules', 'semantic-release'] })).misses).toEqual([]);
      expect((await replay(rows, { args: ['--rules', 'release-please'] })).misses).toMatchObject([
        { decided: '1.1.0', reason: expect.stringContaining('released less') },
      ]);
    });
  });

  test.each([
    ['an item of a list for semantic-release', ['feat: a\n\n* BREAKING CHANGE: b'], '2.0.0'],
    [
      'no item of a list for release-please',
      ['chore(main): release 1.1.0', 'feat: a\n\n* BREAKING CHANGE: b'],
      '1.1.0',
    ],
  ])('finds a breaking change in %s', async (_, messages, released) => {
    expect((await replay(releases('acme/service', ['1.0.0', released, ...messages]))).misses).toEqual([]);
  });

  test('begins with 1.0.0, with 0.1.0 where later versions are below 1.0.0, or as the other lines of the repository did', async () => {
    const first = (prefix: string, released: string) =>
      releases('acme/parts', ['', released, 'feat: a']).map((row) => ({ ...row, prefix }));
    expect((await replay(first('a-v', '1.0.0'))).misses).toEqual([]);
    const young = releases('acme/young', ['', '0.1.0', 'feat: a'], ['0.1.0', '0.2.0', 'feat: b']);
    expect((await replay(young)).misses).toEqual([]);
    const rows = ['a-v', 'b-v', 'c-v'].flatMap((prefix) => first(prefix, '0.1.0'));
    expect((await replay(rows)).misses).toEqual([]);
    expect((await replay(first('a-v', '0.3.0'))).misses).toMatchObject([
      { reason: expect.stringContaining('own choice') },
    ]);
  });

  test.each([
    ['1.0.2', ['fix: a'], '1.0.1 seems to have been used up'],
    ['2.0.0', ['fix: a'], 'a person chose the version'],
    [
      '2.0.0',
      ['chore(main): release 2.0.0\n\n### ⚠ BREAKING CHANGES\n\n* b', 'fix: a'],
      'a commit outside of the list',
    ],
    ['1.0.1', ['feat: a'], 'released less than the commits ask for (minor)'],
    ['1.1.0', [], 'the file lists no commit'],
    ['1.0.1-rc.5', ['fix: a'], 'counted as 1.0.1-rc.5, not as 1.0.1-rc.1'],
  ])('tells why %s was not decided for %j', async (released, messages, reason) => {
    const { misses } = await replay(releases('acme/service', ['1.0.0', released, ...messages]));
    expect(misses).toMatchObject([{ released, reason: expect.stringContaining(reason) }]);
  });
});
