import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectGitHub } from '#shared/github/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer, type Timer } from '#shared/retry.ts';
import type { Report } from '#shared/run-action.ts';
import type { RunContext } from '#shared/runner/runner.ts';
import { inputSpec } from '../../../actions/create-tag/src/inputs.ts';
import type { OutputName } from '../../../actions/create-tag/src/outputs.ts';
import { run } from '../../../actions/create-tag/src/run.ts';
import { peel } from '../../sandbox/github/git-store.ts';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';
import { type RecordingRunner, recordingRunner } from '../../support/recording-runner.ts';

/** What one run of create-tag did. */
export interface Ran {
  readonly report: Report<OutputName>;
  readonly runner: RecordingRunner;
  /** Requests of this run, by its own count. */
  readonly requests: number;
}

/** How to run create-tag; `sha` and `ref` are the event's. */
export interface RunRequest {
  readonly with?: Readonly<Record<string, string>>;
  readonly sha?: string;
  readonly ref?: string;
  readonly eventName?: string;
  readonly runAttempt?: number;
  readonly event?: Record<string, unknown>;
  readonly token?: string;
  readonly workspace?: string;
  /** By default sockets, and a tenth of the real waiting. */
  readonly fetch?: typeof fetch;
  readonly timer?: Timer;
}

/** A service repository in a sandbox GitHub, with create-tag ready to run on it. */
export interface Service {
  readonly github: GitHubSandbox;
  readonly repository: string;
  /** Commits on a branch (by default the trunk) and gives the sha; the file of the commit is `path`. */
  commit(
    message: string,
    options?: { branch?: string; path?: string; parents?: string[]; login?: string },
  ): Promise<string>;
  /** Runs create-tag on the newest commit of the trunk unless told otherwise. */
  run(request?: RunRequest): Promise<Ran>;
  /** The commit that a tag is on. */
  commitOf(tag: string): Promise<string>;
  /** The tags and what they are on. */
  tags(): Record<string, string>;
  close(): Promise<void>;
}

let lastNumber = 0;

/** Starts a sandbox with one repository `acme/service` whose first commit is `chore: start`. */
export async function startService(): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), 'create-tag-'));
  const github = await startGitHub({ folder });
  const { fullName: repository, sha: first } = await github.createRepository({
    owner: 'acme',
    name: 'service',
    files: { 'README.md': 'service\n' },
  });
  let head = first;
  return {
    github,
    repository,
    async commit(message, { branch, path, parents, login } = {}) {
      lastNumber += 1;
      const sha = await github.commit(repository, {
        message,
        files: { [path ?? 'file.txt']: `${lastNumber}\n` },
        date: new Date(Date.UTC(2025, 0, 1) + lastNumber * 60_000).toISOString(),
        ...(branch === undefined ? {} : { branch }),
        ...(parents === undefined ? {} : { parents }),
        ...(login === undefined ? {} : { author: { name: login, email: `${login}@example.com`, login } }),
      });
      if (branch === undefined || branch === 'main') head = sha;
      return sha;
    },
    run: (request = {}) => runOnce(github, { sha: head, ...request }),
    commitOf: async (tag) => {
      const { git, refs } = github.records(repository);
      const commit = await peel(git, refs.get(`refs/tags/${tag}`) ?? '');
      if (commit === undefined) throw new Error(`there is no tag ${tag}`);
      return commit.sha;
    },
    tags: () =>
      Object.fromEntries(
        github
          .records(repository)
          .refs.list('refs/tags/')
          .map(({ ref, sha }) => [ref.slice(10), sha]),
      ),
    async close() {
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runOnce(github: GitHubSandbox, request: RunRequest): Promise<Ran> {
  const context: Partial<RunContext> = {
    repository: 'acme/service',
    sha: request.sha ?? '',
    ref: request.ref ?? 'refs/heads/main',
    eventName: request.eventName ?? 'push',
    runAttempt: request.runAttempt ?? 1,
    apiUrl: github.apiUrl,
    graphqlUrl: github.graphqlUrl,
    serverUrl: 'https://github.com',
    workspace: request.workspace ?? '.',
  };
  const runner = recordingRunner(context, request.event ?? { repository: { default_branch: 'main' } });
  const environment = Object.entries(request.with ?? {}).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const inputs = readInputs(inputSpec, Object.fromEntries(environment));
  const meter = new RequestMeter();
  // A tenth of the real waiting: as long in proportion to the sandbox's answers as it is to GitHub's.
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 10));
  const timer = request.timer ?? { ...systemTimer, sleep };
  const client = connectGitHub({
    token: request.token ?? github.tokens.workflow,
    apiUrl: github.apiUrl,
    graphqlUrl: github.graphqlUrl,
    meter,
    log: runner.log,
    timer,
    retryBudgetMs: (inputs.timeout ?? 0) * 1000,
    waitBudgetMs: (inputs.timeout ?? 0) * 1000,
    ...(request.fetch === undefined ? {} : { fetch: request.fetch }),
  });
  const report = await run(inputs, { github: client, runner, timer });
  return { report, runner, requests: meter.count };
}
