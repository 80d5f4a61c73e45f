import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectGitHub, type GitHubClient } from '#shared/github/client.ts';
import { statusOf } from '#shared/github/request-error.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { skippingTimer } from '../support/skipping-timer.ts';
import { crashEverywhere } from './crash-harness.ts';
import { acme, type Fixture, startFixture } from './github/sandbox-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

function connect(wire?: typeof fetch): GitHubClient {
  const { apiUrl, graphqlUrl, tokens } = fixture.github;
  const connection = { apiUrl, graphqlUrl, token: tokens.app, meter: new RequestMeter(), log: () => undefined };
  return connectGitHub({ ...connection, timer: skippingTimer(), ...(wire && { fetch: wire }) });
}

function crash(action: (github: GitHubClient) => Promise<unknown>) {
  const { github } = fixture;
  const run = (wire: typeof fetch) => action(connect(wire));
  return crashEverywhere({ name: 'harness', github, repositories: ['acme/thoughts'], run });
}

const issue = (number: number) => ({ ...acme, issue_number: number });
const COMMENTS = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const REFS = '/repos/{owner}/{repo}/git/refs';

describe('the harness tells', () => {
  test('an action that writes again what it has written', async () => {
    const { number } = await fixture.openPull();
    const figures = await crash((github) => github.request(`POST ${COMMENTS}`, { ...issue(number), body: 'done' }));
    expect(figures).toMatchObject({ requests: 1, cuts: 6, writesOfThirdRuns: 6 });
    // Only where the first one was lost before it arrived the next run makes it right.
    expect(figures.divergences.map(({ mode }) => mode)).toEqual([
      'lost-after',
      'killed-after',
      'half-answer',
      'bad-gateway',
    ]);
    expect(figures.divergences[0]?.differences[0]).toMatch(/^\/0\/comments\/1: undefined -> .*"body":"done"/);
  });

  test('an action that takes its first step for the whole of it', async () => {
    const { sha } = await fixture.openPull();
    const figures = await crash(async (github) => {
      const { data } = await github.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
        ...acme,
        ref: 'tags/',
      });
      if (data.length > 0) return;
      await github.request(`POST ${REFS}`, { ...acme, ref: 'refs/tags/v1', sha });
      await github.request(`POST ${REFS}`, { ...acme, ref: 'refs/tags/v1.0', sha });
    });
    const halfway = figures.divergences.find(({ mode, request }) => mode === 'killed-after' && request === 2);
    expect(halfway?.differences).toEqual([
      expect.stringMatching(/^\/0\/refs\/refs\/tags\/v1\.0: "commit .*" -> undefined$/),
    ]);
  });

  test('nothing of an action that looks before it writes', async () => {
    const { number } = await fixture.openPull();
    const figures = await crash(async (github) => {
      const { data } = await github.request(`GET ${COMMENTS}`, issue(number));
      if (data.length === 0) await github.request(`POST ${COMMENTS}`, { ...issue(number), body: 'done' });
    });
    expect(figures).toEqual({ requests: 2, cuts: 10, equal: 10, divergences: [], writesOfThirdRuns: 0 });
  });
});

describe('a checkpoint', () => {
  test('brings back refs, records and objects, for git too', async () => {
    const { github } = fixture;
    await fixture.openPull();
    const { refs, pulls, git } = github.records('acme/thoughts');
    const before = [refs.list('refs/'), structuredClone([...pulls.values()])];
    const rewind = github.checkpoint();
    const { number, sha } = await fixture.openPull({ branch: 'new' });
    await connect().request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...acme,
      pull_number: 1,
      title: 'Other',
    });
    expect(number).toBe(2);
    rewind();
    expect([refs.list('refs/'), [...pulls.values()]]).toEqual(before);
    expect(await git.read(sha)).toBeUndefined();
    expect((await refs.reload()).length).toBe(0);
    expect((await fixture.openPull({ branch: 'new' })).number).toBe(2);
  });
});

describe('the wire without a socket', () => {
  test('carries the same answers as sockets', async () => {
    const branch = 'GET /repos/{owner}/{repo}/branches/{branch}';
    const asked = [
      ['GET /repos/{owner}/{repo}', acme],
      [branch, { ...acme, branch: 'main' }],
    ] as const;
    const { fetch: wire } = fixture.github;
    for (const [route, parameters] of asked) {
      const [one, other] = await Promise.all([
        connect(wire).request(route, parameters),
        connect().request(route, parameters),
      ]);
      expect(one.data).toEqual(other.data);
      expect(one.status).toBe(other.status);
    }
    const missing = { ...acme, branch: 'missing' };
    const errors = [connect(wire), connect()].map((github) => github.request(branch, missing).catch((error) => error));
    const [one, other] = await Promise.all(errors);
    expect([one.status, one.message]).toEqual([other.status, other.message]);
  });

  test.each(['reset-before', 'truncate'] as const)('fails as a socket does: %s', async (kind) => {
    fixture.github.faults.add({ kind });
    const error = await connect()
      .request(`POST ${REFS}`, {
        ...acme,
        ref: 'refs/heads/x',
        sha: fixture.github.records('acme/thoughts').refs.get('refs/heads/main') ?? '',
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'HttpError', status: 500 });
    expect(statusOf(error)).toBeUndefined();
  });
});
