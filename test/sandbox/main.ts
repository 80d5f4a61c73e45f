import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithParent } from './end-with-parent.ts';
import { startSandbox } from './sandbox.ts';

/** `npm run sandbox`: starts everything, prints where it is as one JSON line, and stays until it is interrupted. */
async function main(): Promise<void> {
  endWithParent();
  const interrupted = new Promise<void>((resolve) => {
    process.on('SIGINT', () => resolve()).on('SIGTERM', () => resolve());
  });
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-sandbox-'));
  try {
    const { github, registry, cluster, versionUrls, close } = await startSandbox({ folder });
    const { apiUrl, graphqlUrl, serverUrl, tokens } = github;
    const { admin, app, workflow, readOnly } = tokens;
    const ready = {
      ...{ apiUrl, graphqlUrl, serverUrl, registryUrl: registry.url, kubernetesUrl: cluster.url },
      ...{ tokens: { admin, app, workflow, readOnly }, kubernetesTokens: cluster.tokens, versionUrls },
      repositories: { service: 'acme/thoughts-backend', gitops: 'acme/gitops' },
    };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    // A pending promise alone does not keep Node alive, but the listening servers do.
    await interrupted;
    await close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
