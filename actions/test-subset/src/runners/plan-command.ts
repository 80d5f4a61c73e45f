import { posix } from 'node:path';
import type { Framework, Suite } from '../suites/suite.ts';

/** One start of a test runner. */
export interface TestCommand {
  readonly argv: readonly string[];
  /** Where the runner writes what happened (go: to its standard output), and how that is read. */
  readonly reportFile: string;
  readonly reportFormat: 'jest' | 'junit' | 'node-events' | 'go-events';
}

/** What a command is made from. */
export interface CommandQuestion {
  readonly suite: Suite;
  /** What `testWords` tells; empty to let the runner find all. */
  readonly tests: readonly string[];
  /** The runner as words, as it is installed in the project. */
  readonly tool: readonly string[];
  /** The input `command` as words; empty where not given. */
  readonly template: readonly string[];
  readonly reportFile: string;
  /** The file of the reporter for node's runner. */
  readonly nodeReporter: string;
}

// Arguments of a process are limited: 128 KiB each and about 2 MiB together on Linux, 32 KiB together on Windows.
const MAX_ARGUMENT_LENGTH = 24_000;

/** The words that start a suite's runner; nothing is ever read by a shell. */
export function planCommand(question: CommandQuestion): TestCommand {
  const { suite, tests, template, reportFile } = question;
  const report = reportArguments(question);
  const argv = template.length > 0 ? fillTemplate(template, { report, tests }) : ownCommand(question, report);
  return { argv, reportFile, reportFormat: formatOf(suite.framework) };
}

/** Splits the input `command` into words; single and double quotes keep spaces together, as in a shell. */
export function splitCommand(command: string): string[] {
  const words = command.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g);
  return [...words].map((match) =>
    match[0].replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
}

/** The words that name tests to their runner when it is started in `folder`: a file, or a Go package for its tests together. */
export function testWords(
  { framework, taken }: Suite,
  tests: readonly string[],
  folder: string,
): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const test of tests) {
    const path = posix.relative(folder, taken?.get(test) ?? test);
    const word = framework !== 'go' ? path : path === '' ? '.' : `./${path}`;
    words.set(word, [...(words.get(word) ?? []), test]);
  }
  return words;
}

/** Splits tests so that no command line grows too long. */
export function planBatches(tests: readonly string[]): string[][] {
  const batches: string[][] = [[]];
  let length = 0;
  for (const test of tests) {
    if (length + test.length > MAX_ARGUMENT_LENGTH) {
      batches.push([]);
      length = 0;
    }
    batches.at(-1)?.push(test);
    length += test.length + 1;
  }
  return batches;
}

/** The tests as words for a POSIX shell, quoted where a character means something to it. */
export function shellWords(tests: readonly string[]): string {
  return tests
    .map((test) =>
      /^[\w./@+,:=-]+$/.test(test) && !test.startsWith('-') ? test : `'${test.replaceAll("'", `'\\''`)}'`,
    )
    .join(' ');
}

function ownCommand({ suite, tests, tool }: CommandQuestion, report: readonly string[]): string[] {
  switch (suite.framework) {
    case 'jest':
      return [...tool, ...report, ...(tests.length > 0 ? ['--runTestsByPath', ...tests] : [])];
    case 'vitest':
      return [...tool, 'run', ...report, ...tests];
    case 'node':
      return [...tool, ...(suite.runnerArguments ?? []), '--test', ...report, ...tests];
    case 'pytest':
      return [...tool, ...report, ...tests];
    case 'go':
      return [...tool, 'test', ...report, ...tests];
  }
}

function fillTemplate(
  template: readonly string[],
  { report, tests }: { report: readonly string[]; tests: readonly string[] },
): string[] {
  const words = template.flatMap((word) => (word === '{tests}' ? tests : word === '{report}' ? report : [word]));
  // npm keeps options for itself unless they follow `--`.
  const separator = template[0] === 'npm' && !template.includes('--') ? ['--'] : [];
  const added = [...(template.includes('{report}') ? [] : report), ...(template.includes('{tests}') ? [] : tests)];
  return added.length > 0 ? [...words, ...separator, ...added] : words;
}

function reportArguments({ suite, reportFile, nodeReporter }: CommandQuestion): string[] {
  switch (suite.framework) {
    case 'jest':
      return ['--json', `--outputFile=${reportFile}`, '--testLocationInResults'];
    case 'vitest':
      return ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, '--includeTaskLocation'];
    case 'node':
      return [
        ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
        ...[`--test-reporter=${nodeReporter}`, `--test-reporter-destination=${reportFile}`],
      ];
    case 'pytest':
      return [`--junit-xml=${reportFile}`, '-o', 'junit_family=xunit1'];
    case 'go':
      return ['-json'];
  }
}

function formatOf(framework: Framework): TestCommand['reportFormat'] {
  const formats = { jest: 'jest', vitest: 'jest', node: 'node-events', pytest: 'junit', go: 'go-events' } as const;
  return formats[framework];
}
