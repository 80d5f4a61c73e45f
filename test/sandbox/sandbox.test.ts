import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';
import { childrenOf } from './end-with-parent.ts';
import { startSandbox } from './sandbox.ts';

let folder: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function allGone(pids: readonly number[]): Promise<number[]> {
  for (let turn = 0; turn < 100 && pids.some(isAlive); turn++) await new Promise((resolve) => setTimeout(resolve, 50));
  return pids.filter(isAlive);
}

/** Starts `npm run sandbox -- --json` as its own process and waits for its line. */
async function startMain(): Promise<{ child: ChildProcess; ready: Record<string, unknown>; containers: number[] }> {
  const main = join(projectRoot, 'build', 'test', 'sandbox', 'main.js');
  const env = { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [main, '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const line = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('\n')) resolve(text);
    });
  });
  return { child, ready: JSON.parse(line) as Record<string, unknown>, containers: childrenOf(child.pid ?? 0) };
}

describe('the sandbox', () => {
  test('runs the sample in both environments, and a merged commit reaches the cluster by itself', async () => {
    const sandbox = await startSandbox({ folder });
    try {
      const { github, cluster, image, versionUrls } = sandbox;
      // Without `close` the next request may come to a pod that is just ending, as with any service.
      const versionOf = async (url: string) => {
        const answer = await fetch(url, { headers: { connection: 'close' } });
        return ((await answer.json()) as { version: string }).version;
      };
      expect(await versionOf(versionUrls.staging)).toBe('v1.4.0');
      expect(await versionOf(versionUrls.production)).toBe('v1.4.0');
      const path = 'clusters/staging/thoughts-backend/deployment.yaml';
      const headers = { authorization: `token ${github.tokens.admin}` };
      const answer = await fetch(`${github.apiUrl}/repos/acme/gitops/contents/${path}`, { headers });
      const manifest = Buffer.from(((await answer.json()) as { content: string }).content, 'base64').toString();
      const program =
        "require('node:http').createServer((q, s) => s.end(JSON.stringify({ version: process.env.APP_VERSION }))).listen(8080);";
      const next = { 'package.json': '{"type":"commonjs"}', 'src/server.js': program };
      await sandbox.publish({ tag: 'v1.5.0', files: next, revision: '0' });
      await github.commit('acme/gitops', {
        message: 'staging to v1.5.0',
        files: { [path]: manifest.replace(`${image}:v1.4.0`, `${image}:v1.5.0`) },
      });
      const status = () => cluster.get('deployments', { namespace: 'staging', name: 'thoughts-backend' });
      await cluster.until('v1.5.0 is live', () => {
        const { updatedReplicas, availableReplicas, replicas } = status()?.status ?? {};
        const wanted = status()?.spec.template.spec.containers[0]?.image === `${image}:v1.5.0`;
        return (
          wanted &&
          status()?.status.observedGeneration === status()?.metadata.generation &&
          updatedReplicas === replicas &&
          availableReplicas === replicas
        );
      });
      expect(await versionOf(versionUrls.staging)).toBe('v1.5.0');
      expect(await versionOf(versionUrls.production)).toBe('v1.4.0');
    } finally {
      await sandbox.close();
    }
    expect(childrenOf(process.pid)).toEqual([]);
  });
});

describe('npm run sandbox', () => {
  test('prints where everything is, and ends with everything when it is interrupted', async () => {
    const { child, ready, containers } = await startMain();
    expect(Object.keys(ready)).toEqual(
      expect.arrayContaining([
        ...['pageUrl', 'apiUrl', 'graphqlUrl', 'serverUrl', 'registryUrl', 'kubernetesUrl', 'tokens', 'repositories'],
      ]),
    );
    expect(ready['repositories']).toEqual({ service: 'acme/thoughts-backend', gitops: 'acme/gitops' });
    expect(containers.length).toBeGreaterThanOrEqual(2);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await allGone(containers)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves no container behind when it is killed', async () => {
    const { child, containers } = await startMain();
    child.kill('SIGKILL');
    expect(await allGone(containers)).toEqual([]);
  });
});
