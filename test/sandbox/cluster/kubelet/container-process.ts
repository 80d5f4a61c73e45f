import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantity } from '../controllers/scheduler.ts';
import type { Container } from '../pod-objects.ts';
import type { ContainerLog } from './container-log.ts';
import { hearPorts } from './container-ports.ts';
import type { NodeImage } from './image-store.ts';

/** How a run of a container ended. */
export interface Exit {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: 'Completed' | 'Error' | 'OOMKilled' | 'StartError';
  readonly message?: string;
}

/** A running container. */
export interface ContainerProcess {
  readonly exit: Promise<Exit>;
  /** Resolves when the container listens on `port`. */
  listens(port: number): Promise<void>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const preload = fileURLToPath(new URL('./container-preload.js', import.meta.url));
const signals: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};
const memoryPollMs = 200;

/** Starts a container as a process of this machine: every image counts as one with nothing but Node and its own files. */
export function startContainer(options: {
  container: Container;
  image: NodeImage;
  environment: Readonly<Record<string, string>>;
  podIp: string;
  hostname: string;
  log: ContainerLog;
}): ContainerProcess {
  const { container, image, environment, podIp, hostname, log } = options;
  const { config, root } = image;
  const [program = '', ...rest] = container.command ?? config.Entrypoint ?? [];
  const commandArguments = container.args ?? (container.command === undefined ? (config.Cmd ?? []) : []);
  const folder = join(root, container.workingDir ?? config.WorkingDir ?? '/');
  if (!/^(?:\/usr\/local\/bin\/|\/usr\/bin\/)?node$/.test(program))
    return startError(program, 'executable file not found in $PATH');
  const own = [...rest, ...commandArguments].map((each) => insideRoot(root, each));
  const child = spawn(process.execPath, ['--import', preload, ...own], {
    cwd: existsSync(folder) ? folder : root,
    env: {
      ...Object.fromEntries((config.Env ?? []).map(splitVariable)),
      ...{ HOSTNAME: hostname, ...environment, SANDBOX_POD_IP: podIp },
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => log.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
  const listens = hearPorts(child.stdio);
  return { exit: exitOf(child, container), listens, kill: (signal) => void child.kill(signal) };
}

function exitOf(child: ChildProcess, container: Container): Promise<Exit> {
  let outOfMemory = false;
  const limit = container.resources?.limits?.['memory'];
  const watch =
    limit === undefined
      ? undefined
      : setInterval(() => {
          if (residentBytes(child.pid) <= quantity(limit)) return;
          outOfMemory = true;
          child.kill('SIGKILL');
        }, memoryPollMs);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      clearInterval(watch);
      resolve({ exitCode: 128, reason: 'StartError', message: error.message });
    });
    child.on('close', (code, signalName) => {
      clearInterval(watch);
      if (outOfMemory) return resolve({ exitCode: 137, reason: 'OOMKilled' });
      const signal = signalName === null ? 0 : (signals[signalName] ?? 0);
      const exitCode = code ?? 128 + signal;
      resolve({ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' });
    });
  });
}

function startError(program: string, why: string): ContainerProcess {
  const init = `error during container init: exec: "${program}": ${why}`;
  const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${init}`;
  const exit = Promise.resolve({ exitCode: 128, reason: 'StartError', message } as const);
  return { exit, listens: () => new Promise(() => {}), kill: () => {} };
}

// Without a file system of its own, an absolute path of the image has to be found below its root.
function insideRoot(root: string, argument: string): string {
  return argument.startsWith('/') && existsSync(join(root, argument)) ? join(root, argument) : argument;
}

function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
}

function residentBytes(pid: number | undefined): number {
  try {
    const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(match?.[1] ?? '0') * 1024;
  } catch {
    return 0;
  }
}
