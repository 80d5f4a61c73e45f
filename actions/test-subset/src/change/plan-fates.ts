import { folderOf, foldersUpwards, isInFolder } from '../plan-inventory.ts';
import type { FullReason } from '../reasons.ts';
import { globMatcher, type Rules } from '../selection/parse-rules.ts';
import { type FileKind, planFileKind, testOfSnapshot } from './plan-file-kind.ts';

/** A changed file. */
export interface ChangedFile {
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted';
}

/** What a changed file means for the tests. */
export type Fate =
  | { readonly kind: 'full'; readonly reasonCode: FullReason }
  /** Proved to matter to no test. */
  | { readonly kind: 'inert'; readonly because: string }
  /** The tests that reach it run; `tests` run besides. */
  | { readonly kind: 'seed'; readonly tests: readonly string[]; readonly because: string }
  /** No import leads to it; code that names it may still read it. `tests` run in any case. */
  | { readonly kind: 'search'; readonly fileKind: FileKind['kind']; readonly tests?: readonly string[] };

/** What the fates of changed files are decided by. */
export interface FateQuestion {
  readonly rules: Rules;
  readonly rulesFile: string;
  /** All test files, deleted ones not included. */
  readonly tests: ReadonlySet<string>;
  readonly reached: ReadonlySet<string>;
  readonly typesOnly: ReadonlySet<string>;
  /** The input `root`, relative to the repository. */
  readonly root: string;
  readonly doctest: boolean;
  /** Folders that the suites run in. */
  readonly suiteFolders: readonly string[];
  /** Whether a path would be a test if it existed: deleted tests need nothing to run. */
  readonly looksLikeTest: (path: string) => boolean;
  /** The tests of the Go package in whose `testdata` a file is. */
  readonly fixtureTests: (path: string) => readonly string[];
  /** The go.mod that a vendored file was installed for; the file means what that means. */
  readonly vendorOwner: (path: string) => string | undefined;
}

/** Decides what one changed file means, before code is searched for its name. */
export function planFate(change: ChangedFile, question: FateQuestion): Fate {
  const { path } = change;
  // Before any rule: a change must not be able to switch off its own tests.
  if (path === question.rulesFile) return { kind: 'full', reasonCode: 'rules-changed' };
  const ruled = fateByRule(path, question);
  if (ruled !== undefined) return ruled;
  const fixtureTests = question.fixtureTests(path);
  if (fixtureTests.length > 0) return { kind: 'search', fileKind: 'fixture', tests: fixtureTests };
  const decisive = question.vendorOwner(path) ?? path;
  const kind = planFileKind(decisive);
  if (kind.kind === 'global' && concernsRoot(decisive, kind.reasonCode, question))
    return { kind: 'full', reasonCode: kind.reasonCode };
  const isTest = question.tests.has(path);
  if (isTest) return { kind: 'seed', tests: [path], because: `${change.kind} test` };
  if (question.reached.has(path)) return { kind: 'seed', tests: [], because: `${change.kind}` };
  const owner = testOfSnapshot(path);
  if (owner !== undefined && question.tests.has(owner)) return { kind: 'seed', tests: [owner], because: 'snapshot' };
  if (change.kind === 'deleted' && (question.looksLikeTest(path) || owner !== undefined)) {
    return { kind: 'inert', because: 'deleted test' };
  }
  if (question.typesOnly.has(path)) return { kind: 'inert', because: 'imported for its types only' };
  if (kind.kind === 'documentation' && question.doctest && /\.(?:md|rst|txt)$/.test(path)) {
    return { kind: 'search', fileKind: 'other' };
  }
  return { kind: 'search', fileKind: kind.kind === 'global' ? 'other' : kind.kind };
}

/** What a file means after the search; `named` says whether code that tests reach names it. */
export function settleSearch(
  path: string,
  fileKind: FileKind['kind'],
  { namedByReached, namedByOthers, root }: { namedByReached: boolean; namedByOthers: boolean; root: string },
): Exclude<Fate, { kind: 'search' }> | { readonly kind: 'unreached' } | { readonly kind: 'unknown' } {
  if (namedByReached) return { kind: 'seed', tests: [], because: 'named in code' };
  if (fileKind === 'documentation') return { kind: 'inert', because: 'documentation that no test names' };
  if (!isInFolder(path, root)) return { kind: 'inert', because: 'outside of `root`, and nothing inside depends on it' };
  return fileKind === 'source' || namedByOthers ? { kind: 'unreached' } : { kind: 'unknown' };
}

function fateByRule(path: string, { rules, tests }: FateQuestion): Fate | undefined {
  const rule = rules.rules.findLast((one) => one.matches(path));
  if (rule === undefined) return undefined;
  if (rule.run === 'all') return { kind: 'full', reasonCode: 'rule-says-all' };
  if (rule.run === 'none') return { kind: 'inert', because: `rule ${rule.when.join(', ')}` };
  return { kind: 'seed', tests: [...tests].filter(globMatcher(rule.tests)), because: `rule ${rule.when.join(', ')}` };
}

// With a `root`, configuration elsewhere counts only above it; a fixture's own package.json configures nothing.
function concernsRoot(path: string, reasonCode: FullReason, { root, suiteFolders }: FateQuestion): boolean {
  if (reasonCode === 'ci-changed' || reasonCode === 'rules-changed') return true;
  const folder = folderOf(path).replace(/(?:^|\/)requirements$/, '');
  if (root !== '') return isInFolder(`${folder}/`, root) || foldersUpwards(root).includes(folder);
  return suiteFolders.length > 0;
}
