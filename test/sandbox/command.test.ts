import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';
import { watchedProcess } from '../support/watched-process.ts';
import { parseArguments } from './command/parse-arguments.ts';
import type { ReadySandbox } from './command/render-text.ts';
import { listen } from './listen.ts';

const program = join(projectRoot, 'build', 'test', 'sandbox', 'main.js');
let folder: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-command-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command until it ends by itself, or until `enough` of its output is there. */
async function run(argv: readonly string[], enough?: RegExp) {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [...watchedProcess, program, ...argv], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let [output, errors] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve) => {
    void ended.then(() => resolve());
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (enough?.test(output)) resolve();
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { output, errors, end, exitCode: enough === undefined ? await ended : null };
}

const startJson = async (...argv: string[]) => {
  const { output, errors, end } = await run(['--json', ...argv], /\n/);
  if (output === '') throw new Error(errors);
  return { ready: JSON.parse(output) as ReadySandbox, end };
};

function api({ apiUrl, tokens }: ReadySandbox) {
  const headers = { authorization: `token ${tokens.admin}`, 'content-type': 'application/json' };
  return async (method: string, path: string, body?: object): Promise<unknown> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${apiUrl}/repos/acme/${path}`, { method, headers, ...sent });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
}

const shaOf = (answer: unknown) => (answer as { sha: string }).sha;

/** Three ports in a row, the first of which was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the arguments of npm run sandbox', () => {
  test('take values after a space or an equals sign', () => {
    expect(parseArguments(['--port', '4000', '--state=some folder', '--json'])).toEqual({
      ...{ help: false, json: true, port: 4000, state: 'some folder' },
    });
    expect(parseArguments([])).toEqual({ help: false, json: false, port: undefined, state: undefined });
  });

  test('are refused with one error that lists everything', async () => {
    const { exitCode, output, errors } = await run(['--prot', '--json', '--json', '--port=0', '--state', 'x']);
    expect([exitCode, output]).toEqual([1, '']);
    expect(errors).toBe(
      'unknown argument --prot\n--json is given twice\n--port needs a number from 1 to 65533, not 0\nSee npm run sandbox -- --help\n',
    );
    expect(() => parseArguments(['--port', '--state'])).toThrow(
      /^--port needs .* not nothing\n--state needs a folder\n/,
    );
    expect(() => parseArguments(['--port', '65534'])).toThrow('--port needs a number');
    expect(() => parseArguments(['more'])).toThrow('unknown argument more');
  });

  test('--help explains each of them', async () => {
    const { exitCode, output } = await run(['--help']);
    expect(exitCode).toBe(0);
    for (const name of ['--port N', '--json', '--state FOLDER']) expect(output).toContain(`\n  ${name} `);
  });
});

describe('npm run sandbox', () => {
  test('listens on the port that it is given and the two that follow, and tells people what to copy', async () => {
    const port = await freePort();
    const { output, end } = await run(['--port', String(port)], /To copy:[\s\S]*deployments\n$/);
    expect(output).toContain(`Page       http://127.0.0.1:${port}/\n`);
    expect(output).toContain(`Registry   http://127.0.0.1:${port + 1}\n`);
    expect(output).toContain(`Cluster    http://127.0.0.1:${port + 2}\n`);
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain('<h1>Trunkline sandbox</h1>');
    const second = await run(['--port', String(port)]);
    expect([second.exitCode, second.errors]).toEqual([1, `Port ${port + 1} of 127.0.0.1 is in use already\n`]);
    expect(await end('SIGTERM')).toBe(0);
  });

  test('--state: everything is there after a restart, even after a kill', async () => {
    const state = join(folder, 'state');
    const first = await startJson('--state', state);
    const call = api(first.ready);
    const { object } = (await call('GET', 'thoughts-backend/git/ref/heads/main')) as { object: { sha: string } };
    await call('POST', 'thoughts-backend/git/refs', { ref: 'refs/tags/v9.0.0', sha: object.sha });
    const main = (await call('GET', 'gitops/git/ref/heads/main')) as { object: { sha: string } };
    const tree = { tree: [{ path: 'a', mode: '100644', type: 'blob', content: 'a' }] };
    const commit = {
      message: 'a',
      tree: shaOf(await call('POST', 'gitops/git/trees', tree)),
      parents: [main.object.sha],
    };
    const head = { ref: 'refs/heads/topic', sha: shaOf(await call('POST', 'gitops/git/commits', commit)) };
    await call('POST', 'gitops/git/refs', head);
    await call('POST', 'gitops/pulls', { title: 'kept', head: 'topic', base: 'main' });
    await call('POST', 'gitops/issues/1/labels', { labels: ['deploy'] });
    const deployment = { ref: 'main', environment: 'staging', required_contexts: [] };
    const { id } = (await call('POST', 'gitops/deployments', deployment)) as { id: number };
    await call('POST', `gitops/deployments/${id}/statuses`, { state: 'success' });
    const shown = async (ready: ReadySandbox) => {
      const paths = ['gitops/pulls', 'gitops/issues/1/labels', `gitops/deployments/${id}/statuses`, 'gitops'];
      return Promise.all([...paths, 'thoughts-backend/git/matching-refs/tags'].map((path) => api(ready)('GET', path)));
    };
    const before = await shown(first.ready);
    await first.end('SIGKILL');

    const second = await startJson('--state', state);
    const { versionUrls: _now, kubernetesTokens: _new, ...kept } = second.ready;
    expect(first.ready).toMatchObject(kept);
    expect(await shown(second.ready)).toEqual(before);
    const next = (await api(second.ready)('POST', 'gitops/deployments', deployment)) as { id: number };
    expect(next.id).toBeGreaterThan(id);
    await api(second.ready)('DELETE', 'thoughts-backend/git/refs/tags/v9.0.0');
    const tags = await promisify(execFile)('git', [
      'ls-remote',
      '--tags',
      `${kept.serverUrl}/acme/thoughts-backend.git`,
    ]);
    expect(tags.stdout).toMatch(/^[0-9a-f]{40}\trefs\/tags\/v1\.4\.0\n$/);
    const image = `${kept.registryUrl}/v2/acme/thoughts-backend/manifests/v1.4.0`;
    expect((await fetch(image)).status).toBe(200);
    expect(await second.end('SIGTERM')).toBe(0);
  });

  test('--state: one process at a time, a folder of its own, the port that it was made with', async () => {
    const state = join(folder, 'state');
    const first = await startJson('--state', state);
    const pid = started.at(-1)?.pid;
    const second = await run(['--state', state]);
    expect([second.exitCode, second.errors]).toEqual([1, `${state} is in use by process ${pid}: end that one first\n`]);
    expect(await first.end('SIGINT')).toBe(0);
    const { port } = new URL(first.ready.serverUrl);
    const moved = await run(['--state', state, '--port', String(Number(port) - 1)]);
    expect([moved.exitCode, moved.errors]).toEqual([1, expect.stringContaining(`was made with --port ${port}`)]);
    await writeFile(join(folder, 'of-others'), '');
    const other = await run(['--state', folder]);
    expect([other.exitCode, other.errors]).toEqual([1, expect.stringContaining('is not empty')]);
    expect((await readdir(folder)).sort()).toEqual(['of-others', 'state']);
  });
});
