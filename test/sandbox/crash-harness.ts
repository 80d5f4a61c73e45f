import { serialize } from 'node:v8';
import { recordsOf } from './github/checkpoint.ts';
import type { GitHubSandbox } from './github/server.ts';
import { differencesOf, visibleState } from './visible-state.ts';

/**
 * How a run loses request number k. `lost-*`: its connection is cut before the request was applied or after it, and the
 * run goes on; `killed-*`: the run gets no answer from there on, as when the runner dies; `half-answer`: the answer
 * ends in its middle; `bad-gateway`: the request is applied, but the answer is 502.
 */
const MODES = ['lost-before', 'lost-after', 'killed-before', 'killed-after', 'half-answer', 'bad-gateway'] as const;

/** How a request is lost. */
export type CrashMode = (typeof MODES)[number];

/** An action in a world that is ready for its first run. */
export interface CrashScenario {
  readonly name: string;
  readonly github: GitHubSandbox;
  /** Whose state is compared. */
  readonly repositories: readonly string[];
  /** One whole run of the action; all its requests go through `wire`, and it waits for nothing. */
  readonly run: (wire: typeof fetch) => Promise<unknown>;
}

/** One cut after which the world was not what an undisturbed run makes of it. */
export interface Divergence {
  readonly mode: CrashMode;
  /** The request that was lost, from 1. */
  readonly request: number;
  /** Places that differ: path, what the undisturbed run leaves there, what was there. */
  readonly differences: readonly string[];
}

/** What the harness saw. */
export interface CrashFigures {
  /** Requests of the undisturbed run. */
  readonly requests: number;
  /** Reads that changed nothing are not cut after they were applied: for both sides that is the same as before. */
  readonly cuts: number;
  /** Cuts after which one more run led to the state that the undisturbed run leads to. */
  readonly equal: number;
  readonly divergences: readonly Divergence[];
  /** Writes of all third runs together. */
  readonly writesOfThirdRuns: number;
}

/**
 * Loses each request of a run in each way, each time in the same world; runs again without faults, compares the state
 * with the one after an undisturbed run, and counts what a third run writes. Prints its figures in one line.
 */
export async function crashEverywhere(scenario: CrashScenario): Promise<CrashFigures> {
  const { name, github, run } = scenario;
  github.limits.requestsPerHour = Number.MAX_SAFE_INTEGER;
  const rewind = github.checkpoint();
  const undisturbed = await play(scenario, () => run(github.fetch));
  const divergences: Divergence[] = [];
  let cuts = 0;
  let writesOfThirdRuns = 0;
  for (const mode of MODES) {
    for (let request = 1; request <= undisturbed.requests; request++) {
      rewind();
      const { wire, cut } = cutWire(scenario, mode, request);
      await run(wire).catch(() => undefined);
      if (mode.endsWith('after') && !cut.changed) continue;
      const { state } = await play(scenario, () => run(github.fetch));
      const differences = differencesOf(undisturbed.state, state);
      if (differences.length > 0) divergences.push({ mode, request, differences });
      writesOfThirdRuns += (await play(scenario, () => run(github.fetch))).writes;
      cuts += 1;
    }
  }
  rewind();
  const { requests } = undisturbed;
  const equal = cuts - divergences.length;
  process.stderr.write(
    `crashes: ${name}: ${requests} requests, ${cuts} cuts, ${equal} end states equal, ${writesOfThirdRuns} writes of third runs\n`,
  );
  return { requests, cuts, equal, divergences, writesOfThirdRuns };
}

async function play({ github, repositories }: CrashScenario, run: () => Promise<unknown>) {
  github.requests.clear();
  await run();
  const requests = github.requests.entries.length;
  const writes = github.requests.writes().length;
  return { requests, writes, state: await visibleState(repositories.map(github.records)) };
}

/** A wire on which request number `lost` is lost, and whether it changed the world; the errors are those of `fetch` itself. */
function cutWire(scenario: CrashScenario, mode: CrashMode, lost: number) {
  const { fetch: send } = scenario.github;
  const cut = { changed: false };
  let count = 0;
  const wire: typeof fetch = async (url, init) => {
    count += 1;
    const isDead = mode.startsWith('killed') && count > lost;
    if (count !== lost && !isDead) return send(url, init);
    if (isDead || mode.endsWith('before')) throw reset();
    const before = pictureOf(scenario);
    const answer = await send(url, init);
    cut.changed = !before.equals(pictureOf(scenario));
    if (mode.endsWith('after')) throw reset();
    return mode === 'half-answer' ? halved(answer) : new Response('<html>502 Bad Gateway</html>', badGateway);
  };
  return { wire, cut };
}

/** All that the next answers depend on, which a read may change, too: a pull request's first reader starts its test merge. */
function pictureOf({ github, repositories }: CrashScenario): Buffer {
  const shown = repositories.map(github.records).map((one) => [recordsOf(one), one.refs.list('refs/')]);
  return serialize([shown, github.requests.writes().length]);
}

const badGateway = { status: 502, headers: { 'content-type': 'text/html' } };

function reset(): TypeError {
  return new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
}

async function halved(answer: Response): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes.length === 0) return answer;
  const half = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, bytes.length / 2));
    },
    pull(controller) {
      controller.error(new TypeError('terminated', { cause: new Error('other side closed') }));
    },
  });
  return new Response(half, { status: answer.status, headers: answer.headers });
}
