import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectGitHub } from '#shared/github/client.ts';
import { createDeploymentStatus, type DeploymentState } from '#shared/github/deployments.ts';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer, type Timer } from '#shared/retry.ts';
import { inputSpec } from '../../../actions/open-deploy-pr/src/inputs.ts';
import { run } from '../../../actions/open-deploy-pr/src/run.ts';
import type { PullRequest } from '../../sandbox/github/model.ts';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';

export const GITOPS = 'acme/gitops';
export const SOURCE = 'acme/thoughts-backend';
export const IMAGE = 'ghcr.io/acme/thoughts-backend';
export const BRANCH = 'deploy/staging/thoughts-backend';

/** As whom, and for which event the action runs. */
export interface OpenOptions {
  readonly token?: string;
  readonly sourceToken?: string;
  readonly timer?: Timer;
  readonly context?: { actor: string; eventName: string };
  /** By default sockets. */
  readonly fetch?: typeof fetch;
}

/** A service with tags v1.0.0 and v1.1.0, a GitOps repository that runs v1.0.0, and the action to be run against them. */
export interface DeployFixture {
  readonly github: GitHubSandbox;
  /** Commits to the service and tags it; gives the sha. */
  release(version: string, message: string, files?: Record<string, string | null>): Promise<string>;
  /** Puts a version onto a deploy branch, on top of the newest base, as bump-gitops-image does. */
  bump(version: string, options?: { branch?: string; environment?: string; digest?: string }): Promise<string>;
  /** Runs the action with these inputs (names as in action.yml). */
  open(inputs?: Record<string, string>, options?: OpenOptions): ReturnType<typeof run>;
  /** The open pull requests. */
  pulls(): PullRequest[];
  /** How many requests and writes `work` made. */
  count(work: () => Promise<unknown>): Promise<{ requests: number; writes: number }>;
  close(): Promise<void>;
}

export function manifest(version: string, digest = ''): string {
  const pin = digest === '' ? '' : `@${digest}`;
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: thoughts-backend\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: ${IMAGE}:${version}${pin}\n`;
}

/** A timer that does not wait. */
export const fastTimer: Timer = { ...systemTimer, sleep: async () => undefined };

export async function startDeployFixture(): Promise<DeployFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
  const github = await startGitHub({ folder: join(folder, 'github') });
  const files = Object.fromEntries(
    ['staging', 'production'].map((name) => [`clusters/${name}/app.yaml`, manifest('v1.0.0')]),
  );
  await github.createRepository({ owner: 'acme', name: 'gitops', files: { ...files, 'README.md': 'x\n' } });
  const { sha } = await github.createRepository({
    owner: 'acme',
    name: 'thoughts-backend',
    files: { 'src/a.ts': '0\n' },
  });
  github.addRefs(SOURCE, { 'refs/tags/v1.0.0': sha });
  const fixture: DeployFixture = {
    github,
    async release(version, message, changed = { 'src/a.ts': `${version}\n` }) {
      const commit = await github.commit(SOURCE, { branch: 'main', message, files: changed });
      github.addRefs(SOURCE, { [`refs/tags/${version}`]: commit });
      return commit;
    },
    async bump(version, { branch, environment = 'staging', digest = '' } = {}) {
      const files = { [`clusters/${environment}/app.yaml`]: manifest(version, digest) };
      const name = branch ?? `deploy/${environment}/thoughts-backend`;
      return github.commit(GITOPS, { branch: name, message: `deploy ${version}`, files });
    },
    open: (inputs = {}, options = {}) => open(github, inputs, options),
    pulls: () => [...github.records(GITOPS).pulls.values()].filter(({ state }) => state === 'open'),
    async count(work) {
      github.requests.clear();
      await work();
      const { entries } = github.requests;
      return { requests: entries.length, writes: entries.filter(({ write }) => write).length };
    },
    async close() {
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await fixture.release('v1.1.0', 'feat: thoughts can be deleted (#7)');
  return fixture;
}

/** What verify-rollout writes in the end. */
export async function finishDeployment(github: GitHubSandbox, id: unknown, state: DeploymentState): Promise<void> {
  const { apiUrl, graphqlUrl, tokens } = github;
  const connection = { apiUrl, graphqlUrl, token: tokens.app, meter: new RequestMeter(), log: () => undefined };
  await createDeploymentStatus(connectGitHub(connection), {
    repository: SOURCE,
    deploymentId: Number(id),
    state,
    description: 'x'.repeat(300),
  });
}

/** Opens a pull request as the holder of `token` does (by default the App), from a new branch, and gives its number. */
export async function openByHand(
  github: GitHubSandbox,
  { token = github.tokens.app, branch, body }: { token?: string; branch: string; body: string },
): Promise<number> {
  await github.commit(GITOPS, { branch, message: 'other', files: { 'other.txt': 'x\n' } });
  const answer = await fetch(`${github.apiUrl}/repos/${GITOPS}/pulls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Older', head: branch, base: 'main', body: `x\n\n${body}` }),
  });
  return ((await answer.json()) as { number: number }).number;
}

function open(
  github: GitHubSandbox,
  given: Record<string, string>,
  {
    token = github.tokens.app,
    sourceToken = token,
    timer = fastTimer,
    context = { actor: 'octocat', eventName: 'push' },
    fetch,
  }: OpenOptions,
): ReturnType<typeof run> {
  const all = {
    ...{ repository: GITOPS, 'source-repository': SOURCE, service: 'thoughts-backend', environment: 'staging' },
    ...{ image: IMAGE, version: 'v1.1.0', token, 'source-token': sourceToken },
    ...given,
  };
  const variables = Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const inputs = readInputs(inputSpec, Object.fromEntries(variables));
  const { apiUrl, graphqlUrl } = github;
  const connection = {
    apiUrl,
    graphqlUrl,
    meter: new RequestMeter(),
    log: () => undefined,
    timer,
    ...(fetch && { fetch }),
  };
  return run(inputs, {
    github: connectGitHub({ ...connection, token }),
    source: connectGitHub({ ...connection, token: sourceToken }),
    runner: recordingRunner({ ...context, repository: SOURCE }),
    timer,
  });
}
