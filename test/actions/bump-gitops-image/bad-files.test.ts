import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectGitHub } from '#shared/github/client.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { runStep } from '../../support/run-step.ts';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const good = 'image: acme/api:v1\n';
const bytes: Readonly<Record<string, Buffer>> = {
  'latin1.yaml': Buffer.from(`${good}# \xff\n`, 'latin1'),
  'binary.yaml': Buffer.from(`${good}\0`),
  'large.yaml': Buffer.from(`${good}${'#'.repeat(1_000_000)}\n`),
  'folder/inside.yaml': Buffer.from(good),
  'good.yaml': Buffer.from(good),
  'good.sh.yaml': Buffer.from(good),
  // Nine merge keys of nine merge keys ...: a million million lookups for whoever follows each.
  'bomb.yaml': Buffer.from(
    `m0: &m0 {x: 1}\n${Array.from({ length: 12 }, (_, n) => `m${n + 1}: &m${n + 1} {<<: [${Array(9).fill(`*m${n}`).join(', ')}]}\n`).join('')}spec: {containers: [{<<: *m12, image: acme/bomb:v1}]}\n`,
  ),
  'laughs.yaml': Buffer.from(
    `l0: &l0 [acme/laughs]\n${Array.from({ length: 20 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]\n`).join('')}image: acme/laughs:v1\n`,
  ),
  'deep.yaml': Buffer.from(`image: acme/deep:v1\na: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`),
  'twice.yaml': Buffer.from('image: acme/twice:v1\nimage: acme/twice:v1\n'),
  'tabs.yaml': Buffer.from('a:\n\timage: acme/tabs:v1 # a tab indents\nb: acme/tabs\n'),
  'tags.yaml': Buffer.from('a: !Ref b\nc: !!python/object:os.system {x: 1}\nimage: !custom acme/tags:v1\n'),
};

let fixture: BumpFixture;
let worktree = '';

beforeAll(async () => {
  fixture = await startBumpFixture({ 'readme.md': 'x' });
  worktree = join(fixture.folder, 'checkout');
  await mkdir(worktree);
  await promisify(execFile)('git', ['init', '-q', join(worktree, 'sub')]);
  await writeFile(join(worktree, 'sub', 'a.yaml'), good);
  await symlink('folder', join(worktree, 'linked'));
  await symlink('good.yaml', join(worktree, 'link.yaml'));
  await pushOddFiles();
}, 60_000);

beforeEach(async () => {
  for (const [path, content] of Object.entries(bytes)) {
    await mkdir(dirname(join(worktree, path)), { recursive: true });
    await rm(join(worktree, path), { force: true });
    await writeFile(join(worktree, path), content);
  }
  await chmod(join(worktree, 'good.sh.yaml'), 0o755);
  fixture.github.requests.clear();
});

afterAll(() => fixture.close());

/** What no clone on this machine could commit: links, submodules and bytes that are no text. */
async function pushOddFiles(): Promise<void> {
  const { apiUrl, graphqlUrl, tokens } = fixture.github;
  const connection = { token: tokens.admin, apiUrl, graphqlUrl, meter: new RequestMeter(), log: () => undefined };
  const { request } = connectGitHub(connection);
  const place = { owner: 'acme', repo: 'gitops' };
  const tree = [];
  for (const [path, content] of Object.entries(bytes)) {
    const blob = { ...place, content: content.toString('base64'), encoding: 'base64' };
    const { data } = await request('POST /repos/{owner}/{repo}/git/blobs', blob);
    const mode = path === 'good.sh.yaml' ? ('100755' as const) : ('100644' as const);
    tree.push({ path, mode, type: 'blob' as const, sha: data.sha });
  }
  const { data: head } = await request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...place, ref: 'heads/main' });
  const parent = head.object.sha;
  const links = ['linked', 'link.yaml'].map((path) => ({
    ...{ path, mode: '120000' as const, type: 'blob' as const, content: path === 'linked' ? 'folder' : 'good.yaml' },
  }));
  const submodule = { path: 'sub', mode: '160000' as const, type: 'commit' as const, sha: parent };
  const { data: written } = await request('POST /repos/{owner}/{repo}/git/trees', {
    ...{ ...place, base_tree: parent, tree: [...tree, ...links, submodule] },
  });
  const commit = { ...place, message: 'odd files', tree: written.sha, parents: [parent] };
  const { data: made } = await request('POST /repos/{owner}/{repo}/git/commits', commit);
  await request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...place, ref: 'heads/main', sha: made.sha });
}

describe.each(['worktree', 'none'])('write: %s', (write) => {
  const bump = (files: string, image = 'acme/api') => fixture.bump({ image, tag: 'v2', files, write }, { worktree });

  test.each([
    ['link.yaml', 'it is a symbolic link, or behind one'],
    ['linked/inside.yaml', 'it is a symbolic link, or behind one'],
    ['sub', 'it is a submodule, or in one'],
    ['sub/a.yaml', 'it is a submodule, or in one'],
    ['folder', 'it is no file'],
    ['gone.yaml', 'it does not exist'],
    ['latin1.yaml', 'it is not valid UTF-8'],
    ['binary.yaml', 'it is binary'],
    ['large.yaml', 'it is larger than 1 MB'],
  ])('refuses %s by name beside a good file: %s', async (path, why) => {
    await expect(bump(`good.yaml\n${path}`)).rejects.toMatchObject({
      reasonCode: 'unsafe-file',
      message: `${path}: ${why}`,
    });
    expect(await readFile(join(worktree, 'good.yaml'), 'utf8')).toBe(good);
  });

  test.each(['../good.yaml', '/etc/a.yaml', 'a/../../b.yaml', String.raw`..\a.yaml`])(
    'refuses the path %s, which leaves the repository',
    (path) => {
      expect(() => bump(path)).toThrow(expect.objectContaining({ reasonCode: 'bad-input' }));
    },
  );

  test.each(['bomb', 'laughs', 'tags'])('edits beside what would hurt a careless reader: %s.yaml', async (name) => {
    const report = await bump(`${name}.yaml`, `acme/${name}`);
    expect(report.outputs.changes).toMatchObject([{ image: `acme/${name}`, old: 'v1', new: 'v2' }]);
  });

  test.each([
    ['twice', 'twice.yaml:1, twice.yaml:2'],
    ['tabs', 'tabs.yaml:3'],
  ])('does not guess in %s.yaml; says where the name stands', async (name, places) => {
    const told =
      name === 'tabs'
        ? (await bump('tabs.yaml', 'acme/tabs')).outputs.unrecognised
        : await bump(`${name}.yaml`, `acme/${name}`).catch((error: Error) => error.message);
    if (typeof told === 'string') expect(told).toContain(places);
    else expect(told).toEqual([{ file: 'tabs.yaml', line: 3, image: 'acme/tabs' }]);
  });

  test('a file nested thousands deep is read by its lines', async () => {
    expect((await bump('deep.yaml', 'acme/deep')).outputs.files).toEqual(['deep.yaml']);
  });

  test('globs follow no links and enter no submodules, and name large files in a warning', async () => {
    const options = write === 'worktree' ? {} : { 'dry-run': 'true' };
    const report = await fixture.bump(
      { image: 'acme/api', tag: 'v2', write, files: '**/*.yaml\n!latin1.yaml', ...options },
      { worktree },
    );
    expect(report.outputs.files).toEqual(['folder/inside.yaml', 'good.sh.yaml', 'good.yaml']);
    const reads = fixture.github.requests.entries.map(({ path }) => path);
    expect(reads).toHaveLength(write === 'worktree' ? 0 : 3);
    expect(report.annotations).toEqual([{ level: 'warning', message: expect.stringContaining('large.yaml') }]);
    expect(await readFile(join(worktree, 'sub', 'a.yaml'), 'utf8')).toBe(good);
  });
});

test.each(['branch', 'direct'])('modes are kept on the branch (%s)', async (write) => {
  await fixture.bump({
    image: 'acme/api',
    tag: write === 'branch' ? 'v2' : 'v3',
    files: 'good.sh.yaml\ngood.yaml',
    write,
    ...(write === 'branch' ? { branch: 'modes' } : {}),
  });
  const { folder } = fixture.github.records(REPOSITORY).git;
  const branch = write === 'branch' ? 'modes' : 'main';
  const { stdout } = await promisify(execFile)('git', ['-C', folder, 'ls-tree', branch, 'good.sh.yaml', 'good.yaml']);
  expect(stdout.match(/^\d+/gm)).toEqual(['100755', '100644']);
});

test('a tree that GitHub cut off is told, and no commit is made of a part of it', async () => {
  const cut: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (!String(url).includes('/git/trees/')) return answer;
    return Response.json({ ...((await answer.json()) as object), truncated: true });
  };
  await expect(
    fixture.bump({ image: 'acme/api', tag: 'v2', files: '*.yaml', write: 'branch' }, { fetch: cut }),
  ).rejects.toMatchObject({ reasonCode: 'tree-truncated' });
  expect(fixture.github.requests.entries.filter(({ write }) => write)).toEqual([]);
});

test('a checkout needs no token, everything else does', async () => {
  const context = { token: '', github: { REPOSITORY, WORKSPACE: worktree } };
  const order = { image: 'acme/api', tag: 'v1', files: 'good.yaml' };
  expect((await runStep('bump-gitops-image', order, { context })).outputs).toMatchObject({
    'reason-code': 'already-current',
    requests: '0',
  });
  const refused = await runStep('bump-gitops-image', { ...order, write: 'branch' }, { context });
  expect(refused.outputs['reason-code']).toBe('bad-input');
  expect(refused.log).toContain('token: missing; `write: branch` needs it');
});

test('a folder outside of the workspace is refused by name, however it is written, and nothing there changes', async () => {
  const outside = join(fixture.folder, 'outside');
  await mkdir(outside, { recursive: true });
  await writeFile(join(outside, 'a.yaml'), good);
  await symlink('../outside', join(worktree, 'way-out'));
  const alias = join(fixture.folder, 'alias');
  await symlink(worktree, alias);
  const step = (path: string, workspace = worktree) =>
    runStep(
      'bump-gitops-image',
      { image: 'acme/api', tag: 'v2', path },
      { context: { token: '', github: { REPOSITORY, WORKSPACE: workspace } } },
    );
  for (const path of ['../outside', outside, 'way-out', 'folder/../way-out']) {
    const { outputs, log } = await step(path);
    expect(outputs['reason-code']).toBe('bad-input');
    expect(log).toContain(`path: "${path}" leads out of the workspace, to "../outside"`);
  }
  expect(await readFile(join(outside, 'a.yaml'), 'utf8')).toBe(good);
  const inside = await step(join(worktree, 'folder'), alias);
  expect(JSON.parse(inside.outputs['files'] ?? '')).toEqual(['inside.yaml']);
  expect(await readFile(join(worktree, 'folder', 'inside.yaml'), 'utf8')).toBe('image: acme/api:v2\n');
}, 60_000);
