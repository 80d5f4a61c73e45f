import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sendRequest } from '#shared/http/send-request.ts';
import { type CredentialSource, dockerCredentials } from '#shared/registry/credentials.ts';
import { parseChallenge } from '#shared/registry/parse-challenge.ts';
import { connectRegistry } from '#shared/registry/registry.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';
import { describeRegistry } from './registry-suite.ts';

let registry: RegistrySandbox;
let digest = '';
let meter: RequestMeter;
const nobody: CredentialSource = async () => undefined;
const waits: number[] = [];
const timer = { now: () => 0, random: () => 0, sleep: async (ms: number) => void waits.push(ms) };

beforeEach(async () => {
  registry = await startRegistry();
  digest = await registry.pushImage({
    repository: 'acme/api',
    tag: 'v1',
    files: { 'a.txt': 'a' },
    platforms: ['linux/amd64', 'linux/arm64'],
  });
  registry.requests.clear();
  meter = new RequestMeter();
  waits.length = 0;
});

afterEach(() => registry.close());

const adapter = (credentials: CredentialSource = nobody) => connectRegistry({ credentials, meter, timer });
const name = () => `${registry.host}/acme/api`;

describeRegistry("the sandbox's registry", (challenge) => startRegistry({ challenge, anonymousPull: false }));

describe('a reference', () => {
  test('by tag is one HEAD request, which no registry counts as a pull', async () => {
    expect(await adapter().resolve(`${name()}:v1`)).toEqual({ digest });
    expect(registry.requests.entries.map(({ method }) => method)).toEqual(['HEAD']);
  });

  test('without a digest header is read and hashed', async () => {
    registry.settings.digestHeader = 'missing';
    expect(await adapter().resolve(`${name()}:v1`)).toEqual({ digest });
    expect(meter.count).toBe(2);
  });

  test('whose content is not what the header says is refused', async () => {
    registry.settings.digestHeader = 'wrong';
    await expect(adapter().resolve(`${name()}:v1`, { platforms: true })).rejects.toMatchObject({
      reasonCode: 'digest-mismatch',
    });
    await expect(adapter().resolve(`${name()}@${digest}`)).rejects.toMatchObject({ reasonCode: 'digest-mismatch' });
  });
});

describe('access', () => {
  test('is anonymous by a token where the registry allows that', async () => {
    Object.assign(registry.settings, { challenge: 'bearer', anonymousPull: true });
    expect(await adapter().resolve(`${name()}:v1`)).toEqual({ digest });
  });

  test('a forbidden repository is denied', async () => {
    registry.settings.denied.add('acme/api');
    await expect(adapter().resolve(`${name()}:v1`)).rejects.toMatchObject({ reasonCode: 'registry-denied' });
  });
});

describe('a registry in trouble', () => {
  test('is asked again when it asks to wait', async () => {
    registry.faults.add({ request: 1, kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    expect(await adapter().resolve(`${name()}:v1`)).toEqual({ digest });
    expect(waits).toEqual([7000]);
  });

  test('is asked again after server errors and broken connections', async () => {
    registry.faults.add({ request: 1, kind: 'status', status: 503 });
    registry.faults.add({ request: 2, kind: 'reset-before' });
    expect(await adapter().resolve(`${name()}:v1`)).toEqual({ digest });
  });

  test.each([
    [429, 'registry-rate-limited'],
    [500, 'registry-unavailable'],
  ])('that answers %s for good is %s', async (status, reasonCode) => {
    registry.faults.add({ request: 1, times: 10, kind: 'status', status });
    await expect(adapter().resolve(`${name()}:v1`)).rejects.toMatchObject({ reasonCode });
  });
});

describe('docker login', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const configure = (config: object) => writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const source = () => dockerCredentials({ DOCKER_CONFIG: folder });

  test('leaves accounts by host, Docker Hub under its old address, and identity tokens', async () => {
    const auth = Buffer.from('me:pass:word').toString('base64');
    await configure({
      auths: {
        'ghcr.io': { auth },
        'https://index.docker.io/v1/': { auth },
        'r.azurecr.io': { auth, identitytoken: 'refresh' },
      },
    });
    expect(await source()('ghcr.io')).toEqual({ username: 'me', password: 'pass:word' });
    expect(await source()('docker.io')).toEqual({ username: 'me', password: 'pass:word' });
    expect(await source()('r.azurecr.io')).toMatchObject({ identityToken: 'refresh' });
    expect(await source()('quay.io')).toBeUndefined();
  });

  test('asks a credential helper', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const helper = join(bin, 'docker-credential-test');
    await writeFile(helper, '#!/bin/sh\nread server\nprintf \'{"Username":"me","Secret":"of %s"}\' "$server"\n');
    await chmod(helper, 0o755);
    await configure({ credHelpers: { 'ghcr.io': 'test' } });
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}:${path}`;
    try {
      expect(await source()('ghcr.io')).toEqual({ username: 'me', password: 'of ghcr.io' });
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('nothing is found where there is no configuration', async () => {
    expect(await dockerCredentials({ DOCKER_CONFIG: join(folder, 'none') })('ghcr.io')).toBeUndefined();
  });
});

test('requests go through the proxy of the environment, on every version of Node', async () => {
  const seen: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    seen.push(request.url ?? '');
    const onward = connect(Number(registry.host.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await listen(proxy);
  const before = process.env['http_proxy'];
  try {
    process.env['http_proxy'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const reply = await sendRequest({ method: 'HEAD', url: 'http://registry.example/v2/acme/api/manifests/v1' });
    expect([reply.status, reply.headers['docker-content-digest']]).toEqual([200, digest]);
    expect(seen).toEqual(['registry.example:80']);
  } finally {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
    proxy.closeAllConnections();
    await new Promise((done) => proxy.close(done));
  }
});

function listen(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done()));
}

describe('challenges', () => {
  test.each([
    [
      'Bearer realm="https://a/token",service="s",scope="repository:x:pull,push"',
      'bearer',
      { realm: 'https://a/token', service: 's', scope: 'repository:x:pull,push' },
    ],
    ['bearer realm=https://a', 'bearer', { realm: 'https://a' }],
    ['Basic realm="x \\"y\\""', 'basic', { realm: 'x "y"' }],
    ['Negotiate, Basic realm="x"', 'basic', { realm: 'x' }],
  ])('%s', (header, scheme, parameters) => {
    expect(parseChallenge(header)).toEqual({ scheme, parameters });
  });

  test.each([undefined, '', 'Digest realm="x"'])('%s is none that is known', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
