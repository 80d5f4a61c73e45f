/** A commit of a range with its parents, the branch it was merged into first. */
export interface GraphCommit {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** What each merge commit of a range brought in, within the range. */
export function broughtByMerges(range: readonly GraphCommit[]): ReadonlyMap<string, ReadonlySet<string>> {
  const parents = parentsOf(range);
  const merges = range.filter((commit) => commit.parents.length > 1);
  return new Map(
    merges.map(({ sha, parents: [first = '', ...merged] }) => {
      const before = reachable([first], parents);
      return [sha, reachable(merged, parents, before)];
    }),
  );
}

/** The parents of each commit of a range. */
export function parentsOf(range: readonly GraphCommit[]): ReadonlyMap<string, readonly string[]> {
  return new Map(range.map((commit) => [commit.sha, commit.parents]));
}

/** The commits from `start` on downwards that are in `parents`, without those of `except` and what only they lead to. */
export function reachable(
  start: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  except: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...start];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next) || except.has(next)) continue;
    const further = parents.get(next);
    if (further === undefined) continue;
    found.add(next);
    open.push(...further);
  }
  return found;
}
