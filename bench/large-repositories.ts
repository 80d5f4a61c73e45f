import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { renderTable } from '#shared/markdown/table.ts';
import { startGitHub } from '../test/sandbox/github/server.ts';
import { median } from './median.ts';

const REPOSITORY = 'acme/large';
const TAGS = 20_000;
const FILES = 5_000;
const RUNS = 7;
const program = fileURLToPath(new URL('./serve-github.js', import.meta.url));

interface Served {
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly token: string;
}

/** A question to the sandbox, and the git process that answers the same. */
interface Question {
  readonly name: string;
  ask(sandbox: Served): Promise<unknown>;
  askGit(): Promise<unknown>;
}

/** Measures questions about a large repository next to git itself: to a sandbox process that has just opened it, and asked again. */
export async function printLargeRepositories(folder: string): Promise<void> {
  const bare = await makeRepository(folder);
  const rows: string[][] = [];
  for (const question of questionsAbout(bare, folder)) {
    const times: Record<'git' | 'cold' | 'warm', number[]> = { git: [], cold: [], warm: [] };
    for (let run = 0; run < RUNS; run++) {
      times.git.push(await time(question.askGit));
      await withSandbox(folder, async (sandbox) => {
        times.cold.push(await time(() => question.ask(sandbox)));
        await question.ask(sandbox);
        times.warm.push(await time(() => question.ask(sandbox)));
      });
    }
    const [git, cold, warm] = [times.git, times.cold, times.warm].map(median) as [number, number, number];
    rows.push([question.name, ms(git), ms(cold), ratio(cold, git), ms(warm), ratio(warm, git)]);
  }
  console.log(renderTable(['large repository', 'git itself', 'sandbox, cold', 'ratio', 'warm', 'ratio'], rows));
}

/** Everything is packed, which is how git leaves what it has cloned, and where it is fastest itself. */
async function makeRepository(folder: string): Promise<string> {
  const github = await startGitHub({ folder: join(folder, 'repositories'), records: join(folder, 'records') });
  const names = Array.from({ length: FILES }, (_, index) => `services/${index % 50}/${index}.yaml`);
  const files = Object.fromEntries(names.map((name) => [name, `image: acme/api:v1\nname: ${name}\n`]));
  const { sha, folder: bare } = await github.createRepository({ owner: 'acme', name: 'large', files });
  const tags = Array.from({ length: TAGS }, (_, index) => [`refs/tags/v1.0.${index}`, sha] as const);
  github.addRefs(REPOSITORY, Object.fromEntries(tags));
  await github.close();
  await git('-C', bare, 'gc', '--quiet');
  return bare;
}

function questionsAbout(bare: string, folder: string): Question[] {
  let copies = 0;
  const cloneFrom = (from: string) =>
    git('clone', '-q', '--bare', '--no-local', from, join(folder, `copy-${copies++}`));
  return [
    {
      name: `${TAGS} tags`,
      ask: (sandbox) => askApi(sandbox, 'git/matching-refs/tags/v'),
      askGit: () => git('-C', bare, 'for-each-ref', '--format=%(objectname) %(objecttype) %(refname)', 'refs/tags/'),
    },
    {
      name: `tree of ${FILES} files`,
      ask: (sandbox) => askApi(sandbox, 'git/trees/main?recursive=1'),
      askGit: () => git('-C', bare, 'ls-tree', '-r', '-t', '-l', 'main'),
    },
    {
      name: 'clone',
      ask: ({ serverUrl, token }) => cloneFrom(`${serverUrl.replace('://', `://x:${token}@`)}/${REPOSITORY}.git`),
      askGit: () => cloneFrom(bare),
    },
  ];
}

async function withSandbox(folder: string, work: (sandbox: Served) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  try {
    const [line] = (await Promise.race([once(child.stdout, 'data'), ended.then(failed)])) as [Buffer];
    await work(JSON.parse(line.toString()) as Served);
  } finally {
    child.stdin.end();
    await ended;
  }
}

function failed(): never {
  throw new Error('The sandbox process ended before it was ready');
}

async function askApi({ apiUrl, token }: Served, path: string): Promise<void> {
  const headers = { authorization: `token ${token}` };
  const answer = await fetch(`${apiUrl}/repos/${REPOSITORY}/${path}`, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  await answer.arrayBuffer();
}

function git(...argv: string[]): Promise<unknown> {
  return promisify(execFile)('git', argv, { maxBuffer: 2 ** 28 });
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function ratio(one: number, other: number): string {
  return `${(one / other).toFixed(2)}×`;
}
