import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { GitHubSandbox } from '../../sandbox/github/server.ts';
import { projectRoot } from '../../support/action-manifest.ts';
import { node24 } from '../../support/run-step.ts';

/** One run of a workflow under act, with the suite as a caller would reference it. */
export interface ActRun {
  readonly exitCode: number | null;
  readonly log: string;
}

const SUITE = 'acme/trunkline';
const REF = 'v1';

/**
 * Copies the suite to where act finds it as `acme/trunkline@v1`. The self-repository syntax (`$/...`) is newer than act,
 * so in the copy it becomes that name.
 */
export async function copySuite(folder: string): Promise<string> {
  const suite = join(folder, 'trunkline');
  for (const part of ['actions', 'dist', 'package.json'])
    await cp(join(projectRoot, part), join(suite, part), { recursive: true });
  const workflows = join('.github', 'workflows');
  await mkdir(join(suite, workflows), { recursive: true });
  for (const name of await readdir(join(projectRoot, workflows))) {
    const text = await readFile(join(projectRoot, workflows, name), 'utf8');
    await writeFile(join(suite, workflows, name), text.replaceAll(/uses: \$\/(\S+)/g, `uses: ${SUITE}/$1@${REF}`));
  }
  return suite;
}

/**
 * Stands in for the actions of others, which act would clone from github.com before it looks at `if:`. Each fails when it
 * is really run: the tests take only paths that need none of them.
 */
export async function refuseOthers(folder: string): Promise<string[]> {
  const options: string[] = [];
  const workflows = join(projectRoot, '.github', 'workflows');
  const names = (await readdir(workflows)).filter((name) => name.endsWith('.yml'));
  const texts = await Promise.all(names.map((name) => readFile(join(workflows, name), 'utf8')));
  const used = new Set(texts.join('\n').match(/[\w-]+\/[\w.-]+@[0-9a-f]{40}/g));
  for (const reference of used) {
    const stub = join(folder, 'others', reference.replace('@', '/'));
    await mkdir(stub, { recursive: true });
    const manifest = `name: refused\ndescription: ${reference} cannot run here\nruns:\n  using: composite\n  steps:\n    - run: exit 1\n      shell: bash\n`;
    await writeFile(join(stub, 'action.yml'), manifest);
    options.push('--local-repository', `${reference}=${stub}`);
  }
  return options;
}

/** A checkout of a sandbox repository with the caller workflow in it; act reads the repository's name from `origin`. */
export async function checkOut(
  github: GitHubSandbox,
  { repository, folder, branch }: { repository: string; folder: string; branch: string },
): Promise<void> {
  const git = promisify(execFile);
  const url = `${github.serverUrl.replace('//', `//x-access-token:${github.tokens.admin}@`)}/${repository}.git`;
  await git('git', ['clone', '--quiet', '--branch', branch, url, folder]);
  await git('git', ['-C', folder, 'remote', 'set-url', 'origin', `https://github.com/${repository}.git`]);
}

/** Runs one workflow of a checkout with real act, against the sandbox. */
export async function runAct(
  github: GitHubSandbox,
  run: {
    checkout: string;
    workflow: string;
    event: string;
    payload: object;
    suite: string;
    others: readonly string[];
    secrets?: Record<string, string>;
  },
): Promise<ActRun> {
  const payload = join(dirname(run.checkout), `event-${run.event}.json`);
  await writeFile(payload, JSON.stringify(run.payload));
  const secrets = Object.entries({ GITHUB_TOKEN: github.tokens.workflow, ...run.secrets }).flatMap(([name, value]) => [
    '-s',
    `${name}=${value}`,
  ]);
  const environment = {
    GITHUB_API_URL: github.apiUrl,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    GITHUB_SERVER_URL: github.serverUrl,
  };
  const variables = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const argv = [
    run.event,
    '-e',
    payload,
    '-W',
    run.workflow,
    '-P',
    'ubuntu-latest=-self-hosted',
    '--action-offline-mode',
  ];
  const local = ['--local-repository', `${SUITE}@${REF}=${run.suite}`, ...run.others];
  const child = spawn(process.env['TRUNKLINE_ACT'] ?? 'act', [...argv, ...local, ...secrets, ...variables], {
    cwd: run.checkout,
    // The job's `node` is the machine's own, whatever `using:` says.
    env: { ...process.env, PATH: [dirname(node24), process.env['PATH']].join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  return { exitCode, log: Buffer.concat(chunks).toString() };
}
