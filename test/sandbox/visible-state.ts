import { createHash } from 'node:crypto';
import { decodeCommit, decodeTag } from './github/git-objects.ts';
import type { GitStore } from './github/git-store.ts';
import type { PullRequest, Repository } from './github/model.ts';

/**
 * Everything that somebody could see of these repositories, as a value that is equal for two worlds that differ only in
 * ids, times, ports and the names of objects with the same content.
 */
export async function visibleState(repositories: readonly Repository[]): Promise<unknown> {
  const text = JSON.stringify(repositories.map(recordsOf))
    .replace(/127\.0\.0\.1:\d+/g, 'host')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'time');
  const ids = new Map<string, number>();
  const numbered = text.replace(/\b[1-9]\d{5}\b/g, (id) => {
    ids.set(id, ids.get(id) ?? ids.size + 1);
    return String(ids.get(id));
  });
  const names = new Map<string, string>();
  for (const [sha] of numbered.matchAll(/\b[0-9a-f]{40}\b/g)) {
    if (!names.has(sha)) names.set(sha, await contentName(repositories, sha));
  }
  return JSON.parse(numbered.replace(/\b[0-9a-f]{40}\b/g, (sha) => names.get(sha) ?? sha));
}

/** Where two states differ, one line a place; empty for equal ones. */
export function differencesOf(expected: unknown, found: unknown, path = ''): string[] {
  if (expected === found) return [];
  if (!isTree(expected) || !isTree(found)) return [`${path}: ${JSON.stringify(expected)} -> ${JSON.stringify(found)}`];
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].flatMap((key) => differencesOf(expected[key], found[key], `${path}/${key}`));
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function recordsOf(repository: Repository): Record<string, unknown> {
  const { fullName, refs, pulls, labels, comments, statuses, checkRuns } = repository;
  const { deployments, releases, dispatches } = repository;
  return {
    fullName,
    refs: Object.fromEntries(refs.list('refs/').map(({ ref, sha }) => [ref, sha])),
    pulls: [...pulls.values()].map(shown),
    labels: [...labels.values()],
    // Releases of several services come in any order.
    releases: [...releases].sort((a, b) => (a.tag < b.tag ? -1 : 1)),
    ...{ comments, statuses, checkRuns, deployments, dispatches },
  };
}

// What the sandbox keeps for itself.
function shown({ mergeable: _mergeable, mergeableFor: _for, testMergeSha: _test, lag: _lag, ...pull }: PullRequest) {
  return pull;
}

async function contentName(repositories: readonly Repository[], sha: string): Promise<string> {
  for (const { git } of repositories) {
    const name = await nameIn(git, sha);
    if (name !== undefined) return name;
  }
  return sha;
}

const named = new WeakMap<GitStore, Map<string, string>>();

async function nameIn(git: GitStore, sha: string): Promise<string | undefined> {
  const known = named.get(git) ?? new Map<string, string>();
  named.set(git, known);
  const object = known.has(sha) ? undefined : await git.read(sha);
  if (object?.type === 'commit') {
    const { tree, parents, message, author, signature } = decodeCommit(object.content);
    const names = await Promise.all(parents.map((parent) => nameIn(git, parent)));
    known.set(sha, nameOf('commit', message, [tree, ...names, author.name, author.email, signature !== undefined]));
  } else if (object?.type === 'tag') {
    const { object: target, tag, tagger, message } = decodeTag(object.content);
    known.set(sha, nameOf('tag', message, [await nameIn(git, target), tag, tagger?.name, tagger?.email]));
  } else if (object !== undefined) {
    known.set(sha, sha);
  }
  return known.get(sha);
}

function nameOf(kind: string, message: string, content: readonly unknown[]): string {
  const digest = createHash('sha1').update(JSON.stringify([message, ...content]));
  return `${kind} ${digest.digest('hex').slice(0, 12)} (${JSON.stringify(message.split('\n', 1)[0]).slice(1, -1)})`;
}
