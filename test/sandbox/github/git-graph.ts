import type { CommitFields } from './git-objects.ts';
import { type GitStore, readCommit } from './git-store.ts';

type Commit = CommitFields & { readonly sha: string };

/** A commit with the length of its longest way to a root: a parent's is always smaller. */
type Node = Commit & { readonly generation: number };

/** How two commits lie to each other; `commits` are those of head that base lacks, oldest first. */
export interface Comparison {
  readonly mergeBase: string | undefined;
  readonly aheadBy: number;
  readonly behindBy: number;
  readonly commits: readonly Commit[];
}

const IN_BASE = 1;
const IN_HEAD = 2;
const BEHIND_MERGE_BASE = 4;

const indexes = new WeakMap<GitStore, Map<string, Node>>();

/** Compares as `git rev-list --left-right base...head` does; reads only what lies before the merge bases. */
export async function compareCommits(git: GitStore, base: string, head: string): Promise<Comparison> {
  if (base === head) return { mergeBase: base, aheadBy: 0, behindBy: 0, commits: [] };
  const flags = new Map([
    [base, IN_BASE],
    [head, IN_HEAD],
  ]);
  const frontier = new Map<string, Node>();
  for (const sha of [base, head]) await enter(git, frontier, sha);
  const ahead: Commit[] = [];
  let behindBy = 0;
  let mergeBase: string | undefined;
  while ([...frontier.keys()].some((sha) => !((flags.get(sha) ?? 0) & BEHIND_MERGE_BASE))) {
    const node = takeYoungest(frontier);
    let flag = flags.get(node.sha) ?? 0;
    if (flag === IN_HEAD) ahead.push(node);
    if (flag === IN_BASE) behindBy += 1;
    if (flag === (IN_BASE | IN_HEAD)) mergeBase ??= node.sha;
    if (flag & IN_BASE && flag & IN_HEAD) flag |= BEHIND_MERGE_BASE;
    for (const parent of node.parents) {
      flags.set(parent, (flags.get(parent) ?? 0) | flag);
      await enter(git, frontier, parent);
    }
  }
  return { mergeBase, aheadBy: ahead.length, behindBy, commits: newestFirst(ahead).reverse() };
}

/** The best common ancestor, or undefined for unrelated histories. */
export async function mergeBaseOf(git: GitStore, one: string, other: string): Promise<string | undefined> {
  return (await compareCommits(git, one, other)).mergeBase;
}

/** Whether `ancestor` is `sha` or lies behind it. */
export async function isAncestor(git: GitStore, ancestor: string, sha: string): Promise<boolean> {
  if (ancestor === sha) return true;
  const lowest = (await nodeOf(git, ancestor))?.generation;
  if (lowest === undefined) return false;
  const seen = new Set<string>();
  const waiting = [sha];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === ancestor) return true;
    const node = seen.has(next) ? undefined : await nodeOf(git, next);
    seen.add(next);
    if (node !== undefined && node.generation > lowest) waiting.push(...node.parents);
  }
  return false;
}

/** Everything reachable from `sha`, itself included. */
export async function ancestorsOf(git: GitStore, sha: string): Promise<Map<string, Commit>> {
  const found = new Map<string, Commit>();
  const waiting = [sha];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const node = found.has(next) ? undefined : await nodeOf(git, next);
    if (node === undefined) continue;
    found.set(next, node);
    waiting.push(...node.parents);
  }
  return found;
}

/** The order of `git log --date-order`: children before parents, else by commit date. */
export function newestFirst(commits: readonly Commit[]): Commit[] {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const children = new Map<string, number>();
  for (const { parents } of commits) for (const one of parents) children.set(one, (children.get(one) ?? 0) + 1);
  const time = new Map(commits.map(({ sha, committer }) => [sha, Date.parse(committer.date)]));
  const ready = commits.filter(({ sha }) => !children.get(sha));
  const ordered: Commit[] = [];
  for (let next = takeNewest(ready, time); next !== undefined; next = takeNewest(ready, time)) {
    ordered.push(next);
    for (const parent of next.parents) {
      const left = (children.get(parent) ?? 1) - 1;
      children.set(parent, left);
      const commit = bySha.get(parent);
      if (left === 0 && commit !== undefined) ready.push(commit);
    }
  }
  return ordered;
}

async function nodeOf(git: GitStore, sha: string): Promise<Node | undefined> {
  const index = indexes.get(git) ?? new Map<string, Node>();
  indexes.set(git, index);
  const waiting = [sha];
  for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
    const commit = index.has(next) ? undefined : await readCommit(git, next);
    const missing = commit?.parents.filter((parent) => !index.has(parent)) ?? [];
    if (missing.length > 0) {
      waiting.push(...missing);
      continue;
    }
    waiting.pop();
    if (commit === undefined) continue;
    const generation = 1 + Math.max(0, ...commit.parents.map((parent) => index.get(parent)?.generation ?? 0));
    index.set(next, { ...commit, generation });
  }
  return index.get(sha);
}

async function enter(git: GitStore, frontier: Map<string, Node>, sha: string): Promise<void> {
  const node = await nodeOf(git, sha);
  if (node !== undefined) frontier.set(sha, node);
}

/** Highest generation first: every descendant of a commit has been taken before it. */
function takeYoungest(frontier: Map<string, Node>): Node {
  const youngest = [...frontier.values()].reduce((best, node) => (node.generation > best.generation ? node : best));
  frontier.delete(youngest.sha);
  return youngest;
}

function takeNewest(ready: Commit[], time: ReadonlyMap<string, number>): Commit | undefined {
  let best = 0;
  for (let at = 1; at < ready.length; at += 1) {
    if ((time.get(ready[at]?.sha ?? '') ?? 0) > (time.get(ready[best]?.sha ?? '') ?? 0)) best = at;
  }
  return ready.splice(best, 1)[0];
}
