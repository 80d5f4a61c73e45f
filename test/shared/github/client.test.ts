import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectGitHub, coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import { createRef, listMatchingRefs, readRef, updateRef } from '#shared/github/refs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import type { Timer } from '#shared/retry.ts';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';

const repository = 'acme/api';
const impatient: Timer = { now: () => Date.now(), sleep: async () => {}, random: () => 0 };

let folder: string;
let sandbox: GitHubSandbox;
let sha: string;
let meter: RequestMeter;
let github: GitHubClient;
let said: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trunkline-client-'));
  sandbox = await startGitHub({ folder });
  ({ sha } = await sandbox.createRepository({ owner: 'acme', name: 'api', files: { 'README.md': 'api\n' } }));
});

beforeEach(() => {
  sandbox.faults.clear();
  sandbox.requests.clear();
  meter = new RequestMeter();
  said = [];
  const { apiUrl, graphqlUrl, tokens } = sandbox;
  github = connectGitHub({
    token: tokens.app,
    apiUrl,
    graphqlUrl,
    meter,
    log: (line) => said.push(line),
    timer: impatient,
  });
});

afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the GitHub client', () => {
  test('asks the REST and the GraphQL endpoint it was given', async () => {
    const answer = await github.request('GET /repos/{owner}/{repo}', coordinates(repository));
    expect(answer.data.full_name).toBe(repository);
    const query =
      'query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { nameWithOwner } }';
    const found = await github.graphql<{ repository: { nameWithOwner: string } }>(query, {
      owner: 'acme',
      name: 'api',
    });
    expect(found.repository.nameWithOwner).toBe(repository);
    expect(meter.count).toBe(2);
  });

  test('repeats a read that failed, says so, and counts every request', async () => {
    sandbox.faults.add({ kind: 'status', status: 502 });
    sandbox.faults.add({ kind: 'reset-before' });
    await github.request('GET /repos/{owner}/{repo}', coordinates(repository));
    expect(meter.count).toBe(3);
    expect(said).toEqual([expect.stringContaining('answered 502'), expect.stringContaining('answered nothing')]);
  });

  test.each(['', 'ghs_one\nghs_two', 'ghs_ö'])('refuses the token %j before anything is sent', (token) => {
    const { apiUrl, graphqlUrl } = sandbox;
    expect(() => connectGitHub({ token, apiUrl, graphqlUrl, meter, log: () => {} })).toThrow(
      expect.objectContaining({ name: 'UserError', reasonCode: 'bad-credentials' }),
    );
  });

  test('does not announce a wait that would pass its budget', async () => {
    const { apiUrl, graphqlUrl, tokens } = sandbox;
    const connection = { token: tokens.app, apiUrl, graphqlUrl, meter, log: (line: string) => said.push(line) };
    const hurried = connectGitHub({ ...connection, timer: impatient, waitBudgetMs: 5_000 });
    sandbox.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '3001' }, body: { message: 'Slow' } });
    await expect(hurried.request('GET /repos/{owner}/{repo}', coordinates(repository))).rejects.toThrow('Slow');
    expect(said).toEqual([]);
  });

  test.each([200, 404])('an answer %d that is a web page is not taken for one of the API', async (status) => {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    const page = { kind: 'status', status, headers, body: '<html>\n<title>Log in</title>' } as const;
    const reading = 'reading';
    for (const path of ['/git/ref/', '/graphql']) {
      sandbox.faults.add({ ...page, match: { path } });
      const call =
        path === '/graphql' ? github.graphql('{ viewer { login } }', {}) : readRef(github, repository, 'tags/v9');
      const error = await explained(reading, () => call).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        reasonCode: 'not-the-api',
        message: `While ${reading}, ${new URL(sandbox.apiUrl).origin} answered ${status} with text/html instead of JSON.`,
        remedy: expect.stringContaining('https://HOST/api/v3'),
      });
    }
    expect(meter.count).toBe(2);
  });

  test('never repeats a write that may have been applied', async () => {
    sandbox.faults.add({ kind: 'reset-after' });
    await expect(createRef(github, repository, { name: 'tags/v1', sha })).rejects.toThrow();
    expect(sandbox.requests.writes()).toHaveLength(1);
    expect(await readRef(github, repository, 'tags/v1')).toMatchObject({ ref: 'refs/tags/v1', sha });
  });

  test('repeats a write that a rate limit refused', async () => {
    sandbox.faults.add({
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '1' },
      body: '{"message":"You have exceeded a secondary rate limit"}',
    });
    await createRef(github, repository, { name: 'tags/v2', sha });
    expect(await listMatchingRefs(github, repository, 'tags/v2')).toEqual([
      { ref: 'refs/tags/v2', sha, type: 'commit' },
    ]);
  });

  test('a ref that does not exist is no error, and one that moved on is not overwritten', async () => {
    expect(await readRef(github, repository, 'heads/nowhere')).toBeUndefined();
    await createRef(github, repository, { name: 'heads/topic', sha });
    const next = await sandbox.commit(repository, { branch: 'topic', message: 'on', files: { 'a.txt': 'a' } });
    await expect(updateRef(github, repository, { name: 'heads/topic', sha, force: false })).rejects.toThrow(
      /fast forward/,
    );
    expect(await readRef(github, repository, 'heads/topic')).toMatchObject({ sha: next });
  });

  test.each(['RATE_LIMITED', 'RATE_LIMIT'])('a GraphQL error of type %s is waited for', async (type) => {
    const errors = [{ type, message: 'API rate limit exceeded for installation ID 1.' }];
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' };
    sandbox.faults.add({ kind: 'status', status: 200, headers, body: { errors }, match: { path: '/graphql' } });
    expect(await github.graphql('{ viewer { login } }', {})).toEqual({ viewer: { login: 'trunkline-bot' } });
    expect(sandbox.requests.count('/graphql')).toBe(2);
  });
});
