import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectGitHub } from '#shared/github/client.ts';
import { readInputs } from '#shared/inputs.ts';
import type { CredentialSource } from '#shared/registry/credentials.ts';
import { connectRegistry } from '#shared/registry/registry.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer, type Timer } from '#shared/retry.ts';
import { inputSpec } from '../../../actions/bump-gitops-image/src/inputs.ts';
import { run } from '../../../actions/bump-gitops-image/src/run.ts';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';

/** A GitHub with `acme/gitops`, and the action to be run against it. */
export interface BumpFixture {
  readonly github: GitHubSandbox;
  readonly folder: string;
  /** Runs the action with these inputs (names as in action.yml). */
  bump(inputs: Record<string, string>, options?: BumpOptions): ReturnType<typeof run>;
  /** The text of a file on a branch, by the API. */
  read(branch: string, path: string): Promise<string>;
  close(): Promise<void>;
}

interface BumpOptions {
  readonly token?: string;
  readonly timer?: Timer;
  readonly worktree?: string;
  readonly credentials?: CredentialSource;
  /** By default sockets. */
  readonly fetch?: typeof fetch;
}

export const REPOSITORY = 'acme/gitops';

/** Starts it with these files on `main`. */
export async function startBumpFixture(files: Record<string, string>): Promise<BumpFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'bump-'));
  const github = await startGitHub({ folder: join(folder, 'github') });
  await github.createRepository({ owner: 'acme', name: 'gitops', files });
  const { apiUrl, graphqlUrl } = github;
  return {
    github,
    folder,
    bump(given, options = {}) {
      const { token = github.tokens.app, timer = systemTimer, worktree = folder, credentials, fetch } = options;
      const environment = Object.entries({ repository: REPOSITORY, token, ...given });
      const inputs = readInputs(
        inputSpec,
        Object.fromEntries(environment.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      );
      const meter = new RequestMeter();
      const connection = { token, apiUrl, graphqlUrl, meter, log: () => undefined, timer, ...(fetch && { fetch }) };
      return run(inputs, {
        runner: recordingRunner(),
        github: connectGitHub(connection),
        registry: connectRegistry({ credentials: credentials ?? (async () => undefined), meter, timer }),
        timer,
        worktree,
      });
    },
    async read(branch, path) {
      const { graphql } = connectGitHub({
        ...{ token: github.tokens.admin, apiUrl, graphqlUrl, meter: new RequestMeter(), log: () => undefined },
      });
      const query = `query($file: String!) { repository(owner: "acme", name: "gitops") { object(expression: $file) { ... on Blob { text } } } }`;
      const answer = await graphql<{ repository: { object: { text: string } | null } }>(query, {
        file: `refs/heads/${branch}:${path}`,
      });
      return answer.repository.object?.text ?? '';
    },
    async close() {
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
