import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateFolder, type StateFolder } from './command/open-state-folder.ts';
import { parseArguments, type SandboxCommand } from './command/parse-arguments.ts';
import { helpText, type ReadySandbox, renderText } from './command/render-text.ts';
import { endWithParent } from './end-with-parent.ts';
import { type Sandbox, type SandboxPorts, startSandbox } from './sandbox.ts';

/** `npm run sandbox`: starts everything, prints where it is, and stays until it is interrupted. */
async function main(argv: readonly string[]): Promise<void> {
  endWithParent();
  const interrupted = new Promise<void>((resolve) => {
    process.on('SIGINT', () => resolve()).on('SIGTERM', () => resolve());
  });
  const command = parseArguments(argv);
  if (command.help) return void process.stdout.write(helpText);
  if (command.state !== undefined) return runKept(command, await openStateFolder(command.state), interrupted);
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-sandbox-'));
  try {
    const sandbox = await startSandbox({ folder, ports: portsFrom(command.port) });
    await stay(sandbox, command, interrupted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runKept(command: SandboxCommand, state: StateFolder, interrupted: Promise<void>): Promise<void> {
  const { folder, ports: before } = state;
  try {
    if (before !== undefined && command.port !== undefined && command.port !== before.github) {
      throw new Error(`${folder} was made with --port ${before.github}, which its manifests name: leave --port out`);
    }
    const sandbox = await startSandbox({ folder, ports: before ?? portsFrom(command.port), keep: true });
    await state.remember(portsOf(sandbox));
    await stay(sandbox, command, interrupted);
  } finally {
    state.release();
  }
}

async function stay(sandbox: Sandbox, { json }: SandboxCommand, interrupted: Promise<void>): Promise<void> {
  const ready = readyOf(sandbox);
  process.stdout.write(json ? `${JSON.stringify(ready)}\n` : renderText(ready));
  // A pending promise alone does not keep Node alive, but the listening servers do.
  await interrupted;
  await sandbox.close();
}

function portsFrom(first: number | undefined): Partial<SandboxPorts> {
  return first === undefined ? {} : { github: first, registry: first + 1, cluster: first + 2 };
}

function portsOf({ github, registry, cluster }: Sandbox): SandboxPorts {
  const [first = 0, second = 0, third = 0] = [github.serverUrl, registry.url, cluster.url].map((url) =>
    Number(new URL(url).port),
  );
  return { github: first, registry: second, cluster: third };
}

function readyOf({ github, registry, cluster, versionUrls }: Sandbox): ReadySandbox {
  const { apiUrl, graphqlUrl, serverUrl, tokens } = github;
  return {
    ...{ pageUrl: `${serverUrl}/`, apiUrl, graphqlUrl, serverUrl },
    ...{ registryUrl: registry.url, kubernetesUrl: cluster.url },
    ...{ tokens, kubernetesTokens: cluster.tokens, versionUrls },
    repositories: { service: 'acme/thoughts-backend', gitops: 'acme/gitops' },
  };
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
