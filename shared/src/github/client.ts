import { getOctokit } from '@actions/github';
import type { Endpoints, RequestParameters } from '@octokit/types';
import type { RequestMeter } from '../request-meter.ts';
import { retry, systemTimer, type Timer, type WaitDecision } from '../retry.ts';
import { forLog } from '../untrusted.ts';
import { decideRetry } from './decide-retry.ts';
import { refuseForeign } from './foreign-answer.ts';
import { githubUserError } from './reasons.ts';

/** A route of GitHub's REST API, e.g. `GET /repos/{owner}/{repo}`; https://docs.github.com/en/rest */
export type Route = keyof Endpoints;

/** A typed answer: `status`, `headers`, `data`. */
export type Answer<R extends Route> = Endpoints[R]['response'];

/**
 * GitHub's REST and GraphQL APIs. Reads are repeated on network errors, 5xx and rate limits;
 * writes only on rate limits, because any other failed write may have been applied: re-read, then decide.
 * Both throw Octokit's RequestError (see `explainGitHubError`).
 */
export interface GitHubClient {
  request<R extends Route>(route: R, parameters: Endpoints[R]['parameters'] & RequestParameters): Promise<Answer<R>>;
  graphql<T>(query: string, variables: Readonly<Record<string, unknown>>): Promise<T>;
}

/** How to reach GitHub; `retryBudgetMs` bounds the waiting for one request (rate limits included), `waitBudgetMs` for all together. */
export interface GitHubConnection {
  readonly token: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly meter: RequestMeter;
  readonly log: (line: string) => void;
  readonly timer?: Timer;
  readonly retryBudgetMs?: number;
  readonly waitBudgetMs?: number;
  /** What sends the requests; by default the runner's proxy settings are obeyed. */
  readonly fetch?: typeof fetch;
}

const DEFAULT_RETRY_BUDGET_MS = 120_000;

/** Connects to GitHub or GitHub Enterprise Server; nothing is sent yet. Throws UserError `bad-credentials` for what can be no token. */
export function connectGitHub(connection: GitHubConnection): GitHubClient {
  const { fetch, waitBudgetMs = Number.POSITIVE_INFINITY, retryBudgetMs = DEFAULT_RETRY_BUDGET_MS } = connection;
  assertToken(connection.token);
  const wire = fetch === undefined ? {} : { request: { fetch } };
  const octokit = getOctokit(connection.token, { baseUrl: connection.apiUrl, log: silent, ...wire });
  octokit.hook.after('request', refuseHalf);
  octokit.hook.after('request', refuseForeign);
  octokit.hook.error('request', (error) => {
    if ('response' in error && error.response !== undefined) refuseForeign(error.response);
    throw error;
  });
  const timer = connection.timer ?? systemTimer;
  let waitedMs = 0;
  const tellWait = ({ why = '', afterMs }: WaitDecision) =>
    connection.log(`GitHub: ${forLog(why)}; next try in ${Math.ceil(afterMs / 1000)} s`);
  const sleep = (ms: number) => {
    waitedMs += ms;
    return timer.sleep(ms);
  };

  function send<T>(kind: 'read' | 'write', call: () => Promise<T>): Promise<T> {
    return retry(
      () => {
        connection.meter.add();
        return call();
      },
      (error, attempt) => decideRetry(error, { kind, attempt, timer }),
      { timer: { ...timer, sleep }, budgetMs: Math.min(waitBudgetMs - waitedMs, retryBudgetMs), onWait: tellWait },
    );
  }

  // Octokit's own signature also takes routes as plain text, which loses the types of a generic route.
  const request = octokit.request as GitHubClient['request'];
  // As a default: among the variables Octokit refuses the name `url`.
  const graphql = octokit.graphql.defaults({ url: connection.graphqlUrl });
  return {
    request: (route, parameters) =>
      send(/^(GET|HEAD) /.test(route) ? 'read' : 'write', () => request(route, parameters)),
    graphql: (query, variables) =>
      send(/^\s*mutation\b/.test(query) ? 'write' : 'read', () => graphql(query, variables)),
  };
}

/** `owner` and `repo` parameters from `owner/name`. */
export function coordinates(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

function assertToken(token: string): void {
  if (/^[!-~]+$/.test(token)) return;
  const what = token === '' ? 'is empty' : 'has characters that no token has, such as a blank or a line break';
  throw githubUserError('bad-credentials', `The token ${what}.`);
}

// Octokit gives the text so far as `data` when the connection ends in the middle of an answer: that is no answer.
function refuseHalf({ data, headers }: { data: unknown; headers: Readonly<Record<string, unknown>> }): void {
  if (typeof data !== 'string' || !/^application\/json/.test(String(headers['content-type']))) return;
  throw Object.assign(new Error('The answer was cut off'), { name: 'HttpError', status: 500 });
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
