/** Where a running sandbox is: what `--json` prints. */
export interface ReadySandbox {
  readonly pageUrl: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly serverUrl: string;
  readonly registryUrl: string;
  readonly kubernetesUrl: string;
  readonly tokens: Readonly<Record<'admin' | 'app' | 'workflow' | 'readOnly', string>>;
  readonly kubernetesTokens: Readonly<Record<'admin' | 'verify', string>>;
  /** Where the sample's service tells its version, by environment. */
  readonly versionUrls: Readonly<Record<string, string>>;
  readonly repositories: { readonly service: string; readonly gitops: string };
}

/** What `--help` prints. */
export const helpText = `npm run sandbox -- [--port N] [--json] [--state FOLDER]

Starts a GitHub, a container registry and a Kubernetes cluster on loopback, with a service that is deployed
from acme/gitops, and stays until it is interrupted.

  --port N        GitHub and the page on port N, the registry on N + 1, the cluster on N + 2 (default: free ports)
  --json          prints one line of JSON for programs instead of text for people
  --state FOLDER  keeps repositories, records, images, tokens and ports in FOLDER over a restart; the cluster
                  is built from acme/gitops again
  --help          this text

CONTRIBUTING.md has examples for curl, git and act.
`;

/** The text for people, with commands to copy. */
export function renderText(ready: ReadySandbox): string {
  const { pageUrl, apiUrl, graphqlUrl, serverUrl, registryUrl, kubernetesUrl, tokens, kubernetesTokens } = ready;
  const { service, gitops } = ready.repositories;
  const cloneUrl = `${serverUrl.replace('//', `//x-access-token:${tokens.admin}@`)}/${service}.git`;
  const services = Object.entries(ready.versionUrls).map(([name, url]) => `  ${name.padEnd(11)}${url}`);
  return `The sandbox runs; Ctrl+C ends it.

  Page       ${pageUrl}
  REST       ${apiUrl}
  GraphQL    ${graphqlUrl}
  Registry   ${registryUrl}
  Cluster    ${kubernetesUrl}
${services.join('\n')}

Tokens of GitHub: a person who may do everything, the App, GITHUB_TOKEN, and one that only reads
  admin      ${tokens.admin}
  app        ${tokens.app}
  workflow   ${tokens.workflow}
  readOnly   ${tokens.readOnly}

To copy:
  curl -s -H "authorization: token ${tokens.app}" ${apiUrl}/repos/${gitops}/pulls
  curl -s -H "authorization: token ${tokens.admin}" ${apiUrl}/repos/${service}/labels -d '{"name":"release"}'
  git clone ${cloneUrl}
  curl -s -H "authorization: Bearer ${kubernetesTokens.verify}" ${kubernetesUrl}/apis/apps/v1/deployments
`;
}
