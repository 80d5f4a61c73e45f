import { overrideIn } from '#shared/commits/split-message.ts';
import type { HistoryCommit, MergedPull } from '../bump/bump.ts';
import type { ReadHistory } from './read-history.ts';

/** An open pull request as the event tells it; its texts are untrusted. */
interface OpenPull extends MergedPull {
  readonly body: string;
  /** Of the author. */
  readonly login: string;
  readonly baseSha: string;
  readonly squashOnly: boolean;
}

/** What to preview: `trustsBody` says whether the body of a pull request by this account would be read after the merge. */
export interface PreviewRequest {
  readonly sha: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly trustsBody: (login: string) => boolean;
}

/**
 * The history as it would be once the pull request of the event is merged: its title counts as a commit, with its labels,
 * and its own commits only where the repository can merge them as they are. The history as it is for other events.
 */
export function planPreview(history: ReadHistory, { sha, event, trustsBody }: PreviewRequest): ReadHistory {
  const pull = openPull(event);
  if (pull === undefined || (history.place.kind !== 'after' && history.place.kind !== 'first')) return history;
  const { number, title, labels, login } = pull;
  const override = trustsBody(login) ? overrideIn(pull.body) : undefined;
  const merged: HistoryCommit = {
    sha,
    message: override ?? `${title} (#${number})`,
    author: login,
    pull: { number, title, labels, author: login },
  };
  const trunk = trunkCommits(history, sha, pull.baseSha);
  const others = history.commits.filter((commit) => commit.sha !== sha);
  const isOwn = (commit: { sha: string }) => commit.sha !== sha && !trunk.has(commit.sha);
  // In a monorepo a pull request that touches no path of the service does nothing to its version.
  const counts = others.some(isOwn) || !history.listed.some(isOwn);
  const kept = pull.squashOnly ? others.filter((commit) => !isOwn(commit)) : others;
  return { ...history, commits: counts ? [merged, ...kept] : kept, preview: number };
}

// What the base of the pull request holds: of a test merge that is its first parent.
function trunkCommits({ listed }: ReadHistory, sha: string, baseSha: string): ReadonlySet<string> {
  const parents = new Map(listed.map((commit) => [commit.sha, commit.parents]));
  const merge = parents.get(sha) ?? [];
  const open = [merge.length > 1 ? (merge[0] ?? baseSha) : baseSha];
  const found = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(parents.get(next) ?? []));
  }
  return found;
}

// https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
function openPull(event: Readonly<Record<string, unknown>>): OpenPull | undefined {
  const pull = recordAt(event, 'pull_request');
  const base = recordAt(pull, 'base');
  const repository = recordAt(base, 'repo');
  const [number, title, baseSha] = [pull['number'], pull['title'], base['sha']];
  if (
    typeof number !== 'number' ||
    typeof title !== 'string' ||
    typeof baseSha !== 'string' ||
    pull['merged'] === true
  ) {
    return undefined;
  }
  const squashOnly = repository['allow_merge_commit'] === false && repository['allow_rebase_merge'] === false;
  return {
    number,
    title: title.split('\n', 1)[0] ?? '',
    body: typeof pull['body'] === 'string' ? pull['body'] : '',
    login: nameOf(pull['user'], 'login')[0] ?? '',
    labels: Array.isArray(pull['labels']) ? pull['labels'].flatMap((label) => nameOf(label, 'name')) : [],
    baseSha,
    squashOnly,
  };
}

function nameOf(value: unknown, field: 'name' | 'login'): string[] {
  const name = isRecord(value) ? value[field] : undefined;
  return typeof name === 'string' ? [name] : [];
}

function recordAt(record: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = record[name];
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
