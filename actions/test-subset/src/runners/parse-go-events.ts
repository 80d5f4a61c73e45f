import { folderOf } from '../plan-inventory.ts';
import type { Outcome, ToRepositoryPath } from './outcome.ts';

/** A line of `go test -json` (pkg.go.dev/cmd/test2json, and `go help buildjson` for what the compiler says). */
interface GoEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
  /** The package of a `build-output`, with the test that it is built for in brackets. */
  readonly ImportPath?: string;
  readonly FailedBuild?: string;
}

interface GoTest {
  status: Outcome['status'] | undefined;
  readonly output: string[];
}

interface GoPackage {
  readonly tests: Map<string, GoTest>;
  readonly output: string[];
  failed: boolean;
  failedBuild: string | undefined;
}

const PLACE = /^\s*(?:Error Trace:\s*)?([^\s:]+\.go):(\d+)(?::\d+)?:?(?:\s|$)/;
const FRAME = /^\t(\S.*\.go):(\d+)(?: \+0x[\da-f]+)?$/;

/** What `go test -json` reported. */
export interface GoReport {
  /** One for each test without subtests of its own, and one for what failed outside of tests: a build, a package's TestMain. */
  readonly outcomes: readonly Outcome[];
  /** Folders of packages without a file for this platform and these tags: go fails, but no test did. */
  readonly excluded: readonly string[];
}

/** Reads the events of `go test -json`; lines between them are what the compiler said before Go 1.24. */
export function parseGoEvents(text: string, toPath: ToRepositoryPath): GoReport | undefined {
  const packages = new Map<string, GoPackage>();
  const builds = new Map<string, string[]>();
  let building = '';
  for (const line of text.split('\n')) {
    const event = parseGoEvent(line);
    if (event === undefined) {
      building = /^# (.+)$/.exec(line)?.[1] ?? building;
      if (line !== '') append(builds, building, line);
    } else if (event.Action === 'build-output') append(builds, event.ImportPath ?? '', trimEnd(event.Output));
    else if (event.Package !== undefined) note(event, openPackage(packages, event.Package));
  }
  if (packages.size === 0) return undefined;
  const told = new Set<string>();
  const excluded: string[] = [];
  const outcomes = [...packages].flatMap(([path, one]) => {
    if (!one.failed || !isBuildFailure(one)) return outcomesOf(path, one, toPath);
    const build = one.failedBuild ?? [...builds.keys()].find((key) => key.split(' ')[0] === path) ?? '';
    const output = builds.get(build) ?? [...builds.values()].flat();
    if (output.some((line) => line.startsWith(`package ${path}: build constraints exclude all Go files`)))
      excluded.push(toPath(path));
    else if (!told.has(build)) {
      told.add(build);
      return [buildOutcome(path, output, toPath)];
    }
    return [];
  });
  return { outcomes, excluded };
}

/** Reads one line; undefined where it is no event. */
export function parseGoEvent(line: string): GoEvent | undefined {
  if (!line.startsWith('{"')) return undefined;
  try {
    const event = JSON.parse(line) as GoEvent;
    return typeof event.Action === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

function note(event: GoEvent, one: GoPackage): void {
  const { Action: action, Test: name } = event;
  const ending =
    action === 'pass' ? 'passed' : action === 'fail' ? 'failed' : action === 'skip' ? 'skipped' : undefined;
  if (name === undefined) {
    if (action === 'output') one.output.push(trimEnd(event.Output));
    if (ending === 'failed') one.failed = true;
    one.failedBuild ??= event.FailedBuild;
    return;
  }
  const test = one.tests.get(name) ?? { status: undefined, output: [] };
  one.tests.set(name, test);
  if (action === 'output') test.output.push(trimEnd(event.Output));
  test.status = ending ?? test.status;
}

function outcomesOf(path: string, one: GoPackage, toPath: ToRepositoryPath): Outcome[] {
  // A test without an end was running when the package ended: a panic, a timeout.
  const ended = [...one.tests].map(([name, { status, output }]) => ({ name, output, status: status ?? 'failed' }));
  const parents = new Map<string, boolean>();
  for (const { name, status } of ended) {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const parent = name.slice(0, at);
      parents.set(parent, parents.get(parent) === true || status === 'failed');
    }
  }
  const outcomes = ended
    .filter(({ name, status }) => !parents.has(name) || (status === 'failed' && parents.get(name) === false))
    .map(({ name, status, output }): Outcome => {
      if (status !== 'failed') return { test: toPath(path), name, status, message: '', line: undefined };
      return { name, status, message: messageOf(output), ...placeOf(output, toPath(path), toPath) };
    });
  if (!one.failed || outcomes.some(({ status }) => status === 'failed')) return outcomes;
  const { output } = one;
  return [
    ...outcomes,
    { name: path, status: 'failed', message: messageOf(output), ...placeOf(output, toPath(path), toPath) },
  ];
}

function isBuildFailure({ failedBuild, output }: GoPackage): boolean {
  return failedBuild !== undefined || output.some((line) => /^FAIL\t\S+ \[(?:build|setup) failed\]$/.test(line));
}

function buildOutcome(path: string, output: readonly string[], toPath: ToRepositoryPath): Outcome {
  const place = output.map((line) => PLACE.exec(line)).find((match) => match !== null);
  const test = toPath(place?.[1] ?? path);
  const message = output.filter((line) => !line.startsWith('# ')).join('\n');
  return { test, name: `${path} (build)`, status: 'failed', message, line: place ? Number(place[2]) : undefined };
}

function messageOf(output: readonly string[]): string {
  const lines = output.filter((line) => !/^\s*(?:=== \w+ |--- (?:FAIL|PASS|SKIP): )/.test(line));
  return lines.join('\n').trim();
}

// The last place that a test speaks of is where it stopped; of a panic's frames, that in a test tells most.
function placeOf(
  output: readonly string[],
  folder: string,
  toPath: ToRepositoryPath,
): { test: string; line: number | undefined } {
  const prefix = folder === '.' ? '' : `${folder}/`;
  const frames = output.map((line) => FRAME.exec(line)).filter((match) => match !== null);
  const own = frames
    .map(([, file = '', line]) => ({ test: toPath(file), line: Number(line) }))
    .filter(({ test }) => !/^(?:\.\.\/|\/)/.test(test) && !test.includes('/pkg/mod/'));
  const inPackage = own.find(({ test }) => test.endsWith('_test.go') && (folderOf(test) || '.') === folder);
  if (inPackage !== undefined || own[0] !== undefined) return inPackage ?? (own[0] as { test: string; line: number });
  const said = output.map((line) => PLACE.exec(line)).findLast((match) => match !== null);
  if (said === undefined) return { test: folder, line: undefined };
  const file = said[1] ?? '';
  return { test: file.includes('/') ? toPath(file) : `${prefix}${file}`, line: Number(said[2]) };
}

function openPackage(packages: Map<string, GoPackage>, path: string): GoPackage {
  const known = packages.get(path) ?? { tests: new Map(), output: [], failed: false, failedBuild: undefined };
  packages.set(path, known);
  return known;
}

/** Adds to the list of a key. */
export function append(lists: Map<string, string[]>, key: string, line: string): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [line]);
  else known.push(line);
}

function trimEnd(output: string | undefined): string {
  return (output ?? '').replace(/\n$/, '');
}
