import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../support/action-manifest.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster/server.ts';
import { type GitHubSandbox, startGitHub } from './github/server.ts';
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

/** Starts everything; repositories go below `folder`, which is the caller's to remove. Resolves when both environments run. */
export async function startSandbox(options: { folder: string; pace?: ClusterOptions['pace'] }): Promise<Sandbox> {
  const github = await startGitHub({ folder: join(options.folder, 'github') });
  const registry = await startRegistry();
  const pace = options.pace === undefined ? {} : { pace: options.pace };
  const cluster = await startCluster({ registry, ...pace });
  const image = `${registry.host}/${service}`;
  const close = async () => {
    await cluster.close();
    await Promise.all([registry.close(), github.close()]);
  };
  try {
    const versionUrls = await seed({ github, registry, cluster });
    return {
      ...{ github, registry, cluster, versionUrls, image, close },
      publish: (version) => publish(registry, version),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly github: GitHubSandbox;
  readonly registry: RegistrySandbox;
  readonly cluster: Cluster;
}

async function seed({ github, registry, cluster }: Parts): Promise<Sandbox['versionUrls']> {
  const [serviceFiles, gitopsFiles] = await Promise.all(['thoughts-backend', 'gitops'].map(readFixture));
  const source = await github.createRepository({ owner: 'acme', name: 'thoughts-backend', files: serviceFiles ?? {} });
  github.addRefs(service, { [`refs/tags/${firstVersion}`]: source.sha });
  await publish(registry, { tag: firstVersion, files: serviceFiles ?? {}, revision: source.sha });
  const files = placeManifests(gitopsFiles ?? {}, { registryHost: registry.host });
  const { gitUrl } = await github.createRepository({ owner: 'acme', name: 'gitops', files });
  const followed = environments.map((environment) => {
    const path = `clusters/${environment}`;
    cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: environment } }]);
    return cluster.follow({ kind: 'flux', name: environment, repository: gitUrl, token: github.tokens.readOnly, path });
  });
  github.onPush(({ repository }) => {
    if (repository === gitops) for (const each of followed) each.notify();
  });
  await cluster.until('the sample runs', () => environments.every((environment) => isReady(cluster, environment)));
  return Object.fromEntries(
    environments.map((environment) => [environment, `${nodeUrlOf(cluster, environment)}/version`]),
  ) as Sandbox['versionUrls'];
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
