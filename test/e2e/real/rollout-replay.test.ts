import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { connectCluster } from '#shared/cluster/client.ts';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer } from '#shared/retry.ts';
import { inputSpec } from '../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../actions/verify-rollout/src/run.ts';
import { startCluster } from '../../sandbox/cluster/server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';

/** The recordings again, through the whole action and a real HTTP API, in real time; see rollout-traces.test.ts for the exact moments. */
const folder = join(process.env['TRUNKLINE_DATA'] ?? join(process.cwd(), '..', 'shared', 'data'), 'rollout-traces');
// `unschedulable` takes five minutes; supersession needs GitHub to compare commits.
const leftOut = new Set(['unschedulable', 'flux-superseded', 'node-not-ready']);
const names = existsSync(folder) ? readdirSync(folder).map((name) => name.replace('.jsonl.gz', '')) : [];
const scenarios = names.filter((name) => !name.includes('.') && !leftOut.has(name));

interface Header {
  readonly workload: string;
  readonly namespace: string;
  readonly image: string;
  readonly startedAt: string;
  readonly revision?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expected: {
    readonly result: string;
    readonly cause?: string | null;
    readonly accepts?: readonly string[];
    readonly decidableAt: number;
  };
}

interface Told {
  readonly scenario: string;
  readonly result: unknown;
  readonly cause: unknown;
  readonly lateMs: number;
}

async function replay(scenario: string): Promise<{ told: Told; expected: Header['expected']; requests: number }> {
  const lines = gunzipSync(readFileSync(join(folder, `${scenario}.jsonl.gz`)))
    .toString()
    .split('\n');
  const header = JSON.parse(lines[0] ?? '') as Header;
  const cluster = await startCluster();
  const trace = cluster.playTrace(lines);
  const begun = Date.now();
  const meter = new RequestMeter();
  const inputs = readInputs(inputSpec, environmentOf(header, lines));
  const runner = recordingRunner();
  const endpoint = { url: cluster.url, readToken: () => cluster.tokens.verify };
  const connect = async () => ({
    client: connectCluster({ endpoint, meter, timer: systemTimer }),
    description: 'the sandbox',
    close: async () => {},
  });
  const { outputs } = await run(inputs, { runner, meter, timer: systemTimer, github: undefined, connect });
  const lateMs = Date.now() - begun - header.expected.decidableAt;
  trace.stop();
  await cluster.close();
  const [first] = outputs.causes as { class: string }[];
  return {
    told: { scenario, result: outputs.result, cause: first?.class ?? null, lateMs },
    expected: header.expected,
    requests: meter.count,
  };
}

function environmentOf(header: Header, lines: readonly string[]): Record<string, string> {
  const colon = header.image.lastIndexOf(':');
  const environment: Record<string, string> = {
    INPUT_NAMESPACE: header.namespace,
    INPUT_WORKLOADS: header.workload,
    INPUT_IMAGE: header.image.slice(0, colon),
    INPUT_TAG: header.image.slice(colon + 1),
    INPUT_TIMEOUT: '60s',
  };
  for (const [name, value] of Object.entries(header.inputs)) environment[`INPUT_${name.toUpperCase()}`] = String(value);
  for (const [input, resource] of Object.entries({
    'FLUX-KUSTOMIZATION': 'kustomizations',
    'ARGOCD-APPLICATION': 'applications',
  })) {
    const list = lines.find((line) => line.includes(`"resource":"${resource}"`));
    if (list === undefined) continue;
    const { object } = JSON.parse(list) as { object: { items: { metadata: { name: string; namespace: string } }[] } };
    environment[`INPUT_${input}`] = `${object.items[0]?.metadata.namespace}/${object.items[0]?.metadata.name}`;
    environment['INPUT_REVISION'] = header.revision ?? '';
  }
  return environment;
}

test(`${scenarios.length} recordings through HTTP get their verdict in time`, async () => {
  const results = await Promise.all(scenarios.map(replay));
  const wrong = results.flatMap(({ told, expected, requests }) => {
    const causes = [expected.cause ?? null, ...(expected.accepts ?? [])];
    const right =
      told.result === expected.result &&
      causes.includes(told.cause as string) &&
      told.lateMs < 10_000 &&
      requests <= 12;
    return right ? [] : [{ told, expected, requests }];
  });
  expect(wrong).toEqual([]);
}, 90_000);
