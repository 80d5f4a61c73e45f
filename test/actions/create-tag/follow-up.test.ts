import { execFile, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Release } from '../../sandbox/github/model.ts';
import { type Service, startService } from './start-service.ts';

const execute = promisify(execFile);
// git itself verifies SSH signatures by ssh-keygen, which is a package of its own.
const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined;
const sshTest =
  hasSsh || process.env['CI'] === 'true' ? test : (name: string, _: () => Promise<void>) => test.todo(name);
let service: Service;
let folder = '';
beforeEach(async () => {
  service = await startService();
  folder = await mkdtemp(join(tmpdir(), 'signing-'));
});
afterEach(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a signed tag', () => {
  const tagger = 'Release Bot <bot@example.com>';

  async function verify(tag: string, publicKey: string): Promise<string> {
    const { folder: bare } = service.github.records(service.repository).git;
    const signers = join(folder, 'signers');
    await writeFile(signers, `bot@example.com ${publicKey}\n`);
    const { stdout, stderr } = await execute('git', [
      '-C',
      bare,
      '-c',
      'gpg.format=ssh',
      '-c',
      `gpg.ssh.allowedSignersFile=${signers}`,
      'verify-tag',
      tag,
    ]);
    return stdout + stderr;
  }

  sshTest('is accepted by git verify-tag, and a run again makes the very same object', async () => {
    const path = join(folder, 'key');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bot', '-f', path]);
    const inputs = { 'signing-key': await readFile(path, 'utf8'), tagger, message: 'Release {tag}\n\nof {sha}' };
    const { report, runner, requests } = await service.run({ with: { ...inputs, 'initial-version': '0.1.0' } });
    expect(requests).toBe(5);
    expect(await verify('v0.1.0', await readFile(`${path}.pub`, 'utf8'))).toContain(
      'Good "git" signature for bot@example.com',
    );
    expect(service.tags()).toEqual({ 'v0.1.0': report.outputs.tagObjectSha });
    expect(report.outputs.verified).toBe(false);
    expect(report.annotations).toMatchObject([{ message: expect.stringContaining('account of bot@example.com') }]);
    expect(JSON.stringify([report, runner.lines])).not.toContain('PRIVATE KEY');
  });

  sshTest('may be signed with a PKCS #8 key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await service.run({ with: { 'signing-key': pem, tagger } });
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
    const blob = Buffer.concat([
      Buffer.from('0000000b', 'hex'),
      Buffer.from('ssh-ed25519'),
      Buffer.from('00000020', 'hex'),
      raw,
    ]);
    expect(await verify('v0.1.0', `ssh-ed25519 ${blob.toString('base64')}`)).toContain('Good "git" signature');
  });

  test.each([
    ['rubbish', 'rubbish'],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ format: 'pem', type: 'pkcs8' })
        .toString(),
    ],
    [
      'half a key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5v\n-----END OPENSSH PRIVATE KEY-----',
    ],
  ])('is not made with %s, and the key is not told', async (_, key) => {
    const error = await service.run({ with: { 'signing-key': key } }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reasonCode: 'bad-signing-key' });
    expect(String(error)).not.toContain(key.slice(-40, -5));
    expect(service.github.requests.count()).toBe(0);
  });

  sshTest('is refused with an encrypted key', async () => {
    const path = join(folder, 'key');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', path]);
    const run = service.run({ with: { 'signing-key': await readFile(path, 'utf8') } });
    await expect(run).rejects.toMatchObject({ reasonCode: 'bad-signing-key' });
  });

  test('gets no ref when GitHub stored another object than the one that was signed', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const body = { sha: 'f'.repeat(40), object: { sha: 'e'.repeat(40) }, tag: 'v0.1.0' };
    service.github.faults.add({ kind: 'status', status: 201, body, match: { method: 'POST', path: '/git/tags' } });
    const run = service.run({
      with: { 'signing-key': privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() },
    });
    await expect(run).rejects.toMatchObject({ reasonCode: 'signature-mismatch' });
    expect(service.tags()).toEqual({});
  });
});

describe('a release', () => {
  const releases = () => service.github.records(service.repository).releases;

  test('is published with our notes, and a run again changes nothing', async () => {
    await service.run();
    await service.commit('feat!: new api (#3)\n\nBREAKING CHANGE: the old one is gone');
    const inputs = { release: 'publish', 'zero-major': 'major' };
    const { report } = await service.run({ with: inputs });
    expect(releases()).toMatchObject([{ tag: 'v1.0.0', draft: false, prerelease: false, makeLatest: true }]);
    expect(releases()[0]?.body).toContain('### ⚠ Breaking changes\n\n- the old one is gone');
    expect(report.outputs.releaseUrl).toMatch(/\/releases\/tag\/v1\.0\.0$/);
    service.github.requests.clear();
    const again = await service.run({ with: inputs });
    expect(again.report.outputs.releaseUrl).toBe(report.outputs.releaseUrl);
    expect(service.github.requests.writes()).toEqual([]);
  });

  test('is drafted first, so that it can take assets, and published by a later run, immutable from then on', async () => {
    service.github.settings(service.repository).immutableReleases = true;
    await service.run({ with: { release: 'draft' } });
    expect(releases()).toMatchObject([{ tag: 'v0.1.0', draft: true, immutable: false }]);
    await service.run({ with: { release: 'publish' } });
    expect(releases()).toMatchObject([{ tag: 'v0.1.0', draft: false, immutable: true }]);
    const { report } = await service.run({ with: { release: 'publish' } });
    expect(report).toMatchObject({ reasonCode: 'already-tagged', outputs: { releaseUrl: expect.any(String) } });
  });

  test('is published although a hundred others came after its draft', async () => {
    await service.run({ with: { release: 'draft' } });
    const [draft] = releases();
    for (let id = 0; id < 120; id++) releases().push({ ...(draft as Release), id: 10_000 + id, tag: `other-${id}` });
    await service.run({ with: { release: 'publish' } });
    expect(releases().filter(({ tag }) => tag === 'v0.1.0')).toMatchObject([{ draft: false }]);
  });

  test('that is published is found by its tag, however many came after it', async () => {
    const { report } = await service.run({ with: { release: 'publish' } });
    const [release] = releases();
    if (release === undefined) throw new Error('there is no release');
    releases().push(
      ...Array.from({ length: 1_000 }, (_, index) => ({ ...release, id: 1e6 + index, tag: `x${index}` })),
    );
    const again = await service.run({ with: { release: 'publish' } });
    expect(again.report.outputs.releaseUrl).toBe(report.outputs.releaseUrl);
    expect(again.requests).toBe(5);
  });

  test('names those who contribute for the first time, bots aside, at one request for all of them', async () => {
    await service.commit('fix: old', { login: 'ada' });
    await service.run();
    await service.commit('fix: again', { login: 'ada' });
    await service.commit('feat: first (#7)', { login: 'grace' });
    await service.commit('fix: second', { login: 'grace' });
    await service.commit('fix: bump', { login: 'dependabot[bot]' });
    const { report, requests } = await service.run({ with: { release: 'publish' } });
    const [, text] = String(releases().at(-1)?.body).split('### First contributions\n\n');
    expect(text).toMatch(/^- \[grace\]\(https:\/\/github\.com\/grace\) \(\[[0-9a-f]{7}\]\([^)]+\)\)$/);
    expect(report.outputs.notes).toBe(releases().at(-1)?.body);
    expect(requests).toBe(5 + 2 + 1);
  });

  test('may have notes from a file, which must be there before anything is written', async () => {
    await writeFile(join(folder, 'notes.md'), '# By hand\n');
    const inputs = { release: 'publish', notes: 'file', 'notes-file': 'notes.md' };
    const refused = (more: Record<string, string>) => service.run({ workspace: folder, with: { ...inputs, ...more } });
    await expect(refused({ 'notes-file': '' })).rejects.toThrow('notes-file: missing');
    await expect(refused({ 'notes-file': 'none.md' })).rejects.toThrow('an earlier step must write it');
    await expect(refused({ notes: 'own' })).rejects.toThrow('only with `notes: file`');
    await expect(refused({ components: 'a/v=a' })).rejects.toThrow('cannot be used with components');
    await writeFile(join(folder, 'long.md'), 'x'.repeat(125_001));
    await expect(refused({ 'notes-file': 'long.md' })).rejects.toMatchObject({ reasonCode: 'bad-input' });
    await symlink('/etc/passwd', join(folder, 'link.md'));
    await expect(refused({ 'notes-file': 'link.md' })).rejects.toThrow(
      'notes-file: "link.md" leads out of the workspace',
    );
    expect(service.github.requests.count()).toBe(0);
    const { report } = await service.run({ workspace: folder, with: inputs });
    expect([releases().at(-1)?.body, report.outputs.notes]).toEqual(['# By hand\n', '# By hand\n']);
  });

  test('is made later when the first run could not, with the same notes', async () => {
    await service.run();
    await service.commit('feat: a');
    service.github.faults.add({
      kind: 'status',
      status: 403,
      body: { message: 'Resource not accessible by integration' },
      match: { method: 'POST', path: '/releases' },
    });
    const { report } = await service.run({ with: { release: 'publish' } });
    expect(report).toMatchObject({ reasonCode: 'release-failed', outputs: { created: true, tag: 'v0.2.0' } });
    expect(report.failure).toMatch(/^v0\.2\.0 exists, but while making the release/);
    expect(report.failure).toMatch(
      /To do: Grant the permission .* The next run finds the tag and makes the release\.$/,
    );
    expect(report.summary).toMatch(/created\n\n.*\n\n> \[!CAUTION\]\n> v0\.2\.0 exists, but .*\n>\n> \*\*To do:\*\*/);
    await service.run({ with: { release: 'publish' } });
    expect(releases()).toMatchObject([{ tag: 'v0.2.0', body: expect.stringContaining('### Features\n\n- a') }]);
  });

  test('gets notes from a file also where an earlier run has drafted it, and otherwise keeps what the draft says', async () => {
    await writeFile(join(folder, 'notes.md'), 'By hand');
    await service.run({ with: { release: 'draft' } });
    const inputs = { release: 'publish', notes: 'file', 'notes-file': 'notes.md' };
    const { report } = await service.run({ workspace: folder, with: inputs });
    expect([releases().at(-1)?.body, report.outputs.notes]).toEqual(['By hand', 'By hand']);
    await service.commit('fix: a');
    await service.run({ with: { release: 'draft' } });
    const draft = releases().at(-1) as Release;
    Object.assign(draft, { body: 'Edited' });
    expect((await service.run({ with: { release: 'publish' } })).report.outputs.notes).toBe('Edited');
    expect(releases().at(-1)).toMatchObject({ draft: false, body: 'Edited' });
  });

  test('goes without first contributions when they cannot be read', async () => {
    await service.run();
    await service.commit('feat: first', { login: 'grace' });
    service.github.faults.add({ kind: 'status', status: 502, match: { path: '/graphql' }, times: 9 });
    const { report, runner } = await service.run({ with: { release: 'publish' } });
    expect(report).toMatchObject({
      reasonCode: 'created',
      outputs: { notes: expect.not.stringContaining('First contr') },
    });
    expect(releases()).toMatchObject([{ tag: 'v0.2.0', body: expect.stringContaining('- first (') }]);
    expect(runner.lines.join('\n')).toContain('without first contributions');
  });

  test('is found when only the answer was lost', async () => {
    service.github.faults.add({ kind: 'reset-after', match: { method: 'POST', path: '/releases' } });
    const { report } = await service.run({ with: { release: 'publish' } });
    expect(report.failure).toBeUndefined();
    expect(releases()).toHaveLength(1);
  });

  test('gets what fits of the notes that GitHub generates, which may be longer than GitHub takes', async () => {
    const body = `${'* a title by @octocat in #1\n'.repeat(5_000)}* the last`;
    service.github.faults.add({
      kind: 'status',
      status: 200,
      body: { name: '', body },
      match: { path: '/generate-notes' },
    });
    const { report } = await service.run({ with: { release: 'publish', notes: 'generated' } });
    expect(report.failure).toBeUndefined();
    expect(releases()[0]?.body).toMatch(/ in #1\n\n… shortened$/);
  });

  test('links to the server that has the repository, where that is not the one of the runner', async () => {
    await service.run({ with: { 'github-api-url': 'https://ghes.example/api/v3', release: 'publish' } });
    expect(releases()[0]?.body).toContain('](https://ghes.example/acme/service/commit/');
  });

  test('of a prerelease is one, of a maintenance version is not the latest, and GitHub may write the notes', async () => {
    const { report } = await service.run({ with: { version: '1.0.0', release: 'publish' } });
    await service.commit('feat!: a');
    await service.run({ with: { prerelease: 'rc', release: 'publish' } });
    await service.run({ with: { release: 'publish', notes: 'generated' } });
    const sha = await service.commit('fix: old', { branch: 'old', parents: [String(report.outputs.sha)] });
    await service.run({ sha, ref: 'refs/heads/old', with: { branches: 'old', release: 'publish' } });
    expect(releases()).toMatchObject([
      { tag: 'v1.0.0', prerelease: false },
      { tag: 'v2.0.0-rc.1', prerelease: true },
      { tag: 'v2.0.0', body: expect.stringContaining('compare/v1.0.0...v2.0.0') },
      { tag: 'v1.0.1', makeLatest: false },
    ]);
  });
});

describe('a workflow', () => {
  const workflow = (name: string, text: string) =>
    service.github.commit(service.repository, { message: 'ci: build', files: { [`.github/workflows/${name}`]: text } });

  test('is started on a new tag, once, and its run is told', async () => {
    const sha = await workflow('build.yml', 'on: workflow_dispatch\njobs: {}\n');
    const { report } = await service.run({ sha, with: { dispatch: 'build.yml' } });
    expect(report.outputs.dispatchedRunUrl).toMatch(/\/actions\/runs\/\d+$/);
    expect(report.summary).toContain('[Started run](');
    expect(service.github.records(service.repository).dispatches).toMatchObject([
      { workflow: 'build.yml', ref: 'v0.1.0' },
    ]);
    const again = await service.run({ sha, with: { dispatch: 'build.yml' } });
    expect(again.report.outputs.dispatchedRunUrl).toBe(report.outputs.dispatchedRunUrl);
    expect(service.github.records(service.repository).dispatches).toHaveLength(1);
  });

  test('is started without the URL of its run by a GitHub Enterprise Server that knows no such wish', async () => {
    const sha = await workflow('build.yml', 'on: workflow_dispatch\njobs: {}\n');
    const message = 'Invalid request.\n\n"return_run_details" is not a permitted key.';
    service.github.faults.add({ kind: 'status', status: 422, body: { message }, match: { path: '/dispatches' } });
    const { report } = await service.run({ sha, with: { dispatch: 'build.yml' } });
    expect(report).toMatchObject({ reasonCode: 'created', outputs: { dispatchedRunUrl: '' } });
    expect(service.github.records(service.repository).dispatches).toHaveLength(1);
  });

  test('that cannot be started fails the step, after the tag was told', async () => {
    const { report } = await service.run({ with: { dispatch: 'nothing.yml' } });
    expect(report).toMatchObject({ reasonCode: 'dispatch-failed', outputs: { tag: 'v0.1.0', created: true } });
    expect(report.failure).toContain('v0.1.0 exists, but while starting nothing.yml');
    expect(report.failure).toContain('Check the file name in `dispatch`');
    expect(report.summary).toContain('> [!CAUTION]\n> v0.1.0 exists, but');
    const again = await service.run({ with: { dispatch: 'nothing.yml' } });
    expect(again.report.failure).toContain('Check the file name in `dispatch`');
  });

  test.each([
    ['on: push\njobs: {}\n', 'a `workflow_dispatch` trigger'],
    ['on:\n  workflow_dispatch:\n    inputs:\n      env:\n        required: true\njobs: {}\n', 'passes no inputs'],
  ])('such as %j is told to be changed', async (text, remedy) => {
    const sha = await workflow('build.yml', text);
    const { report } = await service.run({ sha, with: { dispatch: 'build.yml' } });
    expect(report).toMatchObject({ reasonCode: 'dispatch-failed', failure: expect.stringContaining(remedy) });
    expect(report.failure).toMatch(/The next run finds the tag and starts the workflow, unless it was started\.$/);
  });

  test('that a token may not start names the permission', async () => {
    const sha = await workflow('build.yml', 'on: workflow_dispatch\njobs: {}\n');
    const permissions = { contents: 'write' } as const;
    const bot = { kind: 'GITHUB_TOKEN', login: 'github-actions[bot]' } as const;
    const token = service.github.issueToken({ ...bot, permissions, repositories: [service.repository] });
    const { report } = await service.run({ sha, token, with: { dispatch: 'build.yml' } });
    expect(report.failure).toContain('To do: `dispatch` needs `actions: write`');
  });

  test('starts by itself unless the token is GITHUB_TOKEN, and then a notice says so', async () => {
    const token = service.github.tokens.workflow;
    const own = await service.run({ with: { token, 'workflow-token': token } });
    const notice = { level: 'notice', message: expect.stringContaining('`on: push: tags` does not start') };
    expect(own.report.annotations).toMatchObject([notice]);
    const sha = await service.commit('fix: a');
    const app = await service.run({ sha, with: { token: service.github.tokens.app, 'workflow-token': token } });
    expect(app.report.annotations).toEqual([]);
  });
});

describe('a tag that exists although what comes after it cannot be read', () => {
  const down = { kind: 'status', status: 503, times: 9 } as const;

  test('is told, without a word on what is not known, and the next run does the rest', async () => {
    await service.run();
    await service.commit('feat: a');
    service.github.faults.add({ ...down, match: { path: '/git/matching-refs' }, request: 2 });
    const { report } = await service.run({ with: { release: 'publish' } });
    expect(report).toMatchObject({
      reasonCode: 'check-failed',
      outputs: { created: true, reason: 'created', tag: 'v0.2.0', previousTag: 'v0.1.0', bump: 'minor' },
    });
    expect(report.outputs).toMatchObject({ superseded: undefined, notes: expect.stringContaining('### Features') });
    expect(report.failure).toMatch(/^v0\.2\.0 exists, but while reading the tags, GitHub answered: 503/);
    service.github.faults.clear();
    const { outputs } = (await service.run({ with: { release: 'publish' } })).report;
    expect(outputs).toMatchObject({ tag: 'v0.2.0', superseded: false, releaseUrl: expect.any(String) });
  });

  test('is told when it was found, too', async () => {
    await service.run();
    service.github.faults.add({ ...down, match: { path: '/git/tags/' } });
    const { report } = await service.run();
    expect(report).toMatchObject({ reasonCode: 'check-failed', outputs: { created: false, tag: 'v0.1.0' } });
    expect(report.outputs).toMatchObject({ reason: 'already-tagged', verified: undefined, superseded: false });
    expect(report.failure).toMatch(/^v0\.1\.0 exists, but /);
  });

  test('is told among several services as created', async () => {
    await service.commit('feat: a', { path: 'a/x' });
    service.github.faults.add({ ...down, match: { path: '/git/matching-refs' }, request: 2 });
    const { report } = await service.run({ with: { components: 'a/v=a\nb/v=b' } });
    expect(report).toMatchObject({ reasonCode: 'check-failed', outputs: { created: true } });
    expect(report.outputs.components).toMatchObject([{ tag: 'a/v0.1.0', created: true }, { tag: '' }]);
  });
});
