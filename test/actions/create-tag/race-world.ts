import type { GitHubClient } from '#shared/github/client.ts';
import type { Timer } from '#shared/retry.ts';

/**
 * The part of GitHub that create-tag sees on a linear trunk, in memory and with a clock of its own, so that every
 * order of requests can be played in a moment. Commits are numbered from 0; tags of the prefix v only.
 */
export interface RaceWorld {
  readonly tags: Map<string, string>;
  /** A client whose requests wait until the scheduler lets them through. */
  client(run: number): GitHubClient;
  timer(run: number): Timer;
  /** Plays until all is done; `choose` picks one of the steps that wait. */
  play(choose: (waiting: readonly Step[]) => Step): Promise<void>;
  readonly requests: () => number;
}

/** Something that a run waits for. `shared`: its order with those of other runs matters. */
export interface Step {
  readonly run: number;
  readonly name: string;
  readonly at: number;
  readonly shared: boolean;
  readonly go: () => void;
}

/** A commit as GitHub shows it; `0000...` is number 0. */
export function shaOf(commit: number): string {
  return String(commit).padStart(40, '0');
}

/** Starts with commit messages of the trunk, oldest first, and the tag v0.1.0 on the first. */
export function createRaceWorld(messages: readonly string[], random: () => number = () => 0.5): RaceWorld {
  const tags = new Map([['v0.1.0', objectOf('v0.1.0', shaOf(0))]]);
  let waiting: Step[] = [];
  let now = 0;
  let count = 0;
  const enqueue = (step: Omit<Step, 'go'>) =>
    new Promise<void>((resolve) => {
      waiting.push({ ...step, go: resolve });
    });

  async function answer(run: number, route: string, parameters: Record<string, unknown>): Promise<unknown> {
    count += 1;
    const shared = /matching-refs|POST .*git\/refs/.test(route);
    await enqueue({ run, name: route, at: now + 50 + random() * 250, shared });
    if (route.includes('matching-refs'))
      return [...tags].map(([tag, sha]) => ({ ref: `refs/tags/${tag}`, object: { sha, type: 'tag' } }));
    if (route.includes('compare')) return compare(String(parameters['basehead']), tags, messages);
    if (route.endsWith('/git/tags'))
      return {
        sha: objectOf(String(parameters['tag']), String(parameters['object'])),
        object: { sha: parameters['object'] },
      };
    if (!route.startsWith('POST') || !route.endsWith('/git/refs'))
      throw new Error(`The race world does not know ${route}`);
    const tag = String(parameters['ref']).slice('refs/tags/'.length);
    if (tags.has(tag)) throw refused(422, 'Reference already exists');
    tags.set(tag, String(parameters['sha']));
    return {};
  }
  return {
    tags,
    requests: () => count,
    client: (run) =>
      ({
        request: async (route: string, parameters: Record<string, unknown>) => ({
          status: 200,
          headers: {},
          data: await answer(run, route, parameters),
        }),
        graphql: () => Promise.reject(new Error('not used')),
      }) as unknown as GitHubClient,
    timer: (run) => ({
      now: () => now,
      random,
      sleep: (ms) => enqueue({ run, name: 'sleep', at: now + ms, shared: false }),
    }),
    async play(choose) {
      for (await settle(); waiting.length > 0; await settle()) {
        const step = choose(waiting);
        waiting = waiting.filter((other) => other !== step);
        now = Math.max(now, step.at);
        step.go();
      }
    },
  };
}

function compare(basehead: string, tags: ReadonlyMap<string, string>, messages: readonly string[]): unknown {
  const [tag = '', head = ''] = basehead.split('...');
  const base = Number(tags.get(tag)?.split('@')[1]);
  const top = Number(head);
  const commit = (index: number) => ({
    sha: shaOf(index),
    author: null,
    commit: { message: messages[index] ?? '', committer: { date: '2025-01-01T00:00:00Z' } },
  });
  const commits = Array.from({ length: Math.max(0, top - base) }, (_, index) => commit(base + 1 + index));
  const status = top > base ? 'ahead' : top < base ? 'behind' : 'identical';
  return {
    status,
    base_commit: commit(base),
    merge_base_commit: commit(Math.min(base, top)),
    commits,
    total_commits: commits.length,
  };
}

function objectOf(tag: string, commit: string): string {
  return `${tag}@${commit}`;
}

function refused(status: number, message: string): Error {
  return Object.assign(new Error(message), {
    name: 'HttpError',
    status,
    response: { status, headers: {}, data: { message } },
  });
}

// Lets every run go on as far as it can without an answer.
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
