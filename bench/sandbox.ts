import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderTable } from '#shared/markdown/table.ts';
import { startCluster } from '../test/sandbox/cluster/server.ts';
import { type GitHubSandbox, startGitHub } from '../test/sandbox/github/server.ts';
import { startRegistry } from '../test/sandbox/registry/server.ts';
import { startSandbox } from '../test/sandbox/sandbox.ts';
import { printLargeRepositories } from './large-repositories.ts';
import { median } from './median.ts';

const REQUESTS = 3_000;
const RUNS = 5;

/** Measures the sandbox: how long its parts take to start, small requests next to a bare node:http, and large repositories next to git itself. */
export async function printSandbox(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-sandbox-'));
  try {
    await printStarts(folder);
    const github = await startGitHub({ folder: join(folder, 'github') });
    try {
      github.limits.requestsPerHour = Number.MAX_SAFE_INTEGER;
      await printRate(github);
    } finally {
      await github.close();
    }
    await printLargeRepositories(join(folder, 'large'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function printStarts(folder: string): Promise<void> {
  const starts: Readonly<Record<string, () => Promise<{ close(): Promise<void> }>>> = {
    GitHub: () => startGitHub({ folder: join(folder, 'start') }),
    registry: () => startRegistry(),
    cluster: () => startCluster(),
    'all, until the sample runs in both environments': () => startSandbox({ folder: join(folder, 'all') }),
  };
  const rows: string[][] = [];
  for (const [name, start] of Object.entries(starts)) {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const begun = performance.now();
      const part = await start();
      times.push(performance.now() - begun);
      await part.close();
      await rm(join(folder, 'all'), { recursive: true, force: true });
    }
    rows.push([name, `${median(times).toFixed(0)} ms`]);
  }
  console.log(renderTable(['start', `median of ${RUNS}`], rows));
}

async function printRate(github: GitHubSandbox): Promise<void> {
  await github.createRepository({ owner: 'acme', name: 'small', files: { 'a.txt': 'a' } });
  const url = `${github.apiUrl}/repos/acme/small/git/ref/heads/main`;
  const headers = { authorization: `token ${github.tokens.admin}` };
  const body = await (await fetch(url, { headers })).text();
  const bare = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    ours.push(await rate(url, headers));
    theirs.push(await rate(bareUrl, headers));
  }
  await new Promise<void>((resolve) => bare.close(() => resolve()));
  const ratio = `${(median(theirs) / median(ours)).toFixed(2)}×`;
  console.log(
    renderTable(
      ['small requests a second, client and server in one process', 'median', 'bare is faster by'],
      [
        ['sandbox', median(ours).toFixed(0), ratio],
        ['bare node:http, the same bytes', median(theirs).toFixed(0), '1.00×'],
      ],
    ),
  );
}

async function rate(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const begun = performance.now();
  let left = REQUESTS;
  const ask = async () => {
    for (; left > 0; ) {
      left -= 1;
      await (await fetch(url, { headers })).arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  return (1000 * REQUESTS) / (performance.now() - begun);
}
