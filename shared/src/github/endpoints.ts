import type { RunContext } from '../runner/runner.ts';

/** Where GitHub's two APIs are. */
export interface GitHubEndpoints {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
}

/**
 * The APIs for the input `github-api-url`: the runner's own when it is empty, else GraphQL beside that REST base URL by
 * GitHub's layouts (`/api/v3` on GitHub Enterprise Server).
 */
export function endpointsOf(givenApiUrl: string, context: Pick<RunContext, 'apiUrl' | 'graphqlUrl'>): GitHubEndpoints {
  const { apiUrl, graphqlUrl } = context;
  if (givenApiUrl === '' || givenApiUrl === apiUrl) return { apiUrl, graphqlUrl };
  const beside = givenApiUrl.endsWith('/api/v3') ? givenApiUrl.slice(0, -'/v3'.length) : givenApiUrl;
  return { apiUrl: givenApiUrl, graphqlUrl: `${beside}/graphql` };
}

/** Where the web pages are of the server that the input `github-api-url` names: the runner's own, GitHub Enterprise Server, or GitHub's cloud. */
export function serverUrlOf(givenApiUrl: string, context: Pick<RunContext, 'apiUrl' | 'serverUrl'>): string {
  if (givenApiUrl === '' || givenApiUrl === context.apiUrl) return context.serverUrl;
  return givenApiUrl.replace(/\/api\/v3$/, '').replace('://api.', '://');
}
