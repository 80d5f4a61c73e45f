import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ActionManifest, readActionManifest } from './action-manifest.ts';
import { type LoggedAnnotation, parseCommandFile, parseLog } from './parse-runner-protocol.ts';

/** What the runner knows when it starts a step. */
export interface StepContext {
  /** `GITHUB_*` variables without the prefix, e.g. `{ REPOSITORY: 'acme/x' }`. */
  readonly github: Readonly<Record<string, string>>;
  /** The value of `${{ github.token }}`. */
  readonly token: string;
  /** The event payload. */
  readonly event?: object;
  /** Other variables of the job. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a step left behind, as the runner sees it. */
export interface StepResult {
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Standard output and error in order, with masked secrets replaced as the runner does it. */
  readonly log: string;
  readonly annotations: readonly LoggedAnnotation[];
  readonly seconds: number;
}

/** The Node that the runner would use for `using: node24`. */
export const node24 = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));

/**
 * Runs the committed bundle of an action in a process of its own, as the runner does: inputs with their defaults as
 * `INPUT_*`, `GITHUB_*` variables, command files, masks; and reads back what it wrote.
 */
export async function runStep(
  action: string,
  inputs: Readonly<Record<string, string>>,
  options: { context: StepContext; node?: string; cwd?: string; signal?: AbortSignal },
): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-step-'));
  try {
    const manifest = await readActionManifest(action);
    const environment = await stepEnvironment(folder, { manifest, inputs, context: options.context });
    const started = performance.now();
    const { exitCode, log } = await execute(manifest.mainPath, environment, options);
    const parsed = parseLog(log);
    return {
      exitCode,
      outputs: parseCommandFile(await readFile(join(folder, 'output'), 'utf8')),
      summary: await readFile(join(folder, 'summary'), 'utf8'),
      log: parsed.log,
      annotations: parsed.annotations,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stepEnvironment(
  folder: string,
  step: { manifest: ActionManifest; inputs: Readonly<Record<string, string>>; context: StepContext },
): Promise<Record<string, string>> {
  const files = {
    GITHUB_OUTPUT: 'output',
    GITHUB_STEP_SUMMARY: 'summary',
    GITHUB_STATE: 'state',
    GITHUB_ENV: 'env',
    GITHUB_PATH: 'path',
  };
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    RUNNER_TEMP: folder,
    RUNNER_OS: 'Linux',
    ...step.context.env,
  };
  for (const [name, value] of Object.entries(step.context.github)) environment[`GITHUB_${name}`] = value;
  for (const [variable, file] of Object.entries(files)) {
    environment[variable] = join(folder, file);
    await writeFile(join(folder, file), '');
  }
  environment['GITHUB_EVENT_PATH'] = join(folder, 'event.json');
  await writeFile(join(folder, 'event.json'), JSON.stringify(step.context.event ?? {}));
  for (const [name, value] of Object.entries(inputsOf(step))) environment[`INPUT_${name.toUpperCase()}`] = value;
  return environment;
}

function inputsOf(step: { manifest: ActionManifest; inputs: Readonly<Record<string, string>>; context: StepContext }) {
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(step.manifest.inputs)) {
    inputs[name] = evaluate(input.default ?? '', step.context);
  }
  return { ...inputs, ...step.inputs };
}

// Only what our action.yml files use: one expression that names a property of the github context.
function evaluate(text: string, context: StepContext): string {
  return text.replace(/\$\{\{ *github\.([a-z_]+) *\}\}/g, (_, name: string) =>
    name === 'token' ? context.token : (context.github[name.toUpperCase()] ?? ''),
  );
}

function execute(
  path: string,
  environment: Record<string, string>,
  options: { node?: string; cwd?: string; signal?: AbortSignal },
): Promise<{ exitCode: number | null; log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? node24, [path], {
      cwd: options.cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    const abort = () => child.kill('SIGKILL');
    options.signal?.addEventListener('abort', abort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      options.signal?.removeEventListener('abort', abort);
      resolve({ exitCode, log: Buffer.concat(chunks).toString('utf8') });
    });
  });
}
