import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pushImage } from '../sandbox/registry/push-image.ts';
import type { Challenge, RegistryUnderTest } from '../shared/registry/registry-suite.ts';
import { startTokenService, type TokenService } from './token-service.ts';

/** The user of the registry; the password's hash is bcrypt, the only one that its htpasswd takes. */
const credentials = { username: 'acme', password: 'only-for-tests' };
const HTPASSWD = 'acme:$2b$04$abcdefghijklmnopqrstuuSOASZ5gFdIXxQU/MI4albXfVKBHc6R2\n';

/**
 * Starts Debian's `docker-registry` (CNCF distribution) on a free port of 127.0.0.1 with its data in a temporary folder.
 * https://distribution.github.io/distribution/about/configuration/
 */
export async function startDebianRegistry(challenge: Challenge): Promise<RegistryUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-registry-'));
  const tokens = challenge === 'bearer' ? await startTokenService(credentials) : undefined;
  await writeFile(join(folder, 'htpasswd'), HTPASSWD);
  await writeFile(join(folder, 'ca.pem'), tokens?.certificate ?? '');
  const configuration = {
    version: 0.1,
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: '127.0.0.1:0', secret: 'only-for-tests' },
    ...authOf(challenge, { folder, tokens }),
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const host = await addressOf(child);
  return {
    ...{ host, credentials },
    pushImage: (image) => pushImage({ url: `http://${host}`, credentials }, image),
    async close() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
      await tokens?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function authOf(
  challenge: Challenge,
  { folder, tokens }: { folder: string; tokens: TokenService | undefined },
): object {
  if (challenge === 'basic') return { auth: { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } } };
  if (tokens === undefined) return {};
  const { realm, issuer, service } = tokens;
  return { auth: { token: { realm, issuer, service, rootcertbundle: join(folder, 'ca.pem') } } };
}

// It listens on a port of the kernel's choice and says which in its log.
function addressOf(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line);
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', read);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`docker-registry ended with ${code}:\n${lines.join('\n')}`)));
  });
}
