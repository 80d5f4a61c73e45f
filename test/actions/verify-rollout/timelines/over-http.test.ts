import { beforeAll, expect, test } from '@jest/globals';
import { connectCluster } from '#shared/cluster/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import type { Timer } from '#shared/retry.ts';
import { inputSpec } from '../../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../../actions/verify-rollout/src/run.ts';
import { type Cluster, startCluster } from '../../../sandbox/cluster/server.ts';
import { recordingRunner } from '../../../support/recording-runner.ts';
import { causeTimelines } from './cause-timelines.ts';
import { environmentOf, type Step, startedAt, type Timeline } from './timeline.ts';

/** Every timeline again as a real API server tells it, through the whole action, a hundred times as fast. */
const speed = 100;

/** A clock that runs `speed` times as fast. */
function fastTimer(): Timer {
  const begun = Date.now();
  const now = () => Date.parse(startedAt) + (Date.now() - begun) * speed;
  return { now, random: Math.random, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / speed)) };
}

/** A recording whose objects are there from the start, or that shows its changes from now on. */
function recording(kind: 'before' | 'steps', steps: readonly Step[], at: number): string[] {
  const header = { scenario: kind, startedAt: new Date(at).toISOString() };
  const lines = steps.map(([resource, object, seconds = 0, gone]) =>
    kind === 'before'
      ? { t: 0, type: 'LIST', resource, object: { items: [object] } }
      : { t: seconds * 1000, type: gone === undefined ? 'MODIFIED' : 'DELETED', resource, object },
  );
  return [header, ...lines].map((line) => JSON.stringify(line));
}

async function verify(timeline: Timeline) {
  const cluster = await startCluster();
  try {
    return await verifyOn(cluster, timeline);
  } finally {
    await cluster.close();
  }
}

async function verifyOn(cluster: Cluster, timeline: Timeline) {
  const timer = fastTimer();
  const meter = new RequestMeter();
  const inputs = readInputs(inputSpec, environmentOf(timeline));
  const endpoint = { url: cluster.url, readToken: () => cluster.tokens.verify };
  const connect = async () => ({
    client: connectCluster({ endpoint, meter, timer }),
    description: 'the sandbox',
    close: async () => {},
  });
  cluster.playTrace(recording('before', timeline.before, timer.now()), { speed });
  const verifying = run(inputs, { runner: recordingRunner(), meter, timer, github: undefined, connect });
  // A change that comes before the watch would be part of its list, and a change in between would be lost.
  for (let turn = 0; turn < 500 && cluster.watches.count < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const played = cluster.playTrace(recording('steps', timeline.steps, timer.now()), { speed });
  try {
    return await verifying;
  } finally {
    played.stop();
  }
}

// All at once: what takes minutes of the cluster's time is mostly waiting.
const verified = new Map<string, Awaited<ReturnType<typeof verify>>>();
beforeAll(async () => {
  const all = Object.entries(causeTimelines);
  await Promise.all(all.map(async ([kind, timeline]) => verified.set(kind, await verify(timeline))));
}, 60_000);

test.each(Object.entries(causeTimelines))('%s is what the action says of its timeline', (kind, { result, object }) => {
  const { outputs } = verified.get(kind) ?? { outputs: { causes: [] } };
  const [first] = outputs.causes as { class: string; object: string }[];
  expect(outputs).toMatchObject({ result });
  expect(first).toMatchObject({ class: kind, ...(object === undefined ? {} : { object }) });
});
