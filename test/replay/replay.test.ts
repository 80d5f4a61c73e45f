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

  test('learns from the releases before what an unknown project does below 1.0.0', async () => {
    const rows = releases(
      'acme/other',
      ['0.1.0', '0.2.0', 'feat: a'],
      ['0.2.0', '0.3.0', 'feat: b'],
      ['0.3.0', '0.4.0', 'feat: c'],
      ['0.4.0', '0.5.0', 'feat!: d'],
      ['0.5.0', '0.6.0', 'feat: e'],
      ['0.6.0', '0.7.0', 'feat!: f'],
    );
    const reason = expect.stringContaining('below 1.0.0');
    expect((await replay(rows)).misses).toMatchObject([
      { previous: '0.1.0', decided: '0.1.1', reason },
      { previous: '0.4.0', decided: '1.0.0' },
    ]);
  });

  test('takes the rules of young projects first, unless others are named', async () => {
    const rows = releases('acme/young', ['0.1.0', '0.1.1', 'feat: a'], ['0.1.1', '0.2.0', 'fix!: b']);
    expect((await replay(rows)).lines.at(-1)).toBe('equal 2 of 2 (100.00 %)');
    expect((await replay(rows, { args: ['--rules', 'release-please'] })).lines.at(-1)).toBe('equal 0 of 2 (0.00 %)');
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
  ])('tells why %s was not decided for %j', async (released, messages, reason) => {
    const { misses } = await replay(releases('acme/service', ['1.0.0', released, ...messages]));
    expect(misses).toMatchObject([{ released, reason: expect.stringContaining(reason) }]);
  });
});
