import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startCluster } from './cluster/server.ts';
import { childrenOf } from './end-with-parent.ts';
import { startGitHub } from './github/server.ts';
import { startRegistry } from './registry/server.ts';
import { startSandbox } from './sandbox.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-isolation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('two sandboxes in one process do not see each other', () => {
  test('neither repositories, tokens, requests nor faults of a GitHub', async () => {
    const one = await startGitHub({ folder: join(folder, 'one') });
    const other = await startGitHub({ folder: join(folder, 'other') });
    try {
      await one.createRepository({ owner: 'acme', name: 'service', files: { 'a.txt': 'a' } });
      one.faults.add({ kind: 'status', status: 500 });
      const ask = async (url: string, token: string) =>
        (await fetch(`${url}/repos/acme/service`, { headers: { authorization: `token ${token}` } })).status;
      expect(await ask(other.apiUrl, other.tokens.admin)).toBe(404);
      expect(await ask(other.apiUrl, one.tokens.admin)).toBe(401);
      expect([one.requests.count(), other.requests.count()]).toEqual([0, 2]);
      expect(await ask(one.apiUrl, one.tokens.admin)).toBe(500);
      expect(await ask(one.apiUrl, one.tokens.admin)).toBe(200);
      expect(other.repositories()).toEqual([]);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });

  test('neither images of a registry nor objects and addresses of a cluster', async () => {
    const registries = await Promise.all([startRegistry(), startRegistry()]);
    const clusters = await Promise.all([startCluster(), startCluster()]);
    try {
      await registries[0].pushImage({ repository: 'acme/api', tag: 'v1', files: { a: '' } });
      const statusOf = async (url: string) => (await fetch(`${url}/v2/acme/api/manifests/v1`)).status;
      expect([await statusOf(registries[0].url), await statusOf(registries[1].url)]).toEqual([200, 404]);
      clusters[0].apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } } as never]);
      expect(clusters.map((cluster) => cluster.list('configmaps', 'shop').length)).toEqual([1, 0]);
      expect(clusters[0].nodeAddress).not.toBe(clusters[1].nodeAddress);
      const { token, url } = { token: clusters[0].tokens.admin, url: clusters[1].url };
      const answer = await fetch(`${url}/api/v1/pods`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(401);
    } finally {
      await Promise.all([...registries, ...clusters].map((part) => part.close()));
    }
  });
});

// A process or a file may be gone before it is looked at.
function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Local addresses, as /proc/net writes them, on which a process listens; https://man7.org/linux/man-pages/man5/proc_net.5.html */
function listeningAddresses(pid: number): string[] {
  const sockets = socketsOf(pid);
  const rows = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1));
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    return state === '0A' && sockets.includes(`socket:[${inode}]`) ? [local.split(':')[0] ?? ''] : [];
  });
}

// 127/8 ends in 7F because the bytes of an address stand in the machine's order; the other one is ::1.
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

test('nothing listens beyond loopback, and no connection leaves it while the sample starts and answers', async () => {
  const connected: string[] = [];
  const note = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    // A socket of the file system has no address.
    socket.once('connect', () => socket.remoteAddress !== undefined && connected.push(socket.remoteAddress));
  };
  subscribe('net.client.socket', note);
  try {
    const sandbox = await startSandbox({ folder });
    try {
      for (const url of Object.values(sandbox.versionUrls)) expect((await fetch(url)).status).toBe(200);
      const pids = [process.pid, ...childrenOf(process.pid)];
      const addresses = pids.flatMap(listeningAddresses);
      // GitHub, registry, cluster, and a pod in each environment.
      expect(addresses.length).toBeGreaterThanOrEqual(5);
      expect(addresses.filter((address) => !LOOPBACK.test(address))).toEqual([]);
    } finally {
      await sandbox.close();
    }
  } finally {
    unsubscribe('net.client.socket', note);
  }
  expect(connected.length).toBeGreaterThan(5);
  expect(connected.filter((address) => !/^(?:::ffff:)?127\.|^::1$/.test(address))).toEqual([]);
});
