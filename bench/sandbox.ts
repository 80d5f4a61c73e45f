import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renderTable } from '#shared/markdown/table.ts';
import { startCluster } from '../test/sandbox/cluster/server.ts';
import { type GitHubSandbox, startGitHub } from '../test/sandbox/github/server.ts';
import { startRegistry } from '../test/sandbox/registry/server.ts';
import { startSandbox } from '../test/sandbox/sandbox.ts';

const REPOSITORY = 'acme/large';
const TAGS = 20_000;
const FILES = 5_000;
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
      await printLarge(github, folder);
    } finally {
      await github.close();
    }
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

async function printLarge(github: GitHubSandbox, folder: string): Promise<void> {
  const names = Array.from({ length: FILES }, (_, index) => `services/${index % 50}/${index}.yaml`);
  const files = Object.fromEntries(names.map((name) => [name, `image: acme/api:v1\nname: ${name}\n`]));
  const { sha, gitUrl, folder: bare } = await github.createRepository({ owner: 'acme', name: 'large', files });
  const tags = Array.from({ length: TAGS }, (_, index) => [`refs/tags/v1.0.${index}`, sha] as const);
  github.addRefs(REPOSITORY, Object.fromEntries(tags));
  const headers = { authorization: `token ${github.tokens.admin}` };
  const ask = async (path: string) => {
    const answer = await fetch(`${github.apiUrl}/repos/${REPOSITORY}/${path}`, { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await answer.arrayBuffer();
  };
  const git = (...argv: string[]) => promisify(execFile)('git', argv, { maxBuffer: 2 ** 28 });
  let copies = 0;
  const cloneFrom = (from: string) =>
    git('clone', '-q', '--bare', '--no-local', from, join(folder, `copy-${copies++}`));
  const withToken = gitUrl.replace('://', `://x:${github.tokens.admin}@`);
  const rows = [
    await compare(
      `${TAGS} tags`,
      () => ask('git/matching-refs/tags/v'),
      () => git('-C', bare, 'for-each-ref', '--format=%(objectname) %(objecttype) %(refname)', 'refs/tags/'),
    ),
    await compare(
      `tree of ${FILES} files`,
      () => ask(`git/trees/${sha}?recursive=1`),
      () => git('-C', bare, 'ls-tree', '-r', '-t', '-l', sha),
    ),
    await compare(
      'clone',
      () => cloneFrom(withToken),
      () => cloneFrom(bare),
    ),
  ];
  console.log(renderTable(['large repository', 'sandbox', 'git itself', 'ratio'], rows));
}

async function compare(name: string, ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<string[]> {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    for (const [index, work] of [ours, theirs].entries()) {
      const begun = performance.now();
      await work();
      times[index]?.push(performance.now() - begun);
    }
  }
  const [mine, gits] = [median(times[0]), median(times[1])];
  return [name, `${mine.toFixed(0)} ms`, `${gits.toFixed(0)} ms`, `${(mine / gits).toFixed(2)}×`];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
