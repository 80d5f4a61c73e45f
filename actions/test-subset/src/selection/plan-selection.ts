import { folderOf, foldersUpwards, isInFolder } from '../plan-inventory.ts';
import type { FullReason } from '../reasons.ts';
import { globMatcher } from './parse-rules.ts';

/** Which tests run. */
export type Mode = 'subset' | 'full' | 'none';

/** A changed file with what it means, after every search. */
export interface SettledFile {
  readonly path: string;
  readonly fate:
    | { readonly kind: 'full'; readonly reasonCode: FullReason }
    | { readonly kind: 'inert'; readonly because: string }
    | { readonly kind: 'seed'; readonly tests: readonly string[]; readonly because: string }
    | { readonly kind: 'unreached' }
    | { readonly kind: 'unknown' };
  /** Files that tests reach and that name this one. */
  readonly namedBy: readonly string[];
}

/** Everything that the selection is decided by. */
export interface SelectionQuestion {
  readonly changes: readonly SettledFile[];
  /** All tests, sorted. */
  readonly tests: readonly string[];
  readonly importers: ReadonlyMap<string, readonly string[]>;
  readonly missing: ReadonlyMap<string, readonly string[]>;
  /** Folders with a package.json or a Python project file. */
  readonly packageFolders: ReadonlySet<string>;
  /** Globs of tests that always run. */
  readonly always: readonly string[];
  readonly onUnknown: 'full' | 'package';
  readonly maxSelectedPercent: number;
  /** Why imports cannot be trusted; empty where they can. */
  readonly unproven: readonly string[];
}

/** The decision, with a chain from each selected test to the change it is affected by. */
export interface Selection {
  readonly mode: Mode;
  readonly reasonCode: FullReason | 'affected-tests' | 'all-inert' | 'no-changes';
  /** What decided, in words. */
  readonly detail: string;
  /** Selected tests, sorted; all of them in mode full. */
  readonly tests: readonly string[];
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** Decides which tests run; anything that is not proved leads to all of them. */
export function planSelection(question: SelectionQuestion): Selection {
  const { changes, tests } = question;
  if (changes.length === 0) return nothing('no-changes', 'No file differs between base and head.', question);
  for (const { path, fate } of changes) {
    if (fate.kind === 'full') return planFull(tests, fate.reasonCode, path);
  }
  const active = changes.filter(({ fate }) => fate.kind !== 'inert');
  if (active.length === 0)
    return nothing('all-inert', `${countOf(changes, 'changed file')}, none of which matters to a test.`, question);
  if (question.unproven.length > 0) return planFull(tests, 'unreadable-configuration', question.unproven.join('; '));
  const unknown = active.find(({ fate }) => fate.kind === 'unknown');
  if (unknown !== undefined && question.onUnknown === 'full') return planFull(tests, 'unexplained-file', unknown.path);
  return limit(selectAffected(active, question), question);
}

/** All tests, for a reason that `detail` puts in words. */
export function planFull(tests: readonly string[], reasonCode: FullReason, detail: string): Selection {
  return { mode: 'full', reasonCode, detail, tests, chains: new Map() };
}

function selectAffected(active: readonly SettledFile[], question: SelectionQuestion): Selection {
  const { tests } = question;
  const chains = reach(active, question);
  for (const test of tests.filter(globMatcher(question.always))) if (!chains.has(test)) chains.set(test, [test]);
  const affected = tests.filter(
    (test) => chains.has(test) && (chains.get(test)?.length !== 1 || isChanged(test, active)),
  );
  const lost = active.filter(
    ({ fate }) => fate.kind === 'unknown' || (fate.kind === 'unreached' && affected.length === 0),
  );
  if (lost.length > 0 && question.onUnknown === 'package') {
    for (const { path } of lost) {
      const folder = packageOf(path, question.packageFolders);
      for (const test of tests) if (isInFolder(test, folder) && !chains.has(test)) chains.set(test, [test, path]);
    }
  }
  const selected = tests.filter((test) => chains.has(test));
  if (affected.length === 0 && (lost.length === 0 || question.onUnknown === 'full' || selected.length === 0)) {
    return planFull(
      tests,
      'no-test-reaches',
      active
        .map(({ path }) => path)
        .slice(0, 5)
        .join(', '),
    );
  }
  const detail = `${countOf(selected, 'test')} of ${tests.length} affected by ${countOf(active, 'changed file')}.`;
  return { mode: 'subset', reasonCode: 'affected-tests', detail, tests: selected, chains };
}

function limit(selection: Selection, { tests, maxSelectedPercent }: SelectionQuestion): Selection {
  if (selection.mode !== 'subset' || selection.tests.length * 100 <= tests.length * maxSelectedPercent)
    return selection;
  const percent = Math.round((selection.tests.length * 100) / tests.length);
  return planFull(
    tests,
    'too-many-selected',
    `${percent} % of the tests are affected, more than ${maxSelectedPercent} %.`,
  );
}

// Breadth first from the changed files to their importers, so each chain is a shortest one.
function reach(active: readonly SettledFile[], question: SelectionQuestion): Map<string, readonly string[]> {
  const towards = new Map<string, string | undefined>();
  const waiting: string[] = [];
  const visit = (path: string, via: string | undefined) => {
    if (towards.has(path)) return;
    towards.set(path, via);
    waiting.push(path);
  };
  for (const { path, fate } of active) if (fate.kind === 'seed') visit(path, undefined);
  for (const { path, namedBy, fate } of active) {
    for (const other of [...namedBy, ...(fate.kind === 'seed' ? fate.tests : [])]) visit(other, path);
    for (const importer of importersOfMissing(path, question)) visit(importer, path);
  }
  for (let index = 0; index < waiting.length; index++) {
    const path = waiting[index] as string;
    for (const importer of question.importers.get(path) ?? []) visit(importer, path);
  }
  const chains = new Map<string, readonly string[]>();
  for (const test of question.tests) if (towards.has(test)) chains.set(test, chainFrom(test, towards));
  return chains;
}

// A generated file may come from anything in its package.
function importersOfMissing(path: string, { missing, packageFolders }: SelectionQuestion): string[] {
  return [...missing].flatMap(([lost, importers]) =>
    isInFolder(path, packageOf(lost, packageFolders)) ? [...importers] : [],
  );
}

function chainFrom(test: string, towards: ReadonlyMap<string, string | undefined>): string[] {
  const chain: string[] = [];
  for (let at: string | undefined = test; at !== undefined && !chain.includes(at); at = towards.get(at)) chain.push(at);
  return chain;
}

function packageOf(path: string, packageFolders: ReadonlySet<string>): string {
  return foldersUpwards(folderOf(path)).find((folder) => packageFolders.has(folder)) ?? '';
}

function isChanged(test: string, active: readonly SettledFile[]): boolean {
  return active.some(({ path, fate }) => path === test && fate.kind === 'seed');
}

function nothing(
  reasonCode: 'all-inert' | 'no-changes',
  detail: string,
  { tests, always }: SelectionQuestion,
): Selection {
  const selected = tests.filter(globMatcher(always));
  if (selected.length === 0) return { mode: 'none', reasonCode, detail, tests: [], chains: new Map() };
  const chains = new Map(selected.map((test) => [test, [test]]));
  return {
    mode: 'subset',
    reasonCode,
    detail: `${detail} Tests that always run are selected.`,
    tests: selected,
    chains,
  };
}

function countOf(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? '' : 's'}`;
}
