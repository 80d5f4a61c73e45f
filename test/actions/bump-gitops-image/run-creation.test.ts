import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const app = (place: string, tag: string) => `# The shop in production.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: ${place} # one a place
  labels: {env: '${place}', tier: production-like}
spec:
  template:
    spec:
      containers:
        - name: app
          image: ghcr.io/acme/shop:${tag}
          env:
            - {name: URL, value: "https://shop.${place}.example.com"}
            - {name: reproduction, value: production1}
`;
const overlay = (place: string) => `kind: Kustomization
namespace: ${place}
resources: [../../base/${place}]
patches:
  - patch: |
      kind: Ingress
      metadata: {name: shop, namespace: ${place}}
`;
const files = {
  'clusters/production/shop/app.yaml': app('production', 'v1.4.0'),
  'clusters/production/kustomization.yaml': overlay('production'),
  'clusters/production/production.md': 'Ask production.\n',
  'readme.md': 'x',
};
const wanted = {
  'clusters/demo/shop/app.yaml': app('demo', 'v1.3.9'),
  'clusters/demo/kustomization.yaml': overlay('demo'),
  'clusters/demo/demo.md': 'Ask production.\n',
};
const order = {
  ...{
    create: 'true',
    'from-environment': 'production',
    environment: 'demo',
    replace: 'production=demo',
    boundaries: './',
  },
  environments: 'production: clusters/production/**\ndemo: clusters/demo/**',
  ...{ image: 'ghcr.io/acme/shop', tag: 'v1.3.9', write: 'branch' },
};
let fixture: BumpFixture;
let worktree = '';

beforeEach(async () => {
  fixture = await startBumpFixture(files);
  worktree = join(fixture.folder, 'checkout');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(worktree, path)), { recursive: true });
    await writeFile(join(worktree, path), text);
  }
});

afterEach(() => fixture.close());

const writes = () => fixture.github.requests.entries.filter(({ write }) => write);
const bump = (given: Record<string, string> = {}) => fixture.bump({ ...order, ...given }, { worktree });

describe('an environment made from another', () => {
  test.each(['branch', 'direct'])('is one commit of the copies with names and version replaced (%s)', async (write) => {
    const report = await bump({ write });
    expect(report).toMatchObject({ reasonCode: 'bumped', outputs: { changed: true, direction: 'unknown' } });
    const branch = write === 'direct' ? 'main' : 'deploy/demo/shop';
    for (const [path, text] of Object.entries(wanted))
      expect([path, await fixture.read(branch, path)]).toEqual([path, text]);
    expect(writes()).toHaveLength(write === 'direct' ? 1 : 3);
    fixture.github.requests.clear();
    expect((await bump({ write })).reasonCode).toBe(write === 'direct' ? 'already-current' : 'branch-current');
    expect(writes()).toEqual([]);
  });

  test('is written into a checkout, modes kept, and a second run changes nothing', async () => {
    await chmod(join(worktree, 'clusters/production/shop/app.yaml'), 0o755);
    expect((await bump({ write: 'worktree' })).outputs.files).toEqual(Object.keys(wanted).sort());
    for (const [path, text] of Object.entries(wanted)) expect(await readFile(join(worktree, path), 'utf8')).toBe(text);
    expect(execFileSync('ls', ['-l', join(worktree, 'clusters/demo/shop/app.yaml')], { encoding: 'utf8' })).toMatch(
      /^-rwx/,
    );
    expect((await bump({ write: 'worktree' })).reasonCode).toBe('already-current');
  });

  test('shows the new files, and where the old name still stands', async () => {
    const { summary, outputs } = await bump({ write: 'none' });
    expect(summary).toContain('--- /dev/null\n+++ b/clusters/demo/shop/app.yaml\n@@ -0,0 +1,16 @@');
    expect(summary).toContain('| `clusters/demo/demo.md:1` |  | `the whole file` | `none` | new | unknown |');
    expect(outputs.unrecognised).toEqual([{ file: 'clusters/demo/demo.md', line: 1, image: 'production' }]);
  });

  test('adds what is missing beside equal files', async () => {
    const path = 'clusters/demo/kustomization.yaml';
    await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'a part', files: { [path]: wanted[path] } });
    expect((await bump()).outputs.files).toEqual(['clusters/demo/demo.md', 'clusters/demo/shop/app.yaml']);
  });

  test('keeps to whole values without boundaries', async () => {
    const { summary } = await bump({ boundaries: '', write: 'none' });
    expect(summary).toContain('+  namespace: demo # one a place');
    expect(summary).toContain('https://shop.production.example.com');
  });
});

test('a service made from another one', async () => {
  const given = {
    'from-environment': '',
    template: 'clusters/production/shop',
    'create-in': 'clusters/production/cart',
  };
  const replace = 'shop=cart\nghcr.io/acme/shop=ghcr.io/acme/cart';
  const set = 'deployment/cart#URL=https://cart.example.com';
  const image = 'ghcr.io/acme/cart';
  const report = await bump({ ...given, replace, set, image, boundaries: '/:.', environment: 'production' });
  expect(report.outputs).toMatchObject({
    branch: 'deploy/production/cart',
    files: ['clusters/production/cart/app.yaml'],
  });
  const expected = app('production', 'v1.3.9').replace('name: shop', 'name: cart').replace('acme/shop', 'acme/cart');
  expect(await fixture.read('deploy/production/cart', 'clusters/production/cart/app.yaml')).toBe(
    expected.replace('https://shop.production.example.com', 'https://cart.example.com'),
  );
});

describe('nothing is written', () => {
  afterEach(() => expect(writes()).toEqual([]));

  test('over a file with other content, which is named', async () => {
    const files = { 'clusters/demo/shop/app.yaml': 'kind: Other\n' };
    await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'other', files });
    await expect(bump()).rejects.toMatchObject({
      reasonCode: 'file-exists',
      message: expect.stringMatching(/^clusters\/demo\/shop\/app.yaml:1: it exists already/),
    });
  });

  test('from a folder that is not there', async () => {
    await expect(bump({ template: 'clusters/gone', 'from-environment': '' })).rejects.toMatchObject({
      message: expect.stringContaining('clusters/gone:1: there is no file in this folder'),
    });
  });

  test('when a name stands where it cannot be replaced exactly', async () => {
    const files = { 'clusters/production/x.yaml': 'a: 1\ne: "production.\n  b"\n' };
    await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'folded', files });
    await expect(bump()).rejects.toMatchObject({
      reasonCode: 'cannot-edit',
      message: 'clusters/production/x.yaml:2: the value spans several lines',
    });
  });

  test('when the inputs do not fit together', async () => {
    const problems = [
      bump({ template: 'a' }),
      bump({ create: 'false' }),
      bump({ 'create-in': 'clusters' }),
      bump({ 'create-in': 'clusters/production/x' }),
      bump({ files: '**' }),
      bump({ replace: 'a=b\na=c' }),
      bump({ environment: '', branch: 'x' }),
    ];
    for (const problem of problems) await expect(problem).rejects.toMatchObject({ reasonCode: 'bad-input' });
  });
});

test.each(['worktree', 'branch'])('a file or link in the place of a folder is named (%s)', async (write) => {
  const path = 'clusters/demo/shop';
  await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'file', files: { [path]: 'x' } });
  await mkdir(join(worktree, 'clusters/demo'));
  await symlink(tmpdir(), join(worktree, path));
  await expect(bump({ write })).rejects.toMatchObject({
    reasonCode: 'file-exists',
    message: 'clusters/demo/shop:1: no folder stands here, but a file, link or submodule',
  });
});

test('a file with the longest name is written, too', async () => {
  const path = `clusters/${'n'.repeat(250)}.yaml`;
  await writeFile(join(worktree, path), 'image: ghcr.io/acme/shop:v1.0.0\n');
  await fixture.bump({ image: 'ghcr.io/acme/shop', tag: 'v1.1.0', files: path }, { worktree });
  expect(await readFile(join(worktree, path), 'utf8')).toContain('v1.1.0');
});
