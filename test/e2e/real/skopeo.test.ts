import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RegistrySettings } from '../../sandbox/registry/access.ts';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopeo-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function skopeo(...argv: string[]): Promise<string> {
  const options = { env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder } };
  return (await promisify(execFile)('skopeo', ['--insecure-policy', '--registries.d', folder, ...argv], options))
    .stdout;
}

describe.each<[string, Partial<RegistrySettings>]>([
  ['open to everybody', {}],
  ['with tokens', { challenge: 'bearer', anonymousPull: false }],
  ['with passwords', { challenge: 'basic', anonymousPull: false }],
  ['that tells no digest', { digestHeader: 'missing' }],
])('skopeo and a registry %s', (_, settings) => {
  let registry: RegistrySandbox;
  let digest: string;
  let credentials: string;

  beforeAll(async () => {
    registry = await startRegistry(settings);
    credentials = `${registry.credentials.username}:${registry.credentials.password}`;
    const image = { files: { 'app/run.js': 'run\n' }, config: { Env: ['A=1'], Labels: { version: 'v1' } } };
    const platforms = ['linux/amd64', 'linux/arm64'];
    digest = await registry.pushImage({ repository: 'acme/web', tag: 'v1', ...image, platforms });
  });

  afterAll(() => registry.close());

  test('inspect tells the digest, the tags and the configuration', async () => {
    const reference = `docker://${registry.host}/acme/web:v1`;
    const argv = ['inspect', '--tls-verify=false', '--creds', credentials];
    const told = JSON.parse(await skopeo('--override-arch=arm64', '--override-os=linux', ...argv, reference));
    expect(told).toMatchObject({ Digest: digest, RepoTags: ['v1'], Architecture: 'arm64', Labels: { version: 'v1' } });
    const raw = JSON.parse(await skopeo(...argv, '--raw', reference)) as { manifests: unknown[] };
    expect(raw.manifests).toHaveLength(2);
  });

  test('copy takes all platforms out, and in again under another name with the same digest', async () => {
    const kept = `dir:${await mkdtemp(join(folder, 'image-'))}`;
    const [from, to] = [`docker://${registry.host}/acme/web:v1`, `docker://${registry.host}/acme/copy:v1`];
    await skopeo('copy', '--all', '--quiet', '--src-tls-verify=false', '--src-creds', credentials, from, kept);
    const into = ['--dest-tls-verify=false', '--dest-creds', credentials];
    await skopeo('copy', '--all', '--preserve-digests', '--quiet', ...into, kept, to);
    const told = await skopeo('inspect', '--tls-verify=false', '--creds', credentials, '--format={{.Digest}}', to);
    expect(told.trim()).toBe(digest);
  });

  test('what is not there is said so', async () => {
    const argv = ['inspect', '--tls-verify=false', '--creds', credentials];
    await expect(skopeo(...argv, `docker://${registry.host}/acme/web:none`)).rejects.toThrow(/manifest unknown/);
  });
});
