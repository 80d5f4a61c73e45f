import type { GitHubClient } from '#shared/github/client.ts';
import { compareCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { HistoryCommit } from './bump.ts';
import type { ReadHistory } from './read-history.ts';
import type { Target } from './resolve-target.ts';

/** An open pull request as the event tells it. */
interface OpenPull {
  readonly number: number;
  readonly title: string;
  readonly baseSha: string;
  readonly squashOnly: boolean;
}

/**
 * The history as it would be once the pull request of the event is merged, for a dry run: its title counts as a commit,
 * and its own commits only where the repository can merge them as they are. The history as it is for other events.
 */
export async function previewMerge(
  github: GitHubClient,
  history: ReadHistory,
  { target, runner }: { target: Target; runner: Runner },
): Promise<ReadHistory> {
  const pull = openPull(runner.event);
  if (pull === undefined || (history.place.kind !== 'after' && history.place.kind !== 'first')) return history;
  const own = pull.squashOnly ? await commitsOf(github, target, pull) : new Set<string>();
  const merged: HistoryCommit = { sha: target.sha, message: `${pull.title} (#${pull.number})` };
  const others = history.commits.filter(({ sha }) => sha !== target.sha && !own.has(sha));
  return { ...history, commits: [merged, ...others] };
}

async function commitsOf(github: GitHubClient, { repository, sha }: Target, pull: OpenPull): Promise<Set<string>> {
  const comparison = await explained(`reading the commits of #${pull.number}`, () =>
    compareCommits(github, repository, { base: pull.baseSha, head: sha }),
  );
  return new Set(comparison?.commits.map((commit) => commit.sha));
}

// https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
function openPull(event: Readonly<Record<string, unknown>>): OpenPull | undefined {
  const pull = recordAt(event, 'pull_request');
  const base = recordAt(pull, 'base');
  const repository = recordAt(base, 'repo');
  const { number, title, merged } = { number: pull['number'], title: pull['title'], merged: pull['merged'] };
  const baseSha = base['sha'];
  if (typeof number !== 'number' || typeof title !== 'string' || typeof baseSha !== 'string' || merged === true) {
    return undefined;
  }
  const squashOnly = repository['allow_merge_commit'] === false && repository['allow_rebase_merge'] === false;
  return { number, title: title.split('\n', 1)[0] ?? '', baseSha, squashOnly };
}

function recordAt(record: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = record[name];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
