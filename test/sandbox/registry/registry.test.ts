import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf, mediaTypes } from './content.ts';
import { type RegistrySandbox, startRegistry } from './server.ts';
import { readTar, writeTar } from './tar.ts';

let registry: RegistrySandbox;
let digest: string;

beforeEach(async () => {
  registry = await startRegistry();
  digest = await registry.pushImage({ repository: 'acme/api', tag: 'v1', files: { 'app/a.js': '1' } });
  registry.requests.clear();
});

afterEach(() => registry.close());

const at = (path: string, init: RequestInit = {}) => fetch(`${registry.url}/v2/acme/api/${path}`, init);
const errorOf = async (response: Response) =>
  ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code;

describe('what is pushed', () => {
  test('comes back by tag and by digest, and its digest is the hash of its bytes', async () => {
    const byTag = await at('manifests/v1');
    const bytes = Buffer.from(await byTag.arrayBuffer());
    expect(byTag.headers.get('docker-content-digest')).toBe(digest);
    expect(digestOf(bytes)).toBe(digest);
    expect(Buffer.from(await (await at(`manifests/${digest}`)).arrayBuffer())).toEqual(bytes);
    expect((await at('manifests/v1', { method: 'HEAD' })).headers.get('content-type')).toBe(mediaTypes.manifest);
  });

  test('is the same image for the same files, and another for others', async () => {
    const again = await registry.pushImage({ repository: 'acme/api', tag: 'v2', files: { 'app/a.js': '1' } });
    const other = await registry.pushImage({ repository: 'acme/api', tag: 'v3', files: { 'app/a.js': '2' } });
    expect(again).toBe(digest);
    expect(other).not.toBe(digest);
    expect(await (await at('tags/list')).json()).toEqual({ name: 'acme/api', tags: ['v1', 'v2', 'v3'] });
  });

  test('for several platforms is an index that names each', async () => {
    const platforms = ['linux/amd64', 'linux/arm64'];
    await registry.pushImage({ repository: 'acme/api', tag: 'multi', files: { a: '' }, platforms });
    const response = await at('manifests/multi');
    const { manifests } = (await response.json()) as { manifests: { platform: object }[] };
    expect(response.headers.get('content-type')).toBe(mediaTypes.index);
    expect(manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
  });

  test('in chunks is told after each how much is there', async () => {
    const begun = await at('blobs/uploads/', { method: 'POST' });
    const upload = registry.url + begun.headers.get('location');
    const send = async (body: string) => (await fetch(upload, { method: 'PATCH', body })).headers.get('range');
    expect([await send('abcd'), await send('ef')]).toEqual(['0-3', '0-5']);
    const whole = digestOf('abcdefg');
    const done = await fetch(`${upload}?digest=${whole}`, { method: 'PUT', body: 'g' });
    expect([done.status, await (await at(`blobs/${whole}`)).text()]).toEqual([201, 'abcdefg']);
  });

  test('is refused when its layers are not there or the digest is wrong', async () => {
    const layers = [{ mediaType: mediaTypes.layer, digest: `sha256:${'0'.repeat(64)}`, size: 1 }];
    const missing = await at('manifests/v9', { method: 'PUT', body: JSON.stringify({ layers }) });
    expect([missing.status, await errorOf(missing)]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
    const wrong = await at(`manifests/sha256:${'0'.repeat(64)}`, { method: 'PUT', body: '{}' });
    expect([wrong.status, await errorOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
  });
});

describe('a registry', () => {
  test('says what is unknown', async () => {
    const tag = await at('manifests/v9');
    expect([tag.status, await errorOf(tag)]).toEqual([404, 'MANIFEST_UNKNOWN']);
    const repository = await fetch(`${registry.url}/v2/acme/none/tags/list`);
    expect([repository.status, await errorOf(repository)]).toEqual([404, 'NAME_UNKNOWN']);
  });

  test('with immutable tags takes the same digest again and no other', async () => {
    registry.settings.immutableTags = true;
    const image = { repository: 'acme/api', tag: 'v1' };
    expect(await registry.pushImage({ ...image, files: { 'app/a.js': '1' } })).toBe(digest);
    await expect(registry.pushImage({ ...image, files: { 'app/a.js': '2' } })).rejects.toThrow('409');
  });

  test('with a Bearer challenge gives a token for what the scope says, and pushes only to those it knows', async () => {
    registry.settings.challenge = 'bearer';
    const refused = await at('manifests/v1');
    const challenge = refused.headers.get('www-authenticate') ?? '';
    expect(refused.status).toBe(401);
    expect(challenge).toMatch(/^Bearer realm="http.*\/token",service="sandbox",scope="repository:acme\/api:pull"$/);
    const answer = await fetch(`${registry.url}/token?scope=repository:acme/api:pull,push`);
    const authorization = `Bearer ${((await answer.json()) as { token: string }).token}`;
    expect((await at('manifests/v1', { headers: { authorization } })).status).toBe(200);
    expect((await at('manifests/v2', { method: 'PUT', body: '{}', headers: { authorization } })).status).toBe(401);
    expect(await registry.pushImage({ repository: 'acme/api', tag: 'v2', files: { a: '' } })).toMatch(/^sha256:/);
  });

  test('limits pulls as Docker Hub does: a manifest that is read is a pull, one that is only looked at is none', async () => {
    registry.settings.pullLimit = 2;
    const head = await at('manifests/v1', { method: 'HEAD' });
    expect([head.status, head.headers.get('ratelimit-remaining')]).toEqual([200, '2;w=21600']);
    const remaining = [await at('manifests/v1'), await at('manifests/v1')].map((pull) =>
      pull.headers.get('ratelimit-remaining'),
    );
    expect(remaining).toEqual(['1;w=21600', '0;w=21600']);
    const third = await at('manifests/v1');
    expect([third.status, await errorOf(third)]).toEqual([429, 'TOOMANYREQUESTS']);
    expect((await at('manifests/v1', { method: 'HEAD' })).status).toBe(200);
  });

  test('can be private, deny a repository, leave out the digest or limit the rate', async () => {
    Object.assign(registry.settings, { challenge: 'basic', anonymousPull: false });
    expect((await at('manifests/v1')).headers.get('www-authenticate')).toBe('Basic realm="sandbox"');
    Object.assign(registry.settings, { challenge: 'none', digestHeader: 'missing' });
    expect((await at('manifests/v1')).headers.has('docker-content-digest')).toBe(false);
    registry.settings.denied.add('acme/api');
    const denied = await at('manifests/v1');
    expect([denied.status, await errorOf(denied)]).toEqual([403, 'DENIED']);
    registry.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    expect((await at('manifests/v1')).headers.get('retry-after')).toBe('7');
  });
});

describe('archives', () => {
  test('are read by tar, and those of tar are read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-tar-'));
    const long = `${'folder/'.repeat(30)}file.txt`;
    try {
      writeFileSync(
        join(folder, 'a.tar'),
        writeTar({ 'a/b.txt': 'text', [`${'x'.repeat(60)}/${'y'.repeat(60)}`]: 'split' }),
      );
      expect(execFileSync('tar', ['-xOf', 'a.tar', 'a/b.txt'], { cwd: folder }).toString()).toBe('text');
      execFileSync('mkdir', ['-p', 'folder/'.repeat(30)], { cwd: folder });
      writeFileSync(join(folder, long), 'deep');
      for (const format of ['pax', 'gnu']) {
        execFileSync('tar', ['--format', format, '-cf', `${format}.tar`, long], { cwd: folder });
        const [entry] = readTar(readFileSync(join(folder, `${format}.tar`)));
        expect([entry?.path, entry?.content.toString()]).toEqual([long, 'deep']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
