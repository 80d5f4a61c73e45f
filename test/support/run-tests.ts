import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTally, tellTally, unneeded } from '../sandbox/schemas/tally.ts';
import { projectRoot } from './action-manifest.ts';
import { node24 } from './run-step.ts';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

/**
 * Runs the suite once on each Node: the one that npm was started with, and Node 24, which runs the actions.
 * With `--real` instead, once, the tests that need real third-party software (see `.ci/run`).
 */
async function main(given: readonly string[]): Promise<void> {
  const real = given.includes('--real');
  const rest = given.filter((argument) => argument !== '--real');
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-test-'));
  try {
    const results: JestResult[] = [];
    const tallyFile = join(folder, 'tally.jsonl');
    const own = process.env['npm_node_execpath'] ?? process.execPath;
    for (const node of new Set(real ? [own] : [own, node24])) {
      const argv = real ? realTests : [...(rest.length === 0 && node === own ? coverage(folder) : []), ...rest];
      results.push(await runJest(node, { argv, output: join(folder, 'result.json'), tallyFile }));
    }
    await tellCoverage(folder);
    const tally = await readTally(tallyFile);
    console.log(tellTally(tally));
    const idle = real || rest.length > 0 ? [] : unneeded(tally);
    if (idle.length > 0) console.log(`Exceptions from the schemas that nothing needs: ${idle.join('; ')}`);
    const sum = (count: (result: JestResult) => number) => results.reduce((total, result) => total + count(result), 0);
    const failed = sum((result) => Math.max(result.numFailedTests, result.numFailedTestSuites));
    console.log(`${sum((result) => result.numPassedTests)} passed, ${failed} failed`);
    const bad = results.some((result) => !result.success || result.numPendingTests > 0);
    if (bad || tally.violations > 0 || idle.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const realTests = ['--testPathIgnorePatterns=/node_modules/', '--', 'build/test/e2e/real'];

// Of what ships, in the whole suite on one Node; reported, not chased.
function coverage(folder: string): string[] {
  const shipped = ['build/actions/**/*.js', 'build/shared/src/**/*.js'].map((glob) => `--collectCoverageFrom=${glob}`);
  const report = ['--coverageReporters=json-summary', `--coverageDirectory=${folder}`];
  return ['--coverage', '--coverageProvider=v8', ...report, ...shipped];
}

async function tellCoverage(folder: string): Promise<void> {
  const summary = await readFile(join(folder, 'coverage-summary.json'), 'utf8').catch(() => undefined);
  if (summary === undefined) return;
  const { total } = JSON.parse(summary) as { total: Record<'lines' | 'branches', { pct: number }> };
  console.log(
    `Coverage of what ships, bundles left out: ${total.lines.pct} % of lines, ${total.branches.pct} % of branches`,
  );
}

async function runJest(
  node: string,
  options: { argv: readonly string[]; output: string; tallyFile: string },
): Promise<JestResult> {
  await rm(options.output, { force: true });
  const jest = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const report = ['--json', `--outputFile=${options.output}`, '--testLocationInResults=false'];
  const child = spawn(node, ['--experimental-vm-modules', '--no-warnings', jest, ...report, ...options.argv], {
    cwd: projectRoot,
    env: { ...process.env, TRUNKLINE_TALLY: options.tallyFile },
    // Jest prints its JSON to standard output too; people read the report on standard error.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = () => child.kill('SIGTERM');
  process.once('SIGINT', stop).once('SIGTERM', stop);
  await new Promise<void>((resolve, reject) => child.on('error', reject).on('close', () => resolve()));
  process.off('SIGINT', stop).off('SIGTERM', stop);
  return JSON.parse(await readFile(options.output, 'utf8')) as JestResult;
}

await main(process.argv.slice(2));
