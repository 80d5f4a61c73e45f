import type { ImageConfig } from '../registry/push-image.ts';
import { type RegistrySandbox, startRegistry } from '../registry/server.ts';
import type { Manifest } from './apply.ts';
import { type Cluster, type ClusterOptions, startCluster } from './server.ts';

/** A registry with a few versions of one image, and a cluster; for the cluster's own tests. */
export interface Shop {
  readonly registry: RegistrySandbox;
  readonly cluster: Cluster;
  /** A Deployment `web` in namespace `shop`, of 3 replicas with a readiness probe; `container` and `spec` replace parts of it. */
  deployment(tag: string, change?: { container?: object; spec?: object; pod?: object }): Manifest;
  /** Resolves when `web` has 3 ready pods of this version and no other. */
  rolledOut(tag: string): Promise<void>;
  close(): Promise<void>;
}

const programs: Readonly<Record<string, string>> = {
  '1.0': "require('node:http').createServer((q, s) => s.end('1.0')).listen(8080); console.log('up 1.0');",
  '1.1': "require('node:http').createServer((q, s) => s.end('1.1')).listen(8080); console.log('up 1.1');",
  crash: "console.log('connecting'); console.error('no database'); process.exit(3);",
  deaf: 'setInterval(() => {}, 1000);',
  sick: "require('node:http').createServer((q, s) => { s.statusCode = q.url === '/live' ? 500 : 200; s.end(); }).listen(8080);",
  greedy: 'const kept = []; setInterval(() => kept.push(Buffer.alloc(20_000_000, 1)), 20);',
  once: "console.log('migrated');",
};

/** Starts both. */
export async function startShop(options: ClusterOptions = {}): Promise<Shop> {
  const registry = await startRegistry();
  const config: ImageConfig = { Entrypoint: ['node', 'server.cjs'], WorkingDir: '/app' };
  for (const [tag, program] of Object.entries(programs)) {
    await registry.pushImage({ repository: 'shop/web', tag, files: { 'app/server.cjs': program }, config });
  }
  const cluster = await startCluster({ registry, ...options });
  const image = `${registry.host}/shop/web`;
  return {
    ...{ registry, cluster },
    deployment: (tag, { container = {}, spec = {}, pod = {} } = {}) => ({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
      spec: {
        ...{ replicas: 3, selector: { matchLabels: { app: 'web' } } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [webContainer(`${image}:${tag}`, container)], ...pod },
        },
        ...spec,
      },
    }),
    rolledOut: (tag) =>
      cluster.until(`web is ${tag}`, () => {
        const found = cluster.get('deployments', { namespace: 'shop', name: 'web' });
        const { updatedReplicas, availableReplicas, replicas, observedGeneration } = found?.status ?? {};
        const all = updatedReplicas === 3 && availableReplicas === 3 && replicas === 3;
        const current = found?.spec.template.spec.containers[0]?.image === `${image}:${tag}`;
        return all && current && observedGeneration === found?.metadata.generation;
      }),
    close: async () => {
      await cluster.close();
      await registry.close();
    },
  };
}

function webContainer(image: string, change: object): object {
  const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
  return { name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }], readinessProbe, ...change };
}
