import { textOfError, UserError } from '#shared/errors.ts';
import type { Git } from '#shared/git/git.ts';
import { mapLimit } from '#shared/map-limit.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { type ChangedFile, type FateQuestion, planFate, settleSearch } from './change/plan-fates.ts';
import { type FileKind, literalsOf } from './change/plan-file-kind.ts';
import { type Change, readChanges } from './change/read-changes.ts';
import { vendorOwner } from './go/plan-go-modules.ts';
import type { Inputs } from './inputs.ts';
import { folderOf, joinPath } from './plan-inventory.ts';
import { type ImportGraph, readImportGraph } from './read-import-graph.ts';
import { userError } from './reasons.ts';
import { checkRules, noRules, parseRules, type Rules } from './selection/parse-rules.ts';
import type { SettledFile } from './selection/plan-selection.ts';
import { type Files, openFiles, type Project, readProject } from './suites/read-project.ts';

/** Everything that the decision is made from. */
export interface Situation {
  /** The absolute folder of the checkout. */
  readonly repository: string;
  /** The input `root`, relative to the repository. */
  readonly root: string;
  readonly change: Change;
  readonly project: Project;
  readonly rules: Rules;
  /** All tests, sorted. */
  readonly tests: readonly string[];
  /** Undefined where the change is unknown, so imports were not followed. */
  readonly graph: ImportGraph | undefined;
  readonly settled: readonly SettledFile[];
}

const PROJECT_FILE = /(?:^|\/)(?:package\.json|pyproject\.toml|setup\.py|setup\.cfg|requirements\.txt|go\.mod)$/;
const SEARCHED = ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts', 'vue', 'svelte', 'py', 'go'];

/** Reads the change, the project, the rules and the import graph. Throws UserError where there is no test at all. */
export async function readSituation(git: Git, runner: Runner, inputs: Inputs): Promise<Situation> {
  const root = rootIn(git, runner, inputs.root);
  const change = await readChanges(git, runner, inputs);
  const tracked = (await git.listFiles()).map(({ path }) => path);
  const files = openFiles(git.folder);
  const changedFiles = change.kind === 'changes' ? change.files : [];
  const deleted = changedFiles.filter(({ kind }) => kind === 'deleted').map(({ path }) => path);
  const project = readProject(files, { tracked, deleted, root, frameworks: inputs.frameworks });
  const tests = [...new Set(project.suites.flatMap((suite) => suite.tests))].sort();
  if (tests.length === 0) {
    throw userError(
      'no-tests-found',
      `No test file of a known runner was found in the folder ${inputs.root} of the repository.`,
    );
  }
  const rules = await readRules(files, inputs.rules);
  checkRules(rules, { file: inputs.rules, paths: [...tracked, ...deleted], tests });
  const situation = { repository: git.folder, root, change, project, rules, tests };
  if (change.kind === 'full') return { ...situation, graph: undefined, settled: [] };
  const graph = readImportGraph(files, project);
  return { ...situation, graph, settled: await settle(git, changedFiles, { inputs, situation, graph }) };
}

/** The folders that have a project file of their own. */
export function packageFolders(project: Project): ReadonlySet<string> {
  return new Set([...project.inventory.files].filter((path) => PROJECT_FILE.test(path)).map(folderOf));
}

async function settle(
  git: Git,
  changes: readonly ChangedFile[],
  { inputs, situation, graph }: { inputs: Inputs; situation: Omit<Situation, 'graph' | 'settled'>; graph: ImportGraph },
): Promise<SettledFile[]> {
  const { project, rules, root, tests } = situation;
  const testFolders = new Set(tests.map(folderOf));
  const question: FateQuestion = {
    rules,
    rulesFile: inputs.rules.replace(/^\.\//, ''),
    tests: new Set(tests),
    reached: graph.reached,
    typesOnly: graph.typesOnly,
    root,
    doctest: project.doctest,
    suiteFolders: project.suites.map(({ folder }) => folder),
    looksLikeTest: (path) =>
      /(?:[._-](?:test|spec)\.[cm]?[jt]sx?|(?:^|\/)test_[^/]*\.py|_test\.(?:py|go))$/.test(path) ||
      (testFolders.has(folderOf(path)) && /(?:^|\/)__tests__\//.test(path)),
    fixtureTests: (path) => fixtureTests(path, tests),
    vendorOwner: (path) => vendorOwner(path, project.goModules),
  };
  return mapLimit(changes, 4, async (change) => {
    const { path } = change;
    const fate = planFate(change, question);
    if (fate.kind !== 'search') return { path, fate, namedBy: [] };
    const named = await findMentions(git, path, fate.fileKind);
    const namedBy = named.filter((file) => graph.reached.has(file));
    const given = fate.tests ?? [];
    if (given.length > 0) return { path, fate: { kind: 'seed', tests: given, because: 'testdata' } as const, namedBy };
    const found = { namedByReached: namedBy.length > 0, namedByOthers: named.length > 0, root };
    return { path, fate: settleSearch(path, fate.fileKind, found), namedBy };
  });
}

// go test runs in the folder of the package (pkg.go.dev/cmd/go, "Test packages").
function fixtureTests(path: string, tests: readonly string[]): string[] {
  const owner = /^(?:(.*?)\/)?testdata\//.exec(path);
  if (owner === null) return [];
  const folder = owner[1] ?? '';
  return tests.filter((test) => test.endsWith('_test.go') && folderOf(test) === folder);
}

async function findMentions(git: Git, path: string, kind: FileKind['kind']): Promise<string[]> {
  const files = await git.filesContaining(literalsOf(path, kind), SEARCHED);
  return files.filter((file) => file !== path);
}

async function readRules(files: Files, path: string): Promise<Rules> {
  const file = path.replace(/^\.\//, '');
  const text = files.readText(file);
  if (text === undefined) return noRules;
  const { parse } = await import(/* webpackMode: "eager" */ 'yaml');
  try {
    return parseRules(parse(text), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw userError('bad-rules', `${file} is not valid YAML: ${textOfError(error)}`, {
      remedy: `Correct ${file}.`,
      cause: error,
    });
  }
}

function rootIn(git: Git, runner: Runner, root: string): string {
  const workspace = runner.context.workspace.replaceAll('\\', '/').replace(/\/$/, '');
  const top = git.folder.replaceAll('\\', '/');
  const within = `${workspace}/`.startsWith(`${top}/`) ? workspace.slice(top.length + 1) : '';
  const path = joinPath(within, root) ?? '';
  // The repository may be checked out below the workspace, with `root` leading into it.
  const full = joinPath('', `${workspace.slice(1)}/${root}`) ?? '';
  return `${full}/`.startsWith(`${top.slice(1)}/`) ? full.slice(top.length) : path;
}
