import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHubClient } from '#shared/github/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { connectRegistry } from '#shared/registry/registry.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer } from '#shared/retry.ts';
import { inputSpec } from '../../../actions/bump-gitops-image/src/inputs.ts';
import { run } from '../../../actions/bump-gitops-image/src/run.ts';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';

let folder = '';
let registry: RegistrySandbox;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worktree-'));
  registry = await startRegistry();
});

afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

async function put(path: string, text: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text, { mode });
}

const textOf = (path: string) => readFile(join(folder, path), 'utf8');

function bump(given: Record<string, string>) {
  const environment = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  const credentials = async () => undefined;
  // A checkout is changed without GitHub: any request would be a defect.
  const github = new Proxy({} as GitHubClient, { get: () => () => Promise.reject(new Error('no request was due')) });
  return run(readInputs(inputSpec, environment), {
    runner: recordingRunner(),
    github,
    registry: connectRegistry({ credentials, meter: new RequestMeter() }),
    timer: systemTimer,
    worktree: folder,
  });
}

describe('a checkout', () => {
  test('is changed in every file that holds the image, keeping modes, and leaves no temporary file', async () => {
    await put('a/app.yaml', 'image: acme/api:v1\r\n');
    await put('b/run.yaml', 'image: "acme/api:v1"', 0o755);
    await put('b/other.yaml', 'image: acme/other:v1\n');
    await put('node_modules/x.yaml', 'image: acme/api:v1\n');
    const report = await bump({ image: 'acme/api', tag: 'v2' });
    expect(report).toMatchObject({
      reasonCode: 'bumped',
      outputs: { files: ['a/app.yaml', 'b/run.yaml'], branch: undefined },
    });
    expect(await textOf('a/app.yaml')).toBe('image: acme/api:v2\r\n');
    expect(await textOf('b/run.yaml')).toBe('image: "acme/api:v2"');
    expect((await stat(join(folder, 'b/run.yaml'))).mode & 0o111).not.toBe(0);
    expect(await textOf('node_modules/x.yaml')).toContain('v1');
    expect((await readdir(join(folder, 'b'))).sort()).toEqual(['other.yaml', 'run.yaml']);
    expect((await bump({ image: 'acme/api', tag: 'v2' })).reasonCode).toBe('already-current');
  });

  test('is left alone, whole, when one of the images cannot be changed', async () => {
    await put('a.yaml', 'image: acme/api:v1\n');
    await put('b.yaml', 'repository: acme/web\ntag: "v\\x31"\n');
    await expect(bump({ images: 'acme/api=v2\nacme/web=v2' })).rejects.toMatchObject({ reasonCode: 'cannot-edit' });
    expect(await textOf('a.yaml')).toBe('image: acme/api:v1\n');
  });

  test('a folder that is a link leads nowhere', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'a.yaml'), 'image: acme/api:v1\n');
    await symlink(outside, join(folder, 'link'));
    await expect(bump({ image: 'acme/api', tag: 'v2', files: 'link/a.yaml' })).rejects.toMatchObject({
      reasonCode: 'unsafe-file',
    });
    expect(await readFile(join(outside, 'a.yaml'), 'utf8')).toContain('v1');
    await rm(outside, { recursive: true });
  });

  test('large files that a glob finds are named in a warning', async () => {
    await put('a.yaml', 'image: acme/api:v1\n');
    await put('crds.yaml', `#${'x'.repeat(1_000_001)}`);
    const report = await bump({ image: 'acme/api', tag: 'v2' });
    expect(report.annotations).toEqual([{ level: 'warning', message: expect.stringContaining('crds.yaml') }]);
  });

  test('that is not there is told as such', async () => {
    await rm(folder, { recursive: true });
    await expect(bump({ image: 'acme/api', tag: 'v2' })).rejects.toMatchObject({ reasonCode: 'no-checkout' });
  });

  test('names near names also where no file held the name', async () => {
    await put('a.yaml', 'image: ghcr.io/acme/thoughts:v1\n');
    await expect(bump({ image: 'ghcr.io/acme/toughts', tag: 'v2' })).rejects.toMatchObject({
      reasonCode: 'no-occurrence',
      message: expect.stringContaining('Near names: ghcr.io/acme/thoughts'),
    });
  });

  test('says where the name stands without being understood', async () => {
    await put('a.yaml', 'image: acme/api:v1\nscript: docker run acme/api:v1\n');
    const report = await bump({ image: 'acme/api', tag: 'v2' });
    expect(report.outputs.unrecognised).toEqual([{ file: 'a.yaml', line: 2, image: 'acme/api' }]);
  });

  test('a missing image may be a warning', async () => {
    await put('a.yaml', 'image: acme/api:v1\n');
    const report = await bump({ images: 'acme/api=v2\nacme/gone=v2', 'on-missing': 'warn' });
    expect(report).toMatchObject({ reasonCode: 'bumped', annotations: [{ level: 'warning' }] });
    expect(await textOf('a.yaml')).toBe('image: acme/api:v2\n');
  });
});

describe('the image in the registry', () => {
  const name = () => `${registry.host}/acme/api`;

  test('is pinned by the digest that the registry has', async () => {
    const digest = await registry.pushImage({ repository: 'acme/api', tag: 'v2', files: { 'app.txt': 'v2' } });
    await put('a.yaml', `image: ${name()}:v1@sha256:${'0'.repeat(64)}\n`);
    const report = await bump({ image: name(), tag: 'v2' });
    expect(await textOf('a.yaml')).toBe(`image: ${name()}:v2@${digest}\n`);
    expect(report.outputs.digest).toBe(digest);
  });

  test('has to exist before anything is written', async () => {
    await put('a.yaml', `image: ${name()}:v1\n`);
    await expect(bump({ image: name(), tag: 'v2', 'verify-image': 'exists' })).rejects.toMatchObject({
      reasonCode: 'image-not-found',
    });
    expect(await textOf('a.yaml')).toContain('v1');
  });

  test('has to have the given digest', async () => {
    await registry.pushImage({ repository: 'acme/api', tag: 'v2', files: { 'app.txt': 'v2' } });
    await put('a.yaml', `image: ${name()}:v1\n`);
    const digest = `sha256:${'1'.repeat(64)}`;
    await expect(bump({ image: name(), tag: 'v2', digest, 'verify-image': 'digest' })).rejects.toMatchObject({
      reasonCode: 'digest-mismatch',
    });
  });

  test('has to have every platform', async () => {
    await registry.pushImage({
      repository: 'acme/api',
      tag: 'v2',
      files: { 'app.txt': 'v2' },
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    await put('a.yaml', `image: ${name()}:v1\n`);
    const order = { image: name(), tag: 'v2', 'verify-image': 'platforms' };
    await expect(bump({ ...order, platforms: 'linux/amd64\nlinux/s390x' })).rejects.toMatchObject({
      reasonCode: 'platform-missing',
    });
    expect((await bump({ ...order, platforms: 'linux/amd64\nlinux/arm64' })).reasonCode).toBe('bumped');
  });
});

describe('key paths that lead nowhere', () => {
  test('are told with the paths that are near', async () => {
    await put('a.yaml', 'spec:\n  images: [{tag: v1}, {tag: v1}]\n');
    const refused = bump({ image: 'acme/api', tag: 'v2', 'key-paths': 'spec.images[7].tag' });
    await expect(refused).rejects.toMatchObject({
      reasonCode: 'no-occurrence',
      message: expect.stringContaining('near paths: spec.images[0], spec.images[1]'),
    });
  });

  test.each([
    ['[7].tag', '[0].tag, [1].tag'],
    ['[1].web.tag', '[1].tag'],
  ])('are told with the documents that there are: %s', async (path, near) => {
    await put('a.yaml', 'tag: v1\n---\ntag: v1\n');
    const message = expect.stringContaining(`The key path ${path} leads nowhere; near paths: ${near}.`);
    const refused = bump({ image: 'acme/api', tag: 'v2', 'key-paths': path });
    await expect(refused).rejects.toMatchObject({ message });
  });

  test.each(['a[-1]', 'a[x]', 'a[0', 'a..b'])('%s is refused before anything is read', async (path) => {
    await expect(async () => bump({ image: 'acme/api', tag: 'v2', 'key-paths': path })).rejects.toThrow(/key-paths/);
  });
});

test('the version of a chart changes when asked, and other values that hide the tag are told', async () => {
  const chart = 'apiVersion: v2\nname: api\nappVersion: 1.0.0\n';
  await put('api/Chart.yaml', chart);
  await put('api/values.yaml', 'image:\n  repository: acme/api\n  tag: v1.0.0\n');
  await put('api/values-live.yaml', 'image:\n  tag: v0.9.0\n');
  const asked = { image: 'acme/api', tag: 'v2.0.0', 'dry-run': 'true' };
  expect((await bump(asked)).outputs).toMatchObject({ files: ['api/values.yaml'] });
  const report = await bump({ ...asked, 'app-version': 'true', 'dry-run': 'false' });
  expect(report).toMatchObject({
    outputs: {
      files: ['api/Chart.yaml', 'api/values.yaml'],
      shadowed: [
        {
          ...{ file: 'api/values.yaml', line: 3, image: 'acme/api', by: { file: 'api/values-live.yaml', line: 2 } },
          ...{ version: 'v0.9.0', why: 'Helm values, when that file is used' },
        },
      ],
    },
    annotations: [
      {
        ...{ level: 'warning', file: 'api/values.yaml', startLine: 3 },
        message:
          'api/values-live.yaml:2 sets acme/api to v0.9.0 and hides this change (Helm values, when that file is used).',
      },
    ],
    summary: expect.stringContaining('| `api/values.yaml:3` | `acme/api` | `api/values-live.yaml:2` | `v0.9.0` |'),
  });
  expect(await textOf('api/Chart.yaml')).toBe(chart.replace('1.0.0', '2.0.0'));
});

test.each(['base/app.yaml', 'base/**'])('kustomizations outside of `files: %s` hide a change, too', async (files) => {
  await put('base/app.yaml', 'kind: Job\nspec:\n  containers:\n  - image: acme/api:v1\n');
  await put('base/kustomization.yaml', 'resources: ["app.yaml"]\n');
  await put(
    'live/kustomization.yaml',
    'resources: [../base]\npatches: [{path: ""}, {path: "*.yaml"}, {path: ../..}]\n',
  );
  await put('top/kustomization.yaml', 'resources: [../live]\nimages:\n- name: acme/api\n  newTag: v1\n');
  await symlink('top/kustomization.yaml', join(folder, 'kustomization.yaml'));
  const { outputs } = await bump({ image: 'acme/api', tag: 'v2', files });
  expect(outputs.shadowed).toEqual([
    {
      ...{ file: 'base/app.yaml', line: 4, image: 'acme/api', by: { file: 'top/kustomization.yaml', line: 4 } },
      ...{ version: 'v1', why: 'images of the overlay' },
    },
  ]);
});
