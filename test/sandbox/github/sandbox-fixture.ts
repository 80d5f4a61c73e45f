import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOctokit } from '@actions/github';
import { type GitHubSandbox, startGitHub } from './server.ts';

/** A GitHub in a temporary folder with one repository, `acme/thoughts`, for the tests of the sandbox itself. */
export interface Fixture {
  readonly github: GitHubSandbox;
  readonly folder: string;
  /** The time at which the sandbox is; it stands still until a test moves it. */
  readonly clock: { readonly now: () => Date; forward(seconds: number): void };
  /** Octokit as the holder of `token`; by default the App's. */
  rest(token?: string): ReturnType<typeof getOctokit>['rest'];
  graphql<T>(query: string, variables?: Record<string, unknown>, token?: string): Promise<T>;
  /** Opens a pull request from a new branch that changes one file. */
  openPull(options?: { branch?: string; token?: string; files?: Record<string, string>; draft?: boolean }): Promise<{
    number: number;
    sha: string;
    nodeId: string;
  }>;
  close(): Promise<void>;
}

export const acme = { owner: 'acme', repo: 'thoughts' };

/** Starts it. */
export async function startFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const clock = startClock();
  const github = await startGitHub({ folder: join(folder, 'github'), now: clock.now });
  await github.createRepository({
    owner: 'acme',
    name: 'thoughts',
    files: { 'README.md': 'hello\n', 'app.txt': '1\n' },
  });
  const connect = (token = github.tokens.app) => getOctokit(token, { baseUrl: github.apiUrl });
  let last = 0;
  return {
    github,
    folder,
    clock,
    rest: (token) => connect(token).rest,
    graphql: (query, variables = {}, token) => connect(token).graphql(query, variables),
    async openPull({ branch, token, files, draft = false } = {}) {
      last += 1;
      const head = branch ?? `topic-${last}`;
      const change = files ?? { [`file-${last}.txt`]: `${last}\n` };
      const sha = await github.commit('acme/thoughts', { branch: head, message: `feat: topic ${last}`, files: change });
      const { data } = await connect(token).rest.pulls.create({
        ...acme,
        title: `Topic ${last}`,
        head,
        base: 'main',
        draft,
      });
      return { number: data.number, sha, nodeId: data.node_id };
    },
    async close() {
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startClock(): Fixture['clock'] {
  let time = Date.UTC(2026, 0, 1);
  return {
    now: () => new Date(time),
    forward: (seconds) => {
      time += seconds * 1000;
    },
  };
}

/** An answer as it came, with the headers that tell of limits. */
export interface RawAnswer {
  readonly status: number;
  readonly limits: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Asks the REST API without a client that retries or words things in its own way; '' is no token. */
export async function askRest(
  { github }: Fixture,
  path: string,
  { token = '', method = 'GET', body = undefined as unknown } = {},
): Promise<RawAnswer> {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return rawAnswer(await fetch(github.apiUrl + path, init));
}

/** Asks GraphQL as the App. */
export async function askGraphQL({ github }: Fixture, query: string, variables = {}): Promise<RawAnswer> {
  const headers = { authorization: `Bearer ${github.tokens.app}` };
  return rawAnswer(
    await fetch(github.graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }) }),
  );
}

async function rawAnswer(response: Response): Promise<RawAnswer> {
  const text = await response.text();
  const limits = [...response.headers].filter(([name]) => /^(x-ratelimit-|retry-after)/.test(name));
  const body = text === '' ? undefined : (JSON.parse(text) as unknown);
  return { status: response.status, limits: Object.fromEntries(limits), body };
}
