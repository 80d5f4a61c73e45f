import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectGitHub, coordinates, type GitHubClient } from '#shared/github/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { type DeployMarker, renderDeployMarker } from '#shared/marker/deploy-marker.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { connectPorts } from '../../../actions/verify-rollout/src/index.ts';
import { inputSpec } from '../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../actions/verify-rollout/src/run.ts';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';
import { ScriptedApiServer } from '../../shared/cluster/scripted-api-server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';
import { deployment, image, kustomization, pod, replicaSet } from './shop-objects.ts';

const gitops = 'acme/gitops';
const service = 'acme/web';
const path = 'clusters/shop/web.yaml';
const manifest = (tag: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: ${image}:${tag}\n`;

let folder: string;
let github: GitHubSandbox;
let cluster: ScriptedApiServer;
let client: GitHubClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  github = await startGitHub({ folder });
  cluster = await new ScriptedApiServer().start();
  const { apiUrl, graphqlUrl, tokens } = github;
  client = connectGitHub({ token: tokens.admin, apiUrl, graphqlUrl, meter: new RequestMeter(), log: () => {} });
  await github.createRepository({ owner: 'acme', name: 'gitops', files: { [path]: manifest('1.0') } });
  await github.createRepository({ owner: 'acme', name: 'web', files: { 'README.md': 'web' } });
  cluster.put('deployments', deployment('1.1'));
  cluster.put('replicasets', replicaSet('1.1'));
  for (const name of ['a', 'b']) cluster.put('pods', pod('1.1', { name }));
});

afterEach(async () => {
  await cluster.close();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens and merges a deploy pull request; gives the merge commit and the login of its author. */
async function mergeDeploy(
  tag: string,
  change: Partial<DeployMarker> = {},
): Promise<{ sha: string; author: string; deploymentId: number }> {
  const at = coordinates(gitops);
  const created = await client.request('POST /repos/{owner}/{repo}/deployments', {
    ...coordinates(service),
    ref: 'main',
    environment: 'shop',
    auto_merge: false,
    required_contexts: [],
  });
  const deploymentId = 'id' in created.data ? Number(created.data.id) : 0;
  await github.commit(gitops, {
    branch: 'deploy/shop/web',
    message: `chore: deploy web ${tag}`,
    files: { [path]: manifest(tag) },
  });
  const marker = {
    service: 'web',
    environment: 'shop',
    image,
    version: '1.1',
    sourceRepository: service,
    deploymentId,
    ...change,
  };
  const { data: pull } = await client.request('POST /repos/{owner}/{repo}/pulls', {
    ...at,
    title: 'deploy',
    head: 'deploy/shop/web',
    base: 'main',
    body: renderDeployMarker(marker),
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { data: merged } = await client.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
    ...at,
    pull_number: pull.number,
  });
  return { sha: merged.sha, author: pull.user?.login ?? '', deploymentId };
}

function verify(sha: string, given: Record<string, string>) {
  const inputs = readInputs(inputSpec, {
    'INPUT_KUBERNETES-API-URL': cluster.url,
    'INPUT_KUBERNETES-TOKEN': cluster.token,
    INPUT_DEPLOY: 'auto',
    INPUT_TIMEOUT: '5s',
    'INPUT_GITHUB-TOKEN': github.tokens.admin,
    ...given,
  });
  const runner = recordingRunner({ sha, repository: gitops, apiUrl: github.apiUrl, graphqlUrl: github.graphqlUrl });
  return run(inputs, connectPorts(inputs, { runner, meter: new RequestMeter() }));
}

async function statuses(deploymentId: number): Promise<string[]> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...coordinates(service),
    deployment_id: deploymentId,
  });
  return data.map(({ state }) => state);
}

describe('deploy: auto', () => {
  test('verifies what the merged pull request deployed, and finishes its GitHub deployment', async () => {
    const { sha, author, deploymentId } = await mergeDeploy('1.1');
    cluster.put('kustomizations', kustomization(sha, { status: 'True', reason: 'ReconciliationSucceeded' }));
    const { outputs } = await verify(sha, { 'INPUT_DEPLOY-AUTHOR': author, 'INPUT_FLUX-KUSTOMIZATION': 'apps' });
    expect(outputs.result).toBe('verified');
    expect(outputs.deploy).toMatchObject({
      service: 'web',
      environment: 'shop',
      version: '1.1',
      sourceRepository: service,
    });
    expect(outputs.leadTime).toMatchObject({
      stages: expect.arrayContaining([
        expect.objectContaining({ stage: 'merged' }),
        expect.objectContaining({ stage: 'verified' }),
      ]),
    });
    expect(await statuses(deploymentId)).toEqual(['success']);
  });

  test('takes a newer commit of the branch as containing ours, by GitHub’s compare', async () => {
    const { sha, author } = await mergeDeploy('1.1');
    const newer = await github.commit(gitops, {
      branch: 'main',
      message: 'docs: more',
      files: { 'README.md': 'more' },
    });
    cluster.put('kustomizations', kustomization(newer, { status: 'True', reason: 'ReconciliationSucceeded' }));
    const { outputs } = await verify(sha, { 'INPUT_DEPLOY-AUTHOR': author, 'INPUT_FLUX-KUSTOMIZATION': 'apps' });
    expect(outputs.result).toBe('verified');
  });

  test('records a failure in the GitHub deployment', async () => {
    const { sha, author, deploymentId } = await mergeDeploy('1.1');
    cluster.put('deployments', deployment('1.1', { status: { updatedReplicas: 1 } }));
    cluster.put('pods', pod('1.1', { name: 'a', waiting: { reason: 'InvalidImageName', message: 'no' } }));
    const { outputs, failure } = await verify(sha, { 'INPUT_DEPLOY-AUTHOR': author });
    expect([outputs.result, failure === undefined]).toEqual(['failed', false]);
    expect(await statuses(deploymentId)).toEqual(['failure']);
  });

  test('has nothing to verify for a commit without a deploy pull request', async () => {
    const sha = await github.commit(gitops, { branch: 'main', message: 'docs: x', files: { 'x.md': 'x' } });
    const { reasonCode, outputs, failure } = await verify(sha, { 'INPUT_DEPLOY-AUTHOR': 'bot' });
    expect({ reasonCode, result: outputs.result, failure }).toEqual({
      reasonCode: 'no-deploy',
      result: '',
      failure: undefined,
    });
    expect(cluster.requests).toEqual([]);
  });
});

describe('a deploy marker that is not believed', () => {
  test('by another author', async () => {
    const { sha } = await mergeDeploy('1.1');
    await expect(verify(sha, { 'INPUT_DEPLOY-AUTHOR': 'somebody-else' })).rejects.toMatchObject({
      reasonCode: 'deploy-not-trusted',
      message: expect.stringContaining('its author is'),
    });
  });

  test('when the merged files hold another version than it claims', async () => {
    const { sha, author } = await mergeDeploy('0.9');
    await expect(verify(sha, { 'INPUT_DEPLOY-AUTHOR': author })).rejects.toMatchObject({
      reasonCode: 'deploy-not-trusted',
      message: expect.stringContaining(`holds ${image}:1.1`),
    });
    expect(cluster.requests).toEqual([]);
  });
});
