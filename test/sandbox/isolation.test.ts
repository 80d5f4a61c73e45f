import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isLoopback, openSockets, parseSocketLine } from '../support/open-sockets.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

let folder: string;
let one: Sandbox;
let other: Sandbox;
let connections: ReturnType<typeof watchConnections>;

beforeAll(async () => {
  // From the start, because a client keeps its connections.
  connections = watchConnections();
  folder = await mkdtemp(join(tmpdir(), 'sandbox-isolation-'));
  one = await startSandbox({ folder: join(folder, 'one') });
  other = await startSandbox({ folder: join(folder, 'other') });
});

afterAll(async () => {
  connections.end();
  await one.close();
  await other.close();
  await rm(folder, { recursive: true, force: true });
});

const service = 'acme/thoughts-backend';

/** The status of a request to a sandbox's API. */
async function ask({ github }: Sandbox, path: string, token: string): Promise<number> {
  const answer = await fetch(`${github.apiUrl}${path}`, { headers: { authorization: `token ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}

describe('two sandboxes in one process', () => {
  test('have repositories of their own, and commits', async () => {
    await one.github.createRepository({ owner: 'acme', name: 'only-here', files: { a: 'a' } });
    const sha = await one.github.commit(service, { message: 'here', files: { here: '1' } });
    const seen = (sandbox: Sandbox) =>
      Promise.all(
        ['/repos/acme/only-here', `/repos/${service}/git/commits/${sha}`].map((path) =>
          ask(sandbox, path, sandbox.github.tokens.admin),
        ),
      );
    expect([await seen(one), await seen(other)]).toEqual([
      [200, 200],
      [404, 404],
    ]);
  });

  test('do not know the tokens of each other', async () => {
    const { admin } = one.github.tokens;
    expect([await ask(one, '/user', admin), await ask(other, '/user', admin)]).toEqual([200, 401]);
    const pods = (sandbox: Sandbox, token: string) =>
      fetch(`${sandbox.cluster.url}/api/v1/namespaces/staging/pods`, { headers: { authorization: `Bearer ${token}` } });
    const token = Object.values(one.cluster.tokens)[0] ?? '';
    expect([(await pods(one, token)).status, (await pods(other, token)).status]).toEqual([200, 401]);
  });

  test('count their own requests, also against the limits, and take their own faults', async () => {
    const path = `/repos/${service}/git/ref/heads/main`;
    const [before, left] = [other.github.requests.count(path), remaining(other)];
    // Matched, because Flux and the kubelets ask, too.
    one.github.faults.add({ kind: 'status', status: 502, match: { path } });
    const { admin } = one.github.tokens;
    expect([await ask(one, path, admin), await ask(one, path, admin)]).toEqual([502, 200]);
    expect([other.github.requests.count(path), remaining(other)]).toEqual([before, left]);
    one.registry.faults.add({ kind: 'status', status: 503, match: { path: /^\/v2\/$/ } });
    one.cluster.faults.add({ kind: 'status', status: 500, match: { path: '/version' } });
    expect((await fetch(`${other.registry.url}/v2/`)).status).toBe(200);
    expect((await fetch(`${other.cluster.url}/version`)).status).not.toBe(500);
    expect((await fetch(`${one.registry.url}/v2/`)).status).toBe(503);
    expect((await fetch(`${one.cluster.url}/version`)).status).toBe(500);
  });

  test('have images and cluster objects of their own', async () => {
    await one.publish({ tag: 'v1.4.1', files: { 'package.json': '{}' }, revision: '0' });
    const image = ({ registry }: Sandbox) => fetch(`${registry.url}/v2/${service}/manifests/v1.4.1`);
    expect([(await image(one)).status, (await image(other)).status]).toEqual([200, 404]);
    const data = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'here', namespace: 'staging' }, data: {} };
    one.cluster.apply([data]);
    const found = ({ cluster }: Sandbox) => cluster.get('configmaps', { namespace: 'staging', name: 'here' });
    expect([found(one)?.metadata.name, found(other)]).toEqual(['here', undefined]);
    const addresses = ({ cluster }: Sandbox) => cluster.list('pods').map(({ status }) => status.podIP);
    expect(addresses(one).filter((address) => addresses(other).includes(address))).toEqual([]);
  });
});

function remaining({ github }: Sandbox): number {
  const actor = { kind: 'pat', login: 'octo-admin' } as Parameters<typeof github.limits.stateOf>[0];
  return github.limits.stateOf(actor, 'core').remaining;
}

describe('a sandbox', () => {
  test('listens on loopback only, its pods too', () => {
    const listening = openSockets().filter(({ isListening }) => isListening);
    const ports = listening.map(({ port }) => port);
    const servers = [one, other].flatMap(({ github, registry, cluster }) => [
      github.serverUrl,
      registry.url,
      cluster.url,
    ]);
    expect(ports).toEqual(expect.arrayContaining(servers.map((url) => Number(new URL(url).port))));
    const pods = [one, other].flatMap(({ cluster }) => cluster.list('pods').map(({ status }) => status.podIP ?? ''));
    expect(listening.map(({ local }) => local)).toEqual(expect.arrayContaining(pods));
    expect(listening.filter(({ local }) => !isLoopback(local))).toEqual([]);
  });

  test('connects to loopback only, from its start to a delivered version', async () => {
    const { github, cluster, registry, image, publish } = one;
    const { reached } = connections;
    const held = new Set<string>();
    // What git and the pods connect to is seen from outside of them.
    const look = setInterval(() => {
      for (const { remote, isListening } of openSockets()) if (!isListening) held.add(remote);
    }, 100).unref();
    const program = "require('node:http').createServer((q, s) => s.end('{}')).listen(8080);";
    const files = { 'package.json': '{"type":"commonjs"}', 'src/server.js': program };
    await publish({ tag: 'v1.5.0', files, revision: '0' });
    const path = 'clusters/staging/thoughts-backend/deployment.yaml';
    const headers = { authorization: `token ${github.tokens.admin}` };
    const answer = await fetch(`${github.apiUrl}/repos/acme/gitops/contents/${path}`, { headers });
    const manifest = Buffer.from(((await answer.json()) as { content: string }).content, 'base64').toString();
    const next = manifest.replace(`${image}:v1.4.0`, `${image}:v1.5.0`);
    const sha = await github.commit('acme/gitops', { message: 'staging to v1.5.0', files: { [path]: next } });
    await cluster.until('v1.5.0 is live', () => {
      const { status } = cluster.get('kustomizations', { namespace: 'flux-system', name: 'staging' }) ?? {};
      return (status as { lastAppliedRevision?: string }).lastAppliedRevision?.endsWith(sha) === true;
    });
    clearInterval(look);
    const pods = cluster.list('pods', 'staging').map(({ status }) => `${status.podIP}:8080`);
    expect([...reached]).toEqual(expect.arrayContaining([registry.host, new URL(github.apiUrl).host, ...pods]));
    expect([...reached].filter((host) => !isLoopback(host.replace(/:\d+$/, '')))).toEqual([]);
    expect(held.size).toBeGreaterThan(0);
    // 0.0.0.0 is the other side of a socket that has none, not yet or no more.
    expect([...held].filter((address) => !isLoopback(address) && address !== '0.0.0.0')).toEqual([]);
  });
});

/** Collects `host:port` of every connection that this process tries, and the names that it looks up. */
function watchConnections(): { reached: Set<string>; end(): void } {
  const reached = new Set<string>();
  const see = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (ip: string, port: number) => reached.add(`${ip}:${port}`));
    socket.on('lookup', (_error: Error | null, address: string) => reached.add(address));
  };
  subscribe('net.client.socket', see);
  return { reached, end: () => void unsubscribe('net.client.socket', see) };
}

describe('the reader of sockets', () => {
  const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const rest = '00000000:00000000 00:00000000 00000000  1000        0 910094 1 0000000000000000 100 0 0 10 0';
  const read = (local: string, state = '0A') =>
    parseSocketLine(`   1: ${local} ${'0'.repeat(local.length - 5)}:0000 ${state} ${rest}`);

  test('tells an address of loopback from all addresses and from others', () => {
    const one = read('03D81C7F:1F90');
    expect(one).toEqual({ local: '127.28.216.3', port: 8080, remote: '0.0.0.0', isListening: true, inode: '910094' });
    const found = ['00000000:1F90', '0100000A:1F90', `${'0'.repeat(32)}:1F90`, `${'0'.repeat(24)}01000000:1F90`];
    const mapped = ['0000000000000000FFFF00000100007F:1F90', '0000000000000000FFFF00000100000A:1F90'];
    const locals = [...found, ...mapped].map((local) => read(local)?.local ?? '');
    expect(locals.slice(0, 4)).toEqual(['0.0.0.0', '10.0.0.1', '::', '::1']);
    expect(locals.slice(4)).toEqual(['::ffff:127.0.0.1', '::ffff:10.0.0.1']);
    expect(locals.map(isLoopback)).toEqual([false, false, false, true, true, false]);
    expect(parseSocketLine(heading)).toBeUndefined();
    expect(read('0100007F:1F90', '01')?.isListening).toBe(false);
  });
});
