import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../support/action-manifest.ts';
import type { Condition } from './cluster/kube-objects.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster/server.ts';
import { type GitHubSandbox, startGitHub } from './github/server.ts';
import { servePage } from './page/serve-page.ts';
import { type RegistrySandbox, startRegistry } from './registry/server.ts';

/** The environments of the sample, each a folder of acme/gitops, a namespace and a Kustomization in flux-system. */
export const environments = ['staging', 'production'] as const;

/** One of the sample's environments. */
export type SandboxEnvironment = (typeof environments)[number];

/** The version of the sample service that runs at the start. */
export const firstVersion = 'v1.4.0';

/** A GitHub, a registry and a cluster that follows acme/gitops, with acme/thoughts-backend running in it. */
export interface Sandbox {
  readonly github: GitHubSandbox;
  readonly registry: RegistrySandbox;
  readonly cluster: Cluster;
  /** Where the running service tells its version, by environment. */
  readonly versionUrls: Readonly<Record<SandboxEnvironment, string>>;
  /** The image of the service without a tag. */
  readonly image: string;
  /** Builds the image of the service from files of its repository, as its Dockerfile does; gives the digest. */
  publish(version: { tag: string; files: Readonly<Record<string, string>>; revision: string }): Promise<string>;
  close(): Promise<void>;
}

const service = 'acme/thoughts-backend';
const gitops = 'acme/gitops';

/** How a sandbox is started. */
export interface SandboxOptions {
  /** Everything that is kept goes below it; it is the caller's to remove. */
  readonly folder: string;
  readonly pace?: NonNullable<ClusterOptions['pace']>;
  /** Free ones where left out. */
  readonly ports?: Partial<SandboxPorts>;
  /** Goes on with what an earlier sandbox has left in `folder`, and leaves the same behind. */
  readonly keep?: boolean;
}

/** Where the servers listen. */
export interface SandboxPorts {
  readonly github: number;
  readonly registry: number;
  readonly cluster: number;
}

/** Starts everything. Resolves when the sample runs in both environments; a kept one may hold what cannot run. */
export async function startSandbox({ folder, pace = {}, ports = {}, keep = false }: SandboxOptions): Promise<Sandbox> {
  const parts = await startParts({ folder, pace, ports, keep });
  const { github, registry, cluster } = parts;
  const close = async () => {
    await cluster.close();
    await Promise.all([registry.close(), github.close()]);
  };
  try {
    const isNew = github.repositories().length === 0;
    if (isNew) await seed(parts);
    await followBoth(parts, { isNew });
    const image = `${registry.host}/${service}`;
    return {
      ...{ github, registry, cluster, image, close, versionUrls: versionUrlsOf(cluster) },
      publish: (version) => publish(registry, version),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts({ folder, pace, ports, keep }: Required<SandboxOptions>): Promise<Parts> {
  const registry = await startRegistry({
    ...(ports.registry === undefined ? {} : { port: ports.registry }),
    ...(keep ? { folder: join(folder, 'registry') } : {}),
  });
  const started: { close(): Promise<void> }[] = [registry];
  try {
    const cluster = await startCluster({ registry, pace, port: ports.cluster ?? 0 });
    started.push(cluster);
    const github: GitHubSandbox = await startGitHub({
      ...{ folder: join(folder, 'github'), port: ports.github ?? 0 },
      ...(keep ? { records: join(folder, 'github-records') } : {}),
      page: (path, etag) => servePage({ github, registry, cluster }, path, etag),
    });
    return { github, registry, cluster };
  } catch (error) {
    for (const part of started) await part.close();
    throw error;
  }
}

interface Parts {
  readonly github: GitHubSandbox;
  readonly registry: RegistrySandbox;
  readonly cluster: Cluster;
}

async function seed({ github, registry }: Parts): Promise<void> {
  const [serviceFiles, gitopsFiles] = await Promise.all(['thoughts-backend', 'gitops'].map(readFixture));
  const source = await github.createRepository({ owner: 'acme', name: 'thoughts-backend', files: serviceFiles ?? {} });
  github.addRefs(service, { [`refs/tags/${firstVersion}`]: source.sha });
  await publish(registry, { tag: firstVersion, files: serviceFiles ?? {}, revision: source.sha });
  const files = placeManifests(gitopsFiles ?? {}, { registryHost: registry.host });
  await github.createRepository({ owner: 'acme', name: 'gitops', files });
}

async function followBoth({ github, cluster }: Parts, { isNew }: { isNew: boolean }): Promise<void> {
  const followed = environments.map((environment) => {
    const path = `clusters/${environment}`;
    const repository = `${github.serverUrl}/${gitops}.git`;
    cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: environment } }]);
    return cluster.follow({ kind: 'flux', name: environment, repository, token: github.tokens.readOnly, path });
  });
  github.onPush(({ repository }) => {
    if (repository === gitops) for (const each of followed) each.notify();
  });
  const isSettled = isNew ? isReady : isAttempted;
  await cluster.until('the sample runs', () => environments.every((environment) => isSettled(cluster, environment)));
}

function versionUrlsOf(cluster: Cluster): Sandbox['versionUrls'] {
  const urls = environments.map((environment) => [environment, `${nodeUrlOf(cluster, environment)}/version`]);
  return Object.fromEntries(urls) as Sandbox['versionUrls'];
}

// The text stays as it is but for the registry, so that comments and quirks are there to be kept by a bump.
function placeManifests(files: Readonly<Record<string, string>>, { registryHost }: { registryHost: string }) {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text.replaceAll('REGISTRY/', `${registryHost}/`)]),
  );
}

function isReady(cluster: Cluster, environment: string): boolean {
  const kustomization = cluster.get('kustomizations', { namespace: 'flux-system', name: environment });
  return (kustomization?.status as { lastAppliedRevision?: string } | undefined)?.lastAppliedRevision !== undefined;
}

function isAttempted(cluster: Cluster, environment: string): boolean {
  const kustomization = cluster.get('kustomizations', { namespace: 'flux-system', name: environment });
  const { conditions = [] } = (kustomization?.status ?? {}) as { conditions?: Condition[] };
  return isReady(cluster, environment) || conditions.some(({ type, status }) => type === 'Ready' && status === 'False');
}

function nodeUrlOf(cluster: Cluster, environment: string): string {
  const found = cluster.get('services', { namespace: environment, name: 'thoughts-backend' });
  return `http://${cluster.nodeAddress}:${found?.spec.ports?.[0]?.nodePort}`;
}

function publish(
  registry: RegistrySandbox,
  { tag, files, revision }: { tag: string; files: Readonly<Record<string, string>>; revision: string },
): Promise<string> {
  const copied = Object.entries(files).filter(([path]) => path === 'package.json' || path.startsWith('src/'));
  return registry.pushImage({
    repository: service,
    tag,
    files: Object.fromEntries(copied.map(([path, content]) => [`app/${path}`, content])),
    config: {
      Entrypoint: ['node', 'src/server.js'],
      WorkingDir: '/app',
      Env: [`APP_VERSION=${tag}`, 'NODE_ENV=production'],
      ExposedPorts: { '8080/tcp': {} },
      Labels: { 'org.opencontainers.image.revision': revision, 'org.opencontainers.image.version': tag },
    },
  });
}

async function readFixture(name: string): Promise<Record<string, string>> {
  const root = join(projectRoot, 'test', 'fixtures', name);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(root.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
