import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Shop, startShop } from './start-shop.ts';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
let shop: Shop;
let folder: string;

/** Runs real kubectl against the cluster; the exit code and everything that it said. */
function kubectl(...argv: string[]): Promise<{ exitCode: number; output: string }> {
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'config') };
  return new Promise((resolve) => {
    execFile('kubectl', argv, { env, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}

(hasKubectl ? describe : describe.skip)('real kubectl', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-kubectl-'));
    shop = await startShop({ tls: true });
    await writeFile(join(folder, 'config'), shop.cluster.kubeconfig(shop.cluster.tokens.admin, 'shop'));
    shop.cluster.apply([shop.deployment('1.0')]);
    await shop.rolledOut('1.0');
  });

  afterAll(async () => {
    await shop.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('lists, watches, and reads logs', async () => {
    expect((await kubectl('get', 'deployments', '-o', 'name')).output).toBe('deployment.apps/web\n');
    const watched = kubectl('get', 'pods', '--watch', '--request-timeout=2s');
    expect((await kubectl('logs', 'deployment/web')).output).toContain('up 1.0');
    expect((await watched).output.match(/^web-/gm)).toHaveLength(3);
  });

  test('changes the image, follows the rollout to its end, and undoes it', async () => {
    const image = `${shop.registry.host}/shop/web:1.1`;
    expect(await kubectl('set', 'image', 'deployment/web', `web=${image}`)).toMatchObject({ exitCode: 0 });
    const { exitCode, output } = await kubectl('rollout', 'status', 'deployment/web', '--timeout=15s');
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /Waiting for deployment "web" rollout to finish[\s\S]*deployment "web" successfully rolled out\n$/,
    );
    await kubectl('rollout', 'undo', 'deployment/web');
    expect((await kubectl('rollout', 'status', 'deployment/web', '--timeout=15s')).exitCode).toBe(0);
    await shop.rolledOut('1.0');
  });

  test('is refused what the token may not do', async () => {
    await writeFile(join(folder, 'config'), shop.cluster.kubeconfig(shop.cluster.tokens.verify, 'shop'));
    const { exitCode, output } = await kubectl('delete', 'deployment', 'web');
    expect(exitCode).toBe(1);
    expect(output).toContain('cannot delete resource "deployments" in API group "apps" in the namespace "shop"');
  });
});
