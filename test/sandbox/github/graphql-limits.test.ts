import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { askGraphQL, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

const PAGE = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';
const CONTENT =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';

test('GraphQL has an hourly limit of its own, and going over is an error of type RATE_LIMITED with status 200', async () => {
  const { github } = fixture;
  github.limits.requestsPerHour = 0;
  github.limits.pointsPerHour = 1;
  const counted = {
    'x-ratelimit-limit': '1',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '1',
    'x-ratelimit-reset': String(fixture.clock.now().getTime() / 1000 + 3600),
    'x-ratelimit-resource': 'graphql',
  };
  const query = '{ rateLimit { limit cost remaining used resetAt nodeCount } }';
  const resetAt = '2026-01-01T01:00:00Z';
  expect(await askGraphQL(fixture, query)).toEqual({
    status: 200,
    limits: counted,
    body: { data: { rateLimit: { limit: 1, cost: 1, remaining: 0, used: 1, resetAt, nodeCount: 0 } } },
  });
  expect(await askGraphQL(fixture, query)).toEqual({
    status: 200,
    limits: { ...counted, 'x-ratelimit-used': '2' },
    body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 1002.' }] },
  });
});

test('the points of a query come from the pages that it asks for, with variables and fragments', async () => {
  const query = `query($pulls: Int!) {
    rateLimit { cost nodeCount }
    repository(owner: "acme", name: "thoughts") { pullRequests(first: $pulls) { nodes { ...reviewed } } }
  }
  fragment reviewed on PullRequest { commits(first: 50) { nodes { commit { parents(first: 2) { nodes { oid } } } } } }`;
  const { body, limits } = await askGraphQL(fixture, query, { pulls: 100 });
  // 1 request for pull requests, 100 for their commits, 5,000 for the parents of those.
  expect(body).toMatchObject({ data: { rateLimit: { cost: 51, nodeCount: 100 + 5000 + 10_000 } } });
  expect(limits['x-ratelimit-used']).toBe('51');
});

test.each([
  [
    'without a size',
    'pullRequests { nodes { number } }',
    'MISSING_PAGINATION_BOUNDARIES',
    'You must provide a `first` or `last` value to properly paginate the `pullRequests` connection.',
  ],
  [
    'of more than 100',
    'pullRequests(first: 101) { nodes { number } }',
    'EXCESSIVE_PAGINATION',
    'Requesting 101 records on the `pullRequests` connection exceeds the `first` limit of 100 records.',
  ],
  [
    'that multiply to more than 500,000 nodes',
    'pullRequests(first: 100) { nodes { commits(first: 100) { nodes { commit { parents(first: 100) { nodes { oid } } } } } } }',
    'MAX_NODE_LIMIT_EXCEEDED',
    'This query requests up to 1010100 possible nodes which exceeds the maximum limit of 500000.',
  ],
])('pages %s are refused', async (_, fields, type, message) => {
  const { status, body } = await askGraphQL(fixture, `{ repository(owner: "acme", name: "thoughts") { ${fields} } }`);
  expect([status, body]).toMatchObject([200, { errors: [{ type, message }] }]);
});

test('a count needs no page size', async () => {
  const query = '{ repository(owner: "acme", name: "thoughts") { pullRequests { totalCount } } }';
  expect((await askGraphQL(fixture, query)).body).toEqual({
    data: { repository: { pullRequests: { totalCount: 0 } } },
  });
});

test('mutations are content; GraphQL answers a secondary limit with a status and a message', async () => {
  fixture.github.limits.secondary = { contentPerMinute: 0 };
  const mutation = `mutation { disablePullRequestAutoMerge(input: { pullRequestId: "x" }) { clientMutationId } }`;
  expect(await askGraphQL(fixture, mutation)).toMatchObject({
    status: 403,
    limits: { 'retry-after': '60', 'x-ratelimit-resource': 'graphql' },
    body: { message: CONTENT, documentation_url: PAGE },
  });
  expect((await askGraphQL(fixture, '{ viewer { login } }')).status).toBe(200);
});
