import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Shop, startShop } from '../../sandbox/cluster/start-shop.ts';

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

describe('real kubectl', () => {
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

  test('prints the columns of every kind, as from a real API server', async () => {
    const lines = async (...argv: string[]) => (await kubectl('get', ...argv)).output.trimEnd().split('\n');
    const [header, row] = await lines('deployments', '-o', 'wide');
    expect(header?.split(/ {2,}/)).toEqual([
      ...['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE', 'CONTAINERS', 'IMAGES', 'SELECTOR'],
    ]);
    expect(row).toMatch(/^web +3\/3 +3 +3 +\d+s +web +127\.0\.0\.1:\d+\/shop\/web:1\.0 +app=web$/);
    const pods = await lines('pods', '-o', 'wide');
    expect(pods[0]).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/);
    expect(pods.slice(1)).toHaveLength(3);
    for (const pod of pods.slice(1)) {
      expect(pod).toMatch(/^web-\S+ +1\/1 +Running +0 +\d+s +127\.[\d.]+ +node-\d +<none> +<none>$/);
    }
    expect((await lines('nodes'))[1]).toMatch(/^node-0 +Ready +<none> +\d+s/);
    expect((await lines('events'))[0]).toMatch(/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/);
    const kinds = ['services', 'endpoints', 'configmaps', 'secrets', 'namespaces', 'serviceaccounts', 'resourcequotas'];
    const others = ['rs', 'sts', 'ds', 'controllerrevisions', 'jobs', 'cronjobs', 'ks', 'gitrepo', 'applications'];
    expect(await kubectl('get', [...kinds, ...others].join(','), '--all-namespaces')).toMatchObject({ exitCode: 0 });
  });

  test('watches with one header, and rows as they change', async () => {
    const watched = kubectl('get', 'deployment/web', '--watch', '--request-timeout=4s');
    // What comes before the watch is open would be in the list.
    while (shop.cluster.watches.count === 0) await delay(20);
    await kubectl('patch', 'deployment/web', '--patch={"spec":{"replicas":2}}');
    const lines = (await watched).output.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('NAME'))).toHaveLength(1);
    expect(lines[1]).toMatch(/^web +3\/3/);
    expect(lines.at(-1)).toMatch(/^web +2\/2 +2 +2/);
    await kubectl('patch', 'deployment/web', '--patch={"spec":{"replicas":3}}');
    await shop.rolledOut('1.0');
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
