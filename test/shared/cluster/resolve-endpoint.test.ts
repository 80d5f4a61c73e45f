import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectCluster } from '#shared/cluster/client.ts';
import type { ClusterAccess } from '#shared/cluster/cluster-access.ts';
import { resolveEndpoint } from '#shared/cluster/resolve-endpoint.ts';
import { sendRequest } from '#shared/cluster/send-request.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer } from '#shared/retry.ts';
import { ScriptedApiServer } from './scripted-api-server.ts';

let folder: string;
let server: ScriptedApiServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endpoint-'));
  server = await new ScriptedApiServer().start();
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function access(change: Partial<ClusterAccess>): ClusterAccess {
  return {
    apiUrl: '',
    token: '',
    ca: '',
    kubeconfig: '',
    context: '',
    temporaryFolder: folder,
    log: () => {},
    ...change,
  };
}

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function writeKubeconfig(): Promise<string> {
  const path = join(folder, 'kubeconfig');
  const clusters = [{ name: 'shop', cluster: { server: server.url } }];
  const users = [{ name: 'ci', user: { token: server.token } }];
  const contexts = [{ name: 'shop', context: { cluster: 'shop', user: 'ci' } }];
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, users, contexts }));
  return path;
}

describe('the way into a cluster', () => {
  test('by URL and token, with a certificate authority in PEM or in base64', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    for (const ca of [pem, Buffer.from(pem).toString('base64')]) {
      const { endpoint } = await resolveEndpoint(access({ apiUrl: server.url, token: 'x', ca }));
      expect({ ca: endpoint.ca, token: endpoint.readToken() }).toEqual({ ca: pem, token: 'x' });
    }
  });

  test('none at all says what to set', async () => {
    await expect(resolveEndpoint(access({}))).rejects.toMatchObject({ reasonCode: 'cluster-not-configured' });
  });

  test('by kubeconfig: kubectl reads, refuses to write, and leaves nothing behind', async () => {
    const kubeconfig = await writeKubeconfig();
    if (!hasKubectl()) {
      await expect(resolveEndpoint(access({ kubeconfig }))).rejects.toMatchObject({ reasonCode: 'kubectl-missing' });
      return;
    }
    server.demandsToken = false;
    server.put('pods', { metadata: { name: 'a', namespace: 'shop' } });
    const { endpoint, close } = await resolveEndpoint(access({ kubeconfig, context: 'shop' }));
    const client = connectCluster({ endpoint, meter: new RequestMeter(), timer: systemTimer });
    expect((await client.list({ resource: 'pods', namespace: 'shop' })).items).toHaveLength(1);
    const socketFolder = await stat(dirname(endpoint.socketPath ?? ''));
    expect(socketFolder.mode & 0o777).toBe(0o700);
    expect(await statusOfPost(endpoint.socketPath ?? '')).toBe(403);
    client.close();
    await close();
    expect(await readdir(folder)).toEqual(['kubeconfig']);
  });

  test('a kubeconfig without the context is told in kubectl’s words', async () => {
    const kubeconfig = await writeKubeconfig();
    const code = hasKubectl() ? 'cluster-not-configured' : 'kubectl-missing';
    await expect(resolveEndpoint(access({ kubeconfig, context: 'nowhere' }))).rejects.toMatchObject({
      reasonCode: code,
    });
  });

  test('a server that never answers is an error, not a hang', async () => {
    const { endpoint } = await resolveEndpoint(access({ apiUrl: 'http://127.0.0.1:1' }));
    await expect(sendRequest(endpoint, '/', { headerTimeoutMs: 500, agent: undefined as never })).rejects.toThrow();
  });
});

async function statusOfPost(socketPath: string): Promise<number | undefined> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path: '/api/v1/namespaces/shop/pods' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}
