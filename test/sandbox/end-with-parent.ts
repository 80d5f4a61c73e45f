import { readFileSync } from 'node:fs';
import process from 'node:process';

const pollMs = 250;
const graceMs = 5000;

/**
 * Ends this process and all that it has started as soon as the process that started it is gone. A process that handles
 * SIGTERM gets one and five seconds to clean up.
 */
export function endWithParent(): void {
  const ancestors = lineage();
  const timer = setInterval(() => {
    if (lineage() === ancestors) return;
    clearInterval(timer);
    if (process.listenerCount('SIGTERM') === 0) return endAll();
    process.kill(process.pid, 'SIGTERM');
    setTimeout(endAll, graceMs).unref();
  }, pollMs);
  timer.unref();
}

// Under npm there may be a shell in between, which outlives an npm that is killed.
function lineage(): string {
  if (process.env['npm_lifecycle_event'] === undefined) return `${process.ppid}`;
  return `${process.ppid} of ${parentOf(process.ppid)}`;
}

function parentOf(pid: number): string {
  try {
    return / \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

function endAll(): void {
  for (const child of childrenOf(process.pid)) kill(child);
  process.kill(process.pid, 'SIGKILL');
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
