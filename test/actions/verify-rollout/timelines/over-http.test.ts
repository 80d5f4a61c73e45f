import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectCluster } from '#shared/cluster/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { inputSpec } from '../../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../../actions/verify-rollout/src/run.ts';
import { type Cluster, startCluster } from '../../../sandbox/cluster/server.ts';
import { recordingRunner } from '../../../support/recording-runner.ts';
import { virtualTime } from '../../../support/virtual-time.ts';
import { causeTimelines } from './cause-timelines.ts';
import { environmentOf, type Step, startedAt, type Timeline } from './timeline.ts';

/** A recording whose objects are there from the start, or that shows its changes from now on. */
function recording(kind: 'before' | 'steps', steps: readonly Step[]): string[] {
  const header = { scenario: kind, startedAt: new Date(timer.now()).toISOString() };
  const lines = steps.map(([resource, object, seconds = 0, gone]) =>
    kind === 'before'
      ? { t: 0, type: 'LIST', resource, object: { items: [object] } }
      : { t: seconds * 1000, type: gone === undefined ? 'MODIFIED' : 'DELETED', resource, object },
  );
  return [header, ...lines].map((line) => JSON.stringify(line));
}

const clusters: Cluster[] = [];
const meters: RequestMeter[] = [];

/** One time for all timelines: it goes on when each of them waits, so a busy machine changes nothing. */
const { timer, passUntil } = virtualTime(Date.parse(startedAt), () => {
  const sent = meters.reduce((sum, { count }) => sum + count, 0);
  return clusters.reduce((sum, { requests, watches }) => sum + requests.entries.length + watches.count, sent);
});

/** A timeline as a real API server tells it, through the whole action. */
async function verify(timeline: Timeline) {
  const cluster = await startCluster();
  clusters.push(cluster);
  const meter = new RequestMeter();
  meters.push(meter);
  const inputs = readInputs(inputSpec, environmentOf(timeline));
  const endpoint = { url: cluster.url, readToken: () => cluster.tokens.verify };
  const connect = async () => ({
    client: connectCluster({ endpoint, meter, timer }),
    description: 'the sandbox',
    close: async () => {},
  });
  cluster.playTrace(recording('before', timeline.before), timer);
  const verifying = run(inputs, { runner: recordingRunner(), meter, timer, github: undefined, connect });
  // A change that comes before the watches would be part of their lists, and a change in between would be lost.
  await timer.sleep(1);
  const played = cluster.playTrace(recording('steps', timeline.steps), timer);
  try {
    return await verifying;
  } finally {
    played.stop();
  }
}

const verified = new Map<string, Awaited<ReturnType<typeof verify>>>();
beforeAll(async () => {
  const all = Object.entries(causeTimelines);
  const verifying = Promise.all(all.map(async ([kind, timeline]) => verified.set(kind, await verify(timeline))));
  await passUntil(verifying);
  await verifying;
}, 60_000);

afterAll(() => Promise.all(clusters.map((cluster) => cluster.close())));

test.each(Object.entries(causeTimelines))('%s is what the action says of its timeline', (kind, { result, object }) => {
  const { outputs } = verified.get(kind) ?? { outputs: { causes: [] } };
  const [first] = outputs.causes as { class: string; object: string }[];
  expect(outputs).toMatchObject({ result });
  expect(first).toMatchObject({ class: kind, ...(object === undefined ? {} : { object }) });
});
