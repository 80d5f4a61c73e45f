import { readFileSync } from 'node:fs';
import process from 'node:process';

const pollMs = 250;

/** Ends this process and all that it has started as soon as the process that started it is gone. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    for (const child of childrenOf(process.pid)) kill(child);
    process.kill(process.pid, 'SIGKILL');
  }, pollMs).unref();
}

/** The ids of the processes that `pid` has started and that still run. Linux only; elsewhere none are found. */
export function childrenOf(pid: number): number[] {
  try {
    const direct = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return direct === '' ? [] : direct.split(' ').map(Number);
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  for (const child of childrenOf(pid)) kill(child);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
