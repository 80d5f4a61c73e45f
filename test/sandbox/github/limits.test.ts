import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PUBLISHED_LIMITS } from './rate-limits.ts';
import { askGraphQL, askRest, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

const REPOSITORY = '/repos/acme/thoughts';
const PAGE = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api';
const SECONDARY = `${PAGE}#about-secondary-rate-limits`;
const CONTENT =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
const TOO_MANY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

const ask = (path: string, options: Parameters<typeof askRest>[2] = {}) => askRest(fixture, path, options);

const makeBlob = (token = fixture.github.tokens.app) =>
  ask(`${REPOSITORY}/git/blobs`, { token, method: 'POST', body: { content: 'x' } });

const inSeconds = (seconds: number) => String(fixture.clock.now().getTime() / 1000 + seconds);

describe('the hourly limit', () => {
  test.each([
    ['GITHUB_TOKEN: 1,000 for its repository', 'workflow', 1000, 'installation ID 41898282.'],
    ['an App: 5,000 for its installation', 'app', 5000, 'installation ID 1002.'],
    ['a personal token: 5,000 for the user', 'admin', 5000, 'user ID 1001.'],
    [
      'nobody: 60 for the address',
      undefined,
      60,
      "127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)",
    ],
  ] as const)('%s', async (_, name, limit, whom) => {
    const token = name === undefined ? '' : fixture.github.tokens[name];
    const first = await ask(REPOSITORY, { token });
    const counted = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(limit - 1),
      'x-ratelimit-used': '1',
      'x-ratelimit-reset': inSeconds(3600),
      'x-ratelimit-resource': 'core',
    };
    expect([first.status, first.limits]).toEqual([200, counted]);
    fixture.github.limits.requestsPerHour = 1;
    const spent = { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-used': '2' };
    expect(await ask(REPOSITORY, { token })).toEqual({
      status: 403,
      limits: { ...counted, ...spent },
      body: { message: `API rate limit exceeded for ${whom}`, documentation_url: PAGE, status: '403' },
    });
  });

  test('it may also be refused with 429, and a refused write changes nothing', async () => {
    const { github } = fixture;
    Object.assign(github.limits, { requestsPerHour: 0, status: 429 });
    const body = { ref: 'refs/heads/late', sha: '1'.repeat(40) };
    const refused = await ask(`${REPOSITORY}/git/refs`, { token: github.tokens.app, method: 'POST', body });
    expect(refused).toMatchObject({ status: 429, limits: { 'x-ratelimit-remaining': '0' } });
    expect(refused.limits).not.toHaveProperty('retry-after');
    expect(github.records('acme/thoughts').refs.list('refs/heads/')).toHaveLength(1);
  });

  test('after the time that x-ratelimit-reset names everything is there again', async () => {
    const { github, clock } = fixture;
    github.limits.requestsPerHour = 1;
    const status = async () => (await ask(REPOSITORY, { token: github.tokens.app })).status;
    expect([await status(), await status()]).toEqual([200, 403]);
    clock.forward(3599);
    expect(await status()).toBe(403);
    clock.forward(1);
    expect(await status()).toBe(200);
  });

  test('asking for the limits costs nothing and tells REST and GraphQL apart', async () => {
    const { tokens } = fixture.github;
    await ask(REPOSITORY, { token: tokens.app });
    await askGraphQL(fixture, '{ viewer { login } }');
    await askGraphQL(fixture, '{ viewer { login } }');
    const reset = Number(inSeconds(3600));
    const core = { limit: 5000, used: 1, remaining: 4999, reset };
    const graphql = { limit: 5000, used: 2, remaining: 4998, reset };
    for (const _ of [1, 2]) {
      expect((await ask('/rate_limit', { token: tokens.app })).body).toMatchObject({
        resources: { core, graphql },
        rate: core,
      });
    }
  });

  test('two tokens of one user share it, two users do not', async () => {
    const { github } = fixture;
    const token = (login: string) => github.issueToken({ kind: 'pat', login, permissions: { contents: 'read' } });
    const used = async (one: string) => (await ask(REPOSITORY, { token: one })).limits['x-ratelimit-used'];
    expect([await used(token('mona')), await used(token('mona')), await used(token('hubot'))]).toEqual(['1', '2', '1']);
  });
});

describe('secondary limits', () => {
  test.each([
    ['80 requests that create content within a minute', 80, 0, 59, 1],
    ['500 within an hour', 500, 7, 3599, 7],
  ])('%s: the next one is refused until they are old enough', async (_, most, secondsApart, old, step) => {
    const { github, clock } = fixture;
    github.limits.secondary = PUBLISHED_LIMITS;
    const start = clock.now().getTime();
    for (let count = 1; count <= most; count += 1) {
      expect((await makeBlob()).status).toBe(201);
      clock.forward(secondsApart);
    }
    clock.forward((start + old * 1000 - clock.now().getTime()) / 1000);
    const refused = await makeBlob();
    expect(refused).toMatchObject({
      status: 403,
      limits: { 'retry-after': '60', 'x-ratelimit-remaining': String(5000 - most - 1) },
      body: { message: CONTENT, documentation_url: SECONDARY, status: '403' },
    });
    clock.forward(step);
    expect((await makeBlob()).status).toBe(201);
  });

  test('reads and deletions are no content, and each login has its own count', async () => {
    const { github } = fixture;
    const { app, admin } = github.tokens;
    github.limits.secondary = { contentPerMinute: 1 };
    expect((await makeBlob()).status).toBe(201);
    expect((await makeBlob()).status).toBe(403);
    expect((await ask(REPOSITORY, { token: app })).status).toBe(200);
    const removed = await ask(`${REPOSITORY}/git/refs/tags/none`, { token: app, method: 'DELETE' });
    expect(removed.status).toBe(422);
    expect((await makeBlob(admin)).status).toBe(201);
  });

  test('a refusal need not say how long to wait', async () => {
    Object.assign(fixture.github.limits, { retryAfter: undefined, status: 429, secondary: { contentPerMinute: 0 } });
    const { status, limits, body } = await makeBlob();
    expect([status, body]).toMatchObject([429, { message: CONTENT }]);
    expect(limits).not.toHaveProperty('retry-after');
    expect(limits['x-ratelimit-remaining']).toBe('4999');
  });

  test('900 points a minute for one endpoint: a read is 1, a write 5; other endpoints have their own', async () => {
    const { github, clock } = fixture;
    github.limits.secondary = { endpointPointsPerMinute: 10 };
    const statuses = [await makeBlob(), await makeBlob(), await makeBlob()];
    expect(statuses.map(({ status }) => status)).toEqual([201, 201, 403]);
    expect(statuses[2]).toMatchObject({
      limits: { 'retry-after': '60' },
      body: { message: TOO_MANY, documentation_url: SECONDARY },
    });
    const read = async () => (await ask(REPOSITORY, { token: github.tokens.app })).status;
    for (let count = 1; count <= 10; count += 1) expect(await read()).toBe(200);
    expect(await read()).toBe(403);
    clock.forward(60);
    expect([await read(), (await makeBlob()).status]).toEqual([200, 201]);
  });

  test('only so many requests at the same time, whatever they ask', async () => {
    const { github } = fixture;
    github.limits.secondary = { concurrentRequests: 2 };
    let open = () => {};
    const held = github.records('acme/thoughts').alone(() => new Promise<void>((resolve) => (open = resolve)));
    const waiting = [makeBlob(), makeBlob()];
    const token = github.tokens.app;
    // Reads do not wait for the writes, so they tell when both have arrived.
    for (;;) {
      const { status, body } = await ask(REPOSITORY, { token });
      if (status === 200) continue;
      expect(body).toMatchObject({ message: TOO_MANY });
      break;
    }
    open();
    await held;
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([201, 201]);
    expect((await ask(REPOSITORY, { token })).status).toBe(200);
  });
});
