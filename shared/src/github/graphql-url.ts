import type { RunContext } from '../runner/runner.ts';

/** The GraphQL endpoint that belongs to a REST base URL: the runner's own when the REST URL is, else by GitHub's layouts (`/api/v3` on GitHub Enterprise Server). */
export function graphqlUrlOf(apiUrl: string, context: Pick<RunContext, 'apiUrl' | 'graphqlUrl'>): string {
  if (apiUrl === context.apiUrl) return context.graphqlUrl;
  return apiUrl.endsWith('/api/v3') ? `${apiUrl.slice(0, -'/v3'.length)}/graphql` : `${apiUrl}/graphql`;
}
