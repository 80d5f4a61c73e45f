import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: 'replay-tags' | 'replay-bumps', args: readonly string[]): Promise<Ended> {
  const script = join(projectRoot, `build/test/replay/${command}.js`);
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const write = (name: string, content: string | Buffer) => writeFile(join(folder, name), content);
const lastLine = ({ stdout }: Ended) => stdout.trim().split('\n').at(-1);

const release = { repository: 'a/b', prefix: 'v', previous: '1.0.0', released: '1.0.1', commits: [commit('fix: a')] };
const good = JSON.stringify(release);
const next = JSON.stringify({ ...release, previous: '1.0.1', released: '1.0.2' });

function commit(message: string) {
  return { sha: 'a'.repeat(40), message };
}

describe('a replay of releases', () => {
  test.each([
    ['no JSON', '{"repository": ', /this is no JSON/],
    ['a list', '[1,2]', /this is no object/],
    ['null', 'null', /this is no object/],
    ['missing fields', '{"repository":"a/b","previous":7}', /"prefix" is missing; "released" is missing; .*"commits"/],
    ['commits that are null', JSON.stringify({ ...release, commits: null }), /"commits" is no list/],
    [
      'commits without a message',
      JSON.stringify({ ...release, commits: [{ sha: '1' }, null] }),
      /"message" of commit 1 is missing; "sha" of commit 2 is missing/,
    ],
    ['no version', JSON.stringify({ ...release, released: '2024.02.01' }), /"2024\.02\.01" is no semantic version/],
    ['no step', JSON.stringify({ ...release, released: '1.0.0' }), /the same version/],
    [
      'a tag that was given to something else',
      JSON.stringify({ ...release, commits: [commit('feat: b')] }),
      /releases:1 gives another release of v1\.0\.1/,
    ],
  ])('counts %s as a miss, names the line and goes on', async (_, line, reason) => {
    await write('releases', `${good}\n${line}\n${next}\n`);
    const ended = await run('replay-tags', ['releases', '--misses', 'misses']);
    expect(ended.stderr).toMatch(/^releases:2: /);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(reason) });
    expect(lastLine(ended)).toBe('equal 2 of 3 (66.66 %)');
    const misses = (await readFile(join(folder, 'misses'), 'utf8')).trim().split('\n');
    expect(misses.map((miss) => JSON.parse(miss) as unknown)).toEqual([
      { where: 'releases:2', reason: expect.stringMatching(reason) },
    ]);
  });

  test('counts a line once that is given twice', async () => {
    await write('releases', `${good}\n${next}\n${good}\n${next}\n`);
    const { stdout } = await run('replay-tags', ['releases']);
    expect(stdout).toContain('releases: equal 2 of 2 (100.00 %), rules auto, without 2 given twice');
  });

  test('reads a byte order mark, Windows line ends and U+2028 inside a message', async () => {
    const odd = JSON.stringify({ ...release, commits: [commit('fix: a\u2028b')] });
    await write('releases', `\ufeff${odd}\r\n\r\n${next}\r\n`);
    expect(lastLine(await run('replay-tags', ['releases']))).toBe('equal 2 of 2 (100.00 %)');
  });

  test.each([
    ['is empty', '', /^releases: the file is empty/],
    ['holds nothing that can be used', '{}\n', /^releases:1: "repository" is missing/],
    ['is binary', Buffer.from([0, 1, 2, 255, 254, 10]), /^releases:1: this is no JSON/],
  ])('of a file that %s gives no percentage and fails', async (_, content, reason) => {
    await write('releases', content);
    const ended = await run('replay-tags', ['releases']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(reason) });
    expect(ended.stdout).not.toContain('%');
  });

  test('keeps what the other files hold, and what comes before the damage of a gzip file', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) =>
      JSON.stringify({ ...release, previous: `1.0.${index}`, released: `1.0.${index + 1}` }),
    );
    const whole = gzipSync(rows.join('\n'));
    await write('cut.gz', whole.subarray(0, whole.length - 2000));
    await write('good', good);
    const ended = await run('replay-tags', ['missing', '.', 'cut.gz', 'good', '--misses', 'misses']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^missing: the file cannot be read: .*\n\.: .*\ncut\.gz: the gzip data are damaged/);
    expect(ended.stdout).toMatch(
      /^missing: equal 0 of 0\n.*\ncut\.gz: equal 1\d\d\d of 1\d\d\d .*\ngood: equal 1 of 1 /,
    );
    expect(await readFile(join(folder, 'misses'), 'utf8')).toBe('');
  });

  test('tells that the misses cannot be written, after the figures were made', async () => {
    await write('good', good);
    const ended = await run('replay-tags', ['good', '--misses', 'nowhere/misses']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere/misses: the misses cannot') });
    expect(lastLine(ended)).toBe('equal 1 of 1 (100.00 %)');
  });

  test.each([
    [['good', '--rules'], /argument missing/],
    [['good', '--rules', 'toString'], /no rules are named "toString"/],
    [['good', '--rules=nonsense'], /no rules are named "nonsense"/],
    [['good', '--frobnicate'], /Unknown option/],
    [[], /no file is given/],
  ])('called with %j tells what is wrong and how it is called', async (args, reason) => {
    const ended = await run('replay-tags', args);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(reason) });
    expect(ended.stderr).toContain('Usage: npm run replay:tags -- FILE...');
  });

  test('takes --rules=NAME as well', async () => {
    await write('good', good);
    expect((await run('replay-tags', ['good', '--rules=zero-major'])).stdout).toContain('rules zero-major');
  });
});

describe('a replay of bumps', () => {
  const bump = {
    repo: 'a/b',
    commit: 'c',
    path: 'app.yaml',
    requests: [{ image: 'acme/app', from: { tag: '1.0.0' }, to: { tag: '1.0.1' } }],
    beforeText: 'image: acme/app:1.0.0\n',
    afterText: 'image: acme/app:1.0.1\n',
  };

  test('names each line that cannot be used and goes on', async () => {
    const lines = ['{', '[]', '{}', JSON.stringify({ ...bump, requests: [{ image: 'x', from: 'y' }] })];
    await write('bumps', ['\ufeff', JSON.stringify(bump), ...lines].join('\n').replace('\n', ''));
    const ended = await run('replay-bumps', ['bumps', 'missing', '--misses', 'misses']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^missing: the file cannot be read/) });
    expect(lastLine(ended)).toBe('byte-exact 1 of 5 (20.00 %)');
    const misses = (await readFile(join(folder, 'misses'), 'utf8')).trim().split('\n');
    expect(misses.map((miss) => JSON.parse(miss) as unknown)).toEqual([
      { where: 'bumps:2', reason: expect.stringContaining('this is no JSON') },
      { where: 'bumps:3', reason: 'this is no object' },
      { where: 'bumps:4', reason: expect.stringContaining('"repo" is missing; "commit" is missing') },
      {
        where: 'bumps:5',
        reason: expect.stringContaining('"from" of request 1 is no tag or digest; "to" of request 1'),
      },
    ]);
  });

  test('of nothing gives no percentage and fails', async () => {
    await write('bumps', '');
    const ended = await run('replay-bumps', ['bumps']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^bumps: the file is empty/) });
    expect(ended.stdout).not.toContain('%');
    expect(await run('replay-bumps', ['bumps', '--misses'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage'),
    });
  });
});
