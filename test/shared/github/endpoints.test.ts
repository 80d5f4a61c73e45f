import { expect, test } from '@jest/globals';
import { endpointsOf, serverUrlOf } from '#shared/github/endpoints.ts';

const runner = { apiUrl: 'https://api.example', graphqlUrl: 'https://graphql.example' };

test.each([
  ['', 'https://api.example', 'https://graphql.example'],
  ['https://api.example', 'https://api.example', 'https://graphql.example'],
  ['https://ghes.example/api/v3', 'https://ghes.example/api/v3', 'https://ghes.example/api/graphql'],
  ['https://api.github.com', 'https://api.github.com', 'https://api.github.com/graphql'],
])('github-api-url %j asks %s and %s', (given, apiUrl, graphqlUrl) => {
  expect(endpointsOf(given, runner)).toEqual({ apiUrl, graphqlUrl });
});

test.each([
  ['', 'https://own.example'],
  ['https://api.example', 'https://own.example'],
  ['https://ghes.example/api/v3', 'https://ghes.example'],
  ['https://api.github.com', 'https://github.com'],
  ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
])('the pages of github-api-url %j are at %s', (given, serverUrl) => {
  expect(serverUrlOf(given, { apiUrl: 'https://api.example', serverUrl: 'https://own.example' })).toBe(serverUrl);
});
