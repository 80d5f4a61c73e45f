import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { connectPorts } from '../../../actions/verify-rollout/src/index.ts';
import { inputSpec } from '../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../actions/verify-rollout/src/run.ts';
import { type Cluster, startCluster } from '../../sandbox/cluster/server.ts';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';

/** A branch of the sandbox's GitHub, a controller that follows it, and pods that are processes. */
let folder: string;
let github: GitHubSandbox;
let registry: RegistrySandbox;
let cluster: Cluster;
let image: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gitops-'));
  github = await startGitHub({ folder });
  registry = await startRegistry();
  image = `${registry.host}/shop/web`;
  const code = "require('node:http').createServer((q, s) => s.end('ok')).listen(8080);";
  for (const tag of ['1.0', '1.1', '1.2']) {
    const config = { Entrypoint: ['node', '/app/server.cjs'] };
    await registry.pushImage({ repository: 'shop/web', tag, files: { 'app/server.cjs': code }, config });
  }
  cluster = await startCluster();
});

afterAll(async () => {
  await cluster.close();
  await registry.close();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

function manifest(namespace: string, tag: string): string {
  const container = { name: 'web', image: `${image}:${tag}` };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template };
  return JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace }, spec });
}

async function follow(kind: 'flux' | 'argo', name: string): Promise<{ repository: string; path: string }> {
  const path = `clusters/${name}`;
  const file = `${path}/web.yaml`;
  const repository = `acme/${name}`;
  const { gitUrl } = await github.createRepository({ owner: 'acme', name, files: { [file]: manifest(name, '1.0') } });
  cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as never]);
  cluster.follow({
    kind,
    name,
    repository: gitUrl,
    path,
    token: github.tokens.admin,
    targetNamespace: name,
    intervalSeconds: 1,
  });
  const isReady = () => cluster.get('deployments', { name: 'web', namespace: name })?.status?.availableReplicas === 1;
  await cluster.until(`${name} runs 1.0`, isReady);
  return { repository, path: file };
}

function verify(name: string, given: Record<string, string>) {
  const inputs = readInputs(inputSpec, {
    'INPUT_KUBERNETES-API-URL': cluster.url,
    'INPUT_KUBERNETES-TOKEN': cluster.tokens.verify,
    'INPUT_GITHUB-TOKEN': github.tokens.admin,
    INPUT_REPOSITORY: `acme/${name}`,
    INPUT_NAMESPACE: name,
    INPUT_IMAGE: image,
    INPUT_TIMEOUT: '20s',
    ...given,
  });
  const runner = recordingRunner({ apiUrl: github.apiUrl, graphqlUrl: github.graphqlUrl });
  return run(inputs, connectPorts(inputs, { runner, meter: new RequestMeter() }));
}

const inputOf = { flux: 'INPUT_FLUX-KUSTOMIZATION', argo: 'INPUT_ARGOCD-APPLICATION' };

describe.each(['flux', 'argo'] as const)('with %s', (kind) => {
  test('a commit is verified when it is applied and its pods run', async () => {
    const name = `${kind}-good`;
    const { repository, path } = await follow(kind, name);
    const sha = await github.commit(repository, {
      branch: 'main',
      message: 'feat: 1.1',
      files: { [path]: manifest(name, '1.1') },
    });
    const { outputs } = await verify(name, { [inputOf[kind]]: name, INPUT_REVISION: sha, INPUT_TAG: '1.1' });
    expect(outputs.result).toBe('verified');
    expect(cluster.get('deployments', { name: 'web', namespace: name })?.spec?.template.spec.containers[0]?.image).toBe(
      `${image}:1.1`,
    );
  });

  test('a commit that a newer one overtook is superseded', async () => {
    const name = `${kind}-newer`;
    const { repository, path } = await follow(kind, name);
    const sha = await github.commit(repository, {
      branch: 'main',
      message: 'feat: 1.1',
      files: { [path]: manifest(name, '1.1') },
    });
    await github.commit(repository, { branch: 'main', message: 'feat: 1.2', files: { [path]: manifest(name, '1.2') } });
    const { outputs, failure } = await verify(name, { [inputOf[kind]]: name, INPUT_REVISION: sha, INPUT_TAG: '1.1' });
    expect({ result: outputs.result, failure }).toEqual({ result: 'superseded', failure: undefined });
  });
});
