import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../test/support/action-manifest.ts';
import { node24 } from '../test/support/run-step.ts';
import { median } from './median.ts';

/** Medians of whole-process times in milliseconds. */
export interface ColdStart {
  readonly nodeVersion: string;
  readonly runs: number;
  readonly bareMs: number;
  readonly actions: ReadonlyMap<string, number>;
}

/**
 * Starts each bundle, and bare Node, `runs` times in turn (so that a machine that gets slower hits all alike). The bundles
 * get one unknown input: they load all they need, read their inputs, explain the problem and end.
 */
export async function measureColdStart(actions: readonly string[], options: { runs: number }): Promise<ColdStart> {
  const bare: number[] = [];
  const times = new Map<string, number[]>(actions.map((action) => [action, []]));
  for (let run = 0; run <= options.runs; run++) {
    const bareMs = await timeProcess(['-e', '0'], 0);
    if (run > 0) bare.push(bareMs);
    for (const [action, measured] of times) {
      const ms = await timeProcess([join(projectRoot, 'dist', action, 'index.js')], 1);
      if (run > 0) measured.push(ms);
    }
  }
  return {
    nodeVersion: execFileSync(node24, ['--version'], { encoding: 'utf8' }).trim(),
    runs: options.runs,
    bareMs: median(bare),
    actions: new Map([...times].map(([action, measured]) => [action, median(measured)])),
  };
}

function timeProcess(argv: readonly string[], expectedExitCode: number): Promise<number> {
  const started = performance.now();
  const child = spawn(node24, argv, { env: { 'INPUT_NO-SUCH-INPUT': 'x' }, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === expectedExitCode) resolve(performance.now() - started);
      else reject(new Error(`${argv.join(' ')} ended with ${code}, not ${expectedExitCode}`));
    });
  });
}
