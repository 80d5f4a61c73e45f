import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type GitHubSandbox, startGitHub } from '../github/server.ts';
import type { Followed } from './gitops/follow.ts';
import type { Condition } from './kube-objects.ts';
import { type Shop, startShop } from './start-shop.ts';

let shop: Shop;
let github: GitHubSandbox;
let folder: string;
let url: string;
let base: string;
const namespace = 'shop';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-gitops-'));
  [shop, github] = await Promise.all([startShop(), startGitHub({ folder })]);
  const files = {
    'app/kustomization.yaml': 'resources: [web.yaml]\nnamespace: shop\n',
    'app/web.yaml': stringify(shop.deployment('1.0')),
    'app/README.md': 'not a manifest',
  };
  ({ gitUrl: url, sha: base } = await github.createRepository({ owner: 'acme', name: 'gitops', files }));
  shop.cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
});

afterEach(async () => {
  await shop.close();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

function follow(kind: 'flux' | 'argo', more: object = {}): Followed {
  const token = github.tokens.readOnly;
  return shop.cluster.follow({
    kind,
    name: 'app',
    repository: url,
    token,
    path: 'app',
    targetNamespace: namespace,
    ...more,
  });
}

const commit = (files: Record<string, string | null>) => github.commit('acme/gitops', { message: 'change', files });
const update = (tag: string) => commit({ 'app/web.yaml': stringify(shop.deployment(tag)) });

interface FluxStatus {
  readonly conditions?: readonly Condition[];
  readonly lastAppliedRevision?: string;
  readonly lastAttemptedRevision?: string;
  readonly inventory?: { readonly entries: readonly { readonly id: string }[] };
}

const flux = () =>
  (shop.cluster.get('kustomizations', { namespace: 'flux-system', name: 'app' })?.status ?? {}) as FluxStatus;
const fluxReady = () => flux().conditions?.find(({ type }) => type === 'Ready');
const fluxApplied = (sha: string) =>
  shop.cluster.until(`Flux applied ${sha}`, () => flux().lastAppliedRevision === `main@sha1:${sha}`);

describe('Flux', () => {
  test('applies each commit, waits until it is healthy, and tells its revision', async () => {
    const followed = follow('flux');
    await fluxApplied(base);
    const sha = await update('1.1');
    followed.notify();
    await fluxApplied(sha);
    await shop.rolledOut('1.1');
    expect(flux().inventory?.entries).toEqual([{ id: 'shop_web_apps_Deployment', v: 'v1' }]);
    expect(fluxReady()).toMatchObject({ status: 'True', message: `Applied revision: main@sha1:${sha}` });
    const source = shop.cluster.list('gitrepositories', 'flux-system')[0]?.status as {
      artifact?: { revision: string };
    };
    expect(source.artifact?.revision).toBe(`main@sha1:${sha}`);
  });

  test('tells what kustomize cannot build, keeps what runs, and goes on with the next commit', async () => {
    const followed = follow('flux');
    await fluxApplied(base);
    const broken = await commit({ 'app/kustomization.yaml': 'resources: [web.yaml, missing.yaml]\n' });
    followed.notify();
    await shop.cluster.until('BuildFailed', () => fluxReady()?.reason === 'BuildFailed');
    expect(fluxReady()?.message).toMatch(
      /^kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'missing\.yaml': open .*: no such file or directory'/,
    );
    expect(flux().conditions?.[0]).toMatchObject({
      type: 'Reconciling',
      status: 'True',
      reason: 'ProgressingWithRetry',
    });
    expect([flux().lastAppliedRevision, flux().lastAttemptedRevision]).toEqual([
      `main@sha1:${base}`,
      `main@sha1:${broken}`,
    ]);
    const repaired = await commit({ 'app/kustomization.yaml': 'resources: [web.yaml]\n' });
    followed.notify();
    await fluxApplied(repaired);
  });

  test('names the line of broken YAML', async () => {
    await commit({ 'app/web.yaml': 'apiVersion: v1\nkind: [\n' });
    follow('flux');
    await shop.cluster.until('BuildFailed', () => fluxReady()?.reason === 'BuildFailed');
    expect(fluxReady()?.message).toMatch(/MalformedYAMLError: yaml: line \d+: .* in File: web\.yaml/);
  });

  test('fails the health check of a version that never gets ready', async () => {
    const followed = follow('flux', { timeoutSeconds: 5 });
    await fluxApplied(base);
    await update('crash');
    followed.notify();
    await shop.cluster.until('failed', () => fluxReady()?.reason === 'HealthCheckFailed');
    expect(fluxReady()?.message).toMatch(/timeout waiting for: \[Deployment\/shop\/web status: 'InProgress'\]$/);
  });

  test('applies nothing while it is suspended', async () => {
    const followed = follow('flux', { suspend: true });
    const fetched = () => shop.cluster.list('events', 'flux-system').some(({ reason }) => reason === 'NewArtifact');
    await shop.cluster.until('fetched', fetched);
    expect(shop.cluster.list('deployments', namespace)).toEqual([]);
    followed.suspend(false);
    await fluxApplied(base);
  });

  test('deletes what a commit removes', async () => {
    const followed = follow('flux');
    await fluxApplied(base);
    const sha = await commit({ 'app/kustomization.yaml': 'resources: []\n' });
    followed.notify();
    await fluxApplied(sha);
    expect(shop.cluster.list('deployments', namespace)).toEqual([]);
  });
});

interface ArgoStatus {
  readonly health?: { readonly status: string };
  readonly sync?: { readonly status: string; readonly revision: string };
  readonly operationState?: { readonly phase: string; readonly message?: string; readonly retryCount?: number };
}

const argo = () => (shop.cluster.get('applications', { namespace: 'argocd', name: 'app' })?.status ?? {}) as ArgoStatus;
const argoSynced = (sha: string, health: string) =>
  shop.cluster.until(`Argo CD: ${sha} ${health}`, () => {
    const { sync, health: now, operationState } = argo();
    return (
      sync?.revision === sha &&
      sync.status === 'Synced' &&
      now?.status === health &&
      operationState?.phase === 'Succeeded'
    );
  });

describe('Argo CD', () => {
  test('syncs each commit and tells the health of what it applied', async () => {
    const followed = follow('argo');
    await argoSynced(base, 'Healthy');
    const sha = await update('1.1');
    followed.notify();
    await argoSynced(sha, 'Progressing');
    await argoSynced(sha, 'Healthy');
    await shop.rolledOut('1.1');
  });

  test('is Degraded when the progress deadline is over', async () => {
    const followed = follow('argo');
    await argoSynced(base, 'Healthy');
    const spec = { progressDeadlineSeconds: 2 };
    const sha = await commit({ 'app/web.yaml': stringify(shop.deployment('crash', { spec })) });
    followed.notify();
    await argoSynced(sha, 'Degraded');
  });

  test('keeps a failed sync Running through its retries', async () => {
    const followed = follow('argo');
    await argoSynced(base, 'Healthy');
    await commit({
      'app/web.yaml': stringify(shop.deployment('1.1', { spec: { selector: { matchLabels: { app: 'shop' } } } })),
    });
    followed.notify();
    await shop.cluster.until('retried', () => argo().operationState?.retryCount === 1);
    const { operationState, sync } = argo();
    expect(operationState?.phase).toBe('Running');
    expect(operationState?.message).toMatch(
      /^one or more objects failed to apply, reason: .*Deployment\.apps "web" is invalid: .* Retrying attempt #2 at \d+:\d\d[AP]M\.$/,
    );
    expect(sync?.status).toBe('OutOfSync');
  });
});
