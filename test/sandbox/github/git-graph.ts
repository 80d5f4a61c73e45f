import type { CommitFields } from './git-objects.ts';
import { type GitStore, readCommit } from './git-store.ts';

type Commit = CommitFields & { sha: string };

/** How two commits lie to each other; `commits` are those of head that base lacks, oldest first. */
export interface Comparison {
  readonly mergeBase: string | undefined;
  readonly aheadBy: number;
  readonly behindBy: number;
  readonly commits: readonly Commit[];
}

/** Everything reachable from `sha`, itself included. */
export async function ancestorsOf(git: GitStore, sha: string): Promise<Map<string, Commit>> {
  const found = new Map<string, Commit>();
  const waiting = [sha];
  while (waiting.length > 0) {
    const batch = waiting.splice(0);
    const commits = await Promise.all(batch.map((one) => (found.has(one) ? undefined : readCommit(git, one))));
    for (const commit of commits) {
      if (commit === undefined || found.has(commit.sha)) continue;
      found.set(commit.sha, commit);
      waiting.push(...commit.parents.filter((parent) => !found.has(parent)));
    }
  }
  return found;
}

/** Whether `ancestor` is `sha` or lies behind it. */
export async function isAncestor(git: GitStore, ancestor: string, sha: string): Promise<boolean> {
  return ancestor === sha || (await ancestorsOf(git, sha)).has(ancestor);
}

/** Compares as `git rev-list --left-right base...head` does. */
export async function compareCommits(git: GitStore, base: string, head: string): Promise<Comparison> {
  if (base === head) return { mergeBase: base, aheadBy: 0, behindBy: 0, commits: [] };
  const inBase = await ancestorsOf(git, base);
  const inHead = await ancestorsOf(git, head);
  const ahead = [...inHead.values()].filter(({ sha }) => !inBase.has(sha));
  const behindBy = [...inBase.keys()].filter((sha) => !inHead.has(sha)).length;
  const common = [...inHead.values()].filter(({ sha }) => inBase.has(sha));
  const inner = new Set(common.flatMap(({ parents }) => parents));
  const mergeBase = common.find(({ sha }) => !inner.has(sha))?.sha;
  return { mergeBase, aheadBy: ahead.length, behindBy, commits: newestFirst(ahead).reverse() };
}

/** The best common ancestor, or undefined for unrelated histories. */
export async function mergeBaseOf(git: GitStore, one: string, other: string): Promise<string | undefined> {
  return (await compareCommits(git, one, other)).mergeBase;
}

/** The order of `git log --date-order`: children before parents, else by commit date. */
export function newestFirst(commits: readonly Commit[]): Commit[] {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const children = new Map<string, number>();
  for (const { parents } of commits) for (const one of parents) children.set(one, (children.get(one) ?? 0) + 1);
  const time = new Map(commits.map(({ sha, committer }) => [sha, Date.parse(committer.date)]));
  const ready = commits.filter(({ sha }) => !children.get(sha));
  const ordered: Commit[] = [];
  while (ready.length > 0) {
    const next = takeNewest(ready, time);
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

function takeNewest(ready: Commit[], time: ReadonlyMap<string, number>): Commit {
  let best = 0;
  for (let at = 1; at < ready.length; at += 1) {
    if ((time.get(ready[at]?.sha ?? '') ?? 0) > (time.get(ready[best]?.sha ?? '') ?? 0)) best = at;
  }
  const [newest] = ready.splice(best, 1);
  return newest as Commit;
}
