/** A commit of a range with its parents, the branch it was merged into first. */
interface GraphCommit {
  readonly sha: string;
  readonly parents: readonly string[];
}

/**
 * The merge commits of a range that bring in one of the `counting` commits. A listing by path leaves them out, because
 * they change nothing themselves, but they carry the title of the pull request.
 */
export function mergesOf(range: readonly GraphCommit[], counting: ReadonlySet<string>): Set<string> {
  const parents = new Map(range.map((commit) => [commit.sha, commit.parents]));
  const merges = range.filter((commit) => commit.parents.length > 1);
  return new Set(
    merges.flatMap(({ sha, parents: [first = '', ...merged] }) => {
      const before = reachable([first], parents, new Set());
      const brought = reachable(merged, parents, before);
      return [...brought].some((commit) => counting.has(commit)) ? [sha] : [];
    }),
  );
}

// Within the range: what the base holds has no parents here.
function reachable(
  start: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  except: ReadonlySet<string>,
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
