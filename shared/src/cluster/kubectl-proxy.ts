import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { textOfError, type UserError } from '../errors.ts';
import { forLog } from '../untrusted.ts';
import type { ClusterAccess, ResolvedEndpoint } from './cluster-access.ts';
import { clusterReasons, clusterUserError } from './cluster-error.ts';

const startTimeoutMs = 20_000;
const writes = '^(POST|PUT|PATCH|DELETE)$';

/**
 * Lets kubectl speak to the cluster: it merges kubeconfigs, runs exec plugins, and refreshes credentials.
 * The proxy listens on a unix socket in a folder that only this user may enter, and refuses every method that writes.
 */
export async function startKubectlProxy(access: ClusterAccess): Promise<ResolvedEndpoint> {
  const folder = await mkdtemp(join(access.temporaryFolder, 'kubectl-'));
  const socketPath = join(folder, 'proxy.sock');
  const context = access.context === '' ? [] : [`--context=${access.context}`];
  const child = spawn(
    'kubectl',
    [
      'proxy',
      `--unix-socket=${socketPath}`,
      `--reject-methods=${writes}`,
      `--kubeconfig=${access.kubeconfig}`,
      ...context,
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  const close = async () => {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(child, socketPath);
  } catch (error) {
    await close();
    throw error;
  }
  access.log(`kubectl proxy speaks for ${forLog(access.kubeconfig)}`);
  return {
    endpoint: { url: 'http://localhost', socketPath, readToken: () => undefined },
    description: 'kubeconfig',
    close,
  };
}

async function listening(child: ChildProcess, socketPath: string): Promise<void> {
  let failure: unknown;
  let said = '';
  child.on('error', (error) => {
    failure = error;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let waited = 0; waited < startTimeoutMs; waited += 50) {
    if (existsSync(socketPath)) return;
    if (failure !== undefined) throw missing(failure);
    if (child.exitCode !== null) break;
    await setTimeout(50);
  }
  throw clusterUserError('cluster-not-configured', `kubectl proxy did not start: ${forLog(said)}`, {
    remedy: 'Check the kubeconfig and the context, for example with `kubectl version`.',
  });
}

function missing(error: unknown): UserError {
  const { meaning } = clusterReasons['kubectl-missing'];
  return clusterUserError('kubectl-missing', `${meaning} (${textOfError(error)})`, { cause: error });
}
