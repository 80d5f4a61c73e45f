import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { exec } from '@actions/exec';
import { textOfError, type UserError } from '#shared/errors.ts';
import { environmentOfRunStep } from '#shared/runner/child-environment.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { forLog, forLogLines } from '#shared/untrusted.ts';
import { foldersUpwards } from '../plan-inventory.ts';
import { userError } from '../reasons.ts';
import type { Framework, Suite } from '../suites/suite.ts';
import { nodeReporter } from './node-reporter.ts';
import { parseTestReport, type TestReport } from './parse-test-report.ts';
import { planBatches, planCommand, type TestCommand, testWords } from './plan-command.ts';
import { goOutput } from './render-go-output.ts';

/** One start of a runner and how it ended. */
export interface SuiteResult {
  readonly suite: Suite;
  readonly exitCode: number;
  /** Undefined where the runner wrote none. */
  readonly report: TestReport | undefined;
  readonly seconds: number;
  /** The tests that were asked for; empty when the runner was left to find all. */
  readonly asked: readonly string[];
}

/** What runs: each suite with the tests to pass to it (none: all that the runner finds). */
export interface RunPlan {
  readonly repository: string;
  readonly parts: readonly { suite: Suite; tests: readonly string[] }[];
  /** The input `command` as words. */
  readonly template: readonly string[];
}

/** Runs the suites one after the other, streams what they print, and reads their reports. Throws UserError `runner-missing`. */
export async function runSuites(plan: RunPlan, runner: Runner): Promise<SuiteResult[]> {
  const temporary = mkdtempSync(join(runner.context.temporaryFolder, 'test-subset-'));
  try {
    const reporter = join(temporary, 'reporter.mjs');
    writeFileSync(reporter, nodeReporter);
    const results: SuiteResult[] = [];
    for (const { suite, tests } of plan.parts) {
      const words = testWords(suite, tests, suite.folder);
      for (const batch of planBatches([...words.keys()])) {
        const command = planCommand({
          suite,
          tests: batch,
          tool: plan.template.length > 0 ? [] : findTool(suite, plan.repository),
          template: plan.template,
          reportFile: join(temporary, `report-${results.length}`),
          nodeReporter: reporter,
        });
        const asked = batch.flatMap((word) => words.get(word) ?? []);
        results.push(await runOnce({ suite, command, asked, repository: plan.repository }, runner));
      }
    }
    return results;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function runOnce(
  {
    suite,
    command,
    asked,
    repository,
  }: { suite: Suite; command: TestCommand; asked: readonly string[]; repository: string },
  runner: Runner,
): Promise<SuiteResult> {
  const [tool = '', ...args] = command.argv;
  const folder = join(repository, suite.folder);
  runner.log(forLog(`Running ${suite.framework} in ${suite.folder || '.'}: ${asked.length || 'all'} test files`));
  runner.debug(forLog(command.argv.join(' ')));
  const started = performance.now();
  const print = (line: string) => runner.log(forLogLines(line));
  const written: string[] = [];
  const render = command.reportFormat === 'go-events' ? goOutput(print) : print;
  const log = (line: string) => {
    if (command.reportFormat === 'go-events') written.push(line);
    render(line);
  };
  const exitCode = await exec(`"${tool}"`, args, {
    cwd: folder,
    env: environmentOfRunStep(),
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdline: log, errline: log },
  }).catch((error: unknown) => {
    throw missing(suite.framework, tool, textOfError(error));
  });
  const text = existsSync(command.reportFile) ? readFileSync(command.reportFile, 'utf8') : written.join('\n');
  const report = parseTestReport(text, command.reportFormat, pathReader(suite, { folder, repository }));
  return { suite, exitCode, report, seconds: (performance.now() - started) / 1000, asked };
}

function pathReader(suite: Suite, folders: { folder: string; repository: string }): (path: string) => string {
  const sources = new Map(suite.packages ?? [...(suite.taken ?? [])].map(([source, compiled]) => [compiled, source]));
  return (path) => {
    const inRepository = toRepositoryPath(path, folders);
    return sources.get(path) ?? sources.get(inRepository) ?? inRepository;
  };
}

function findTool(suite: Suite, repository: string): string[] {
  const name = suite.framework;
  if (name === 'node' || name === 'go') return [name];
  const folders = foldersUpwards(suite.folder).map((folder) => join(repository, folder));
  if (name === 'pytest') return findPytest(folders);
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  for (const folder of folders) {
    const path = join(folder, 'node_modules', '.bin', `${name}${suffix}`);
    if (existsSync(path)) return [path];
  }
  if (folders.some((folder) => existsSync(join(folder, '.pnp.cjs')))) return ['yarn', name];
  throw missing(suite.framework, name, 'it is in no node_modules/.bin');
}

function findPytest(folders: readonly string[]): string[] {
  for (const folder of folders) {
    for (const path of ['.venv/bin/pytest', 'venv/bin/pytest', '.venv/Scripts/pytest.exe']) {
      if (existsSync(join(folder, path))) return [join(folder, path)];
    }
    if (existsSync(join(folder, 'uv.lock'))) return ['uv', 'run', 'pytest'];
    if (existsSync(join(folder, 'poetry.lock'))) return ['poetry', 'run', 'pytest'];
  }
  return ['pytest'];
}

function missing(framework: Framework, tool: string, problem: string): UserError {
  return userError('runner-missing', `${framework} cannot be started as ${tool}: ${problem}`);
}

function toRepositoryPath(path: string, { folder, repository }: { folder: string; repository: string }): string {
  const plain = path.replace(/^file:\/\//, '');
  const absolute = isAbsolute(plain) ? plain : resolve(folder, plain);
  return relative(repository, absolute).split(sep).join('/');
}
