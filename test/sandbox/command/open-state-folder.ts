import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import type { SandboxPorts } from '../sandbox.ts';

/** A folder that keeps a sandbox over restarts, held by this process. */
export interface StateFolder {
  readonly folder: string;
  /** Those of the sandbox that was here before: its manifests name the registry by host and port. */
  readonly ports: SandboxPorts | undefined;
  /** Tells that the sandbox is complete, and where it listens. */
  remember(ports: SandboxPorts): Promise<void>;
  /** Lets others have it; so does the end of the process. */
  release(): void;
}

const mark = 'sandbox.json';

/** Opens or makes the folder. Throws an Error that says why not: another process has it, or it holds something else. */
export async function openStateFolder(path: string): Promise<StateFolder> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true });
  const lock = await hold(folder);
  try {
    return {
      ...{ folder, ports: await readPorts(folder) },
      async remember(ports) {
        await writeFile(join(folder, `${mark}.new`), `${JSON.stringify({ ports })}\n`);
        await rename(join(folder, `${mark}.new`), join(folder, mark));
      },
      release: () => void lock.close(),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

async function readPorts(folder: string): Promise<SandboxPorts | undefined> {
  const file = join(folder, mark);
  if (existsSync(file)) return (JSON.parse(await readFile(file, 'utf8')) as { ports: SandboxPorts }).ports;
  if ((await readdir(folder)).length === 0) return undefined;
  throw new Error(`${folder} is not empty, and holds no complete sandbox (${mark}): give a new or empty folder`);
}

// An abstract socket is free again as soon as its process is gone, however it ends; it leaves nothing to clean up.
async function hold(folder: string): Promise<Server> {
  const { dev, ino } = await stat(folder);
  const name = `\0trunkline-sandbox-${dev}-${ino}`;
  const lock = createServer((socket) => socket.end(`${process.pid}`));
  const isOurs = await new Promise<boolean>((done, fail) => {
    lock.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(false) : fail(error)));
    lock.listen(name, () => done(true));
  });
  if (!isOurs) throw new Error(`${folder} is in use by process ${await holderOf(name)}: end that one first`);
  lock.unref();
  return lock;
}

function holderOf(name: string): Promise<string> {
  return new Promise((done) => {
    let pid = '';
    const socket = connect(name).setEncoding('utf8');
    socket.on('data', (text) => {
      pid += text;
    });
    socket.on('error', () => done('that is just ending')).on('close', () => done(pid));
  });
}
