import { type ChildProcess, spawn } from 'node:child_process';

/** What a finished git process said. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const quiet = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/** The environment of the sandbox's own git processes: nothing of the machine's configuration. */
export function gitEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/nonexistent', ...quiet, ...more };
}

/** Runs git to its end; never throws for a non-zero code. */
export function runGit(
  args: readonly string[],
  { folder, input, environment }: { folder: string; input?: Buffer; environment?: Readonly<Record<string, string>> },
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...args], { cwd: folder, env: gitEnvironment(environment) });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
    // A process that ends early breaks the pipe; its exit code tells why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Takes the answer off the bytes received so far: a copy of its value, and its length; undefined when there is more to come. */
export type TakeAnswer<T> = (received: Buffer) => { value: T; length: number } | undefined;

/** A git process that answers questions for as long as the sandbox lives; started at the first question. */
export interface GitConversation {
  /** `take` must take all of this question's answer, and nothing of the next one's. */
  ask<T>(question: string, take: TakeAnswer<T>): Promise<T>;
  close(): void;
}

/** Questions go to stdin in order, and their answers come from stdout in the same order. */
export function converseWithGit(args: readonly string[], folder: string): GitConversation {
  let child: ChildProcess | undefined;
  const received = createInbox();
  const waiting: { answer: () => boolean; reject: (error: Error) => void }[] = [];

  function start(): ChildProcess {
    const started = spawn('git', [...args], { cwd: folder, env: gitEnvironment(), stdio: ['pipe', 'pipe', 'ignore'] });
    started.stdout?.on('data', (chunk: Buffer) => {
      received.add(chunk);
      while (waiting[0]?.answer() === true) waiting.shift();
    });
    started.stdin?.on('error', () => {});
    started.on('close', () => {
      child = undefined;
      received.drop(received.unread().length);
      for (const { reject } of waiting.splice(0)) reject(new Error(`git ${args[0]} ended`));
    });
    return started;
  }
  return {
    ask: <T>(question: string, take: TakeAnswer<T>) =>
      new Promise<T>((resolve, reject) => {
        child ??= start();
        const answer = () => {
          const taken = take(received.unread());
          if (taken === undefined) return false;
          received.drop(taken.length);
          resolve(taken.value);
          return true;
        };
        waiting.push({ answer, reject });
        child.stdin?.write(`${question}\n`);
      }),
    close() {
      child?.stdin?.end();
      child?.kill();
    },
  };
}

/** Bytes in the order of their arrival, in one buffer that doubles: joining at each chunk would cost a large answer's square. */
function createInbox() {
  let bytes = Buffer.alloc(0);
  let [start, end] = [0, 0];
  return {
    add(chunk: Buffer): void {
      if (end + chunk.length > bytes.length) {
        const room = Buffer.allocUnsafe(Math.max(2 * (end - start), end - start + chunk.length));
        bytes.copy(room, 0, start, end);
        [bytes, start, end] = [room, 0, end - start];
      }
      end += chunk.copy(bytes, end);
    },
    unread: (): Buffer => bytes.subarray(start, end),
    drop(length: number): void {
      start += length;
    },
  };
}
