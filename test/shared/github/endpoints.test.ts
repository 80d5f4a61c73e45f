import { expect, test } from '@jest/globals';
import { endpointsOf } from '#shared/github/endpoints.ts';

const runner = { apiUrl: 'https://api.example', graphqlUrl: 'https://graphql.example' };

test.each([
  ['', 'https://api.example', 'https://graphql.example'],
  ['https://api.example', 'https://api.example', 'https://graphql.example'],
  ['https://ghes.example/api/v3', 'https://ghes.example/api/v3', 'https://ghes.example/api/graphql'],
  ['https://api.github.com', 'https://api.github.com', 'https://api.github.com/graphql'],
])('github-api-url %j asks %s and %s', (given, apiUrl, graphqlUrl) => {
  expect(endpointsOf(given, runner)).toEqual({ apiUrl, graphqlUrl });
});
