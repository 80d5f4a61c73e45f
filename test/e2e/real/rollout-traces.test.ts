import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../../actions/verify-rollout/src/cluster/kube-objects.ts';
import { type Observation, ObservedState } from '../../../actions/verify-rollout/src/cluster/observed-state.ts';
import { parseImage } from '../../../actions/verify-rollout/src/cluster/parse-image.ts';
import type { Expectation, Relation, Target } from '../../../actions/verify-rollout/src/expectation.ts';
import { planVerdict, type Verdict } from '../../../actions/verify-rollout/src/verdict/plan-verdict.ts';

/** The recordings are facts to measure against; they are not part of the project, so a missing folder is no failure. */
const folder = join(process.env['TRUNKLINE_DATA'] ?? join(process.cwd(), '..', 'shared', 'data'), 'rollout-traces');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz')) : [];

interface Judgement {
  readonly result: string;
  readonly cause?: string | null;
  readonly accepts?: readonly string[];
  readonly object?: string;
  readonly container?: string;
  readonly decidableAt: number;
  readonly notBefore?: number;
}

interface Header {
  readonly scenario: string;
  readonly workload: string;
  readonly namespace: string;
  readonly image: string;
  readonly startedAt: string;
  readonly change: readonly { readonly t: number }[];
  readonly revision?: string;
  readonly commits?: readonly { readonly sha: string; readonly parent: string | null }[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expected: Judgement;
  readonly alternatives?: readonly (Judgement & { readonly inputs: Readonly<Record<string, unknown>> })[];
}

interface Line {
  readonly t: number;
  readonly type: Observation['type'];
  readonly resource: string;
  readonly object: KubeObject | { readonly items: readonly KubeObject[] };
}

function readTrace(file: string): { header: Header; lines: Line[] } {
  const [first, ...rest] = gunzipSync(readFileSync(join(folder, file)))
    .toString()
    .trim()
    .split('\n');
  return { header: JSON.parse(first ?? '') as Header, lines: rest.map((line) => JSON.parse(line) as Line) };
}

function relationFrom(header: Header): (commit: string) => Relation {
  return (commit) => {
    if (commit === header.revision) return 'same';
    const parents = new Map((header.commits ?? []).map(({ sha, parent }) => [sha, parent]));
    for (let at = parents.get(commit); at !== undefined && at !== null; at = parents.get(at))
      if (at === header.revision) return 'newer';
    return parents.has(commit) ? 'older' : 'unknown';
  };
}

function expectationOf(header: Header, lines: readonly Line[], inputs: Readonly<Record<string, unknown>>): Expectation {
  const [kind, name] = header.workload.split('/') as [Target['kind'], string];
  const start = Date.parse(header.startedAt);
  const controller = lines.find(({ resource }) => resource === 'kustomizations' || resource === 'applications');
  const controlled =
    controller === undefined ? undefined : (controller.object as { items: KubeObject[] }).items[0]?.metadata;
  const timeoutSeconds = typeof inputs['timeout'] === 'number' ? inputs['timeout'] : 600;
  return {
    namespace: header.namespace,
    targets: [{ kind, name }],
    image: parseImage(header.image),
    sameDigests: new Set(),
    gitOps:
      controlled === undefined
        ? undefined
        : {
            kind: controller?.resource === 'applications' ? 'argo' : 'flux',
            name: controlled.name,
            namespace: controlled.namespace ?? header.namespace,
            relation: relationFrom(header),
          },
    allowZero: inputs['allow-zero'] === true,
    maxUnavailable: 0,
    onPaused: inputs['on-paused'] === 'wait' ? 'wait' : 'report',
    onSuspended: 'report',
    deadline: start + (header.change[0]?.t ?? 0) + timeoutSeconds * 1000,
  };
}

/** Replays a recording on a virtual clock: decides at every observation, and every 250 ms where nothing happens. */
function replay(
  header: Header,
  lines: readonly Line[],
  inputs: Readonly<Record<string, unknown>>,
): { at: number; verdict: Verdict } {
  const start = Date.parse(header.startedAt);
  const expectation = expectationOf(header, lines, inputs);
  const observed = new ObservedState();
  const lists = new Set(lines.map(({ resource }) => resource)).size;
  let listed = 0;
  let next = 0;
  for (let clock = 0; clock < 700_000; ) {
    const line = lines[next];
    if (line !== undefined && line.t <= clock) {
      next++;
      observed.apply({ at: start + line.t, type: line.type, resource: line.resource, object: line.object });
      if (line.type === 'LIST') listed++;
    }
    if (listed >= lists) {
      const verdict = planVerdict(observed, expectation, start + clock);
      if (verdict.result !== 'waiting') return { at: clock, verdict };
    }
    const following = lines[next]?.t ?? Number.POSITIVE_INFINITY;
    if (following > clock) clock = Math.min(following, clock + 250);
  }
  throw new Error(`${header.scenario}: no verdict`);
}

function check(expected: Judgement, { at, verdict }: { at: number; verdict: Verdict }): void {
  expect(verdict.result).toBe(expected.result);
  const first = verdict.causes[0];
  const wanted = expected.cause ?? undefined;
  expect([wanted, ...(expected.accepts ?? [])]).toContain(first?.class);
  if (wanted !== undefined && first?.class === wanted) {
    expect(first.objects).toContain(expected.object);
    if (expected.container !== undefined) expect(first.container).toBe(expected.container);
  }
  expect(at).toBeGreaterThanOrEqual(expected.notBefore ?? expected.decidableAt);
  const slack = expected.result === 'verified' || expected.result === 'superseded' ? 1000 : 2000;
  expect(at).toBeLessThanOrEqual(expected.decidableAt + slack);
}

/** Delays every resource by its own jitter, as the order between watches is not fixed; and makes one blind for a while, then relists it. */
function disturb(lines: readonly Line[], seed: number): Line[] {
  let state = seed * 2654435761;
  const random = (max: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * max);
  };
  const resources = [...new Set(lines.map(({ resource }) => resource))];
  const blind = resources[random(resources.length)];
  const from = 1500 + random(12_000);
  const until = from + 200 + random(2500);
  const delays = new Map(resources.map((resource) => [resource, random(80)]));
  const current = new Map<string, KubeObject>();
  const disturbed: Line[] = [];
  for (const line of lines.toSorted((one, other) => one.t - other.t)) {
    const t = line.t + (line.type === 'LIST' ? 0 : (delays.get(line.resource) ?? 0));
    if (line.resource === blind) remember(current, line);
    if (line.resource !== blind || t < from || t >= until || line.type === 'LIST') disturbed.push({ ...line, t });
  }
  const last = lines.filter(
    ({ resource, t, type }) => resource === blind && (type === 'LIST' || t + (delays.get(resource) ?? 0) < until),
  );
  current.clear();
  for (const line of last) remember(current, line);
  if (blind !== undefined)
    disturbed.push({ t: until, type: 'LIST', resource: blind, object: { items: [...current.values()] } });
  return disturbed.toSorted((one, other) => one.t - other.t);
}

function remember(current: Map<string, KubeObject>, { type, object }: Line): void {
  if (type === 'BOOKMARK') return;
  const items = 'items' in object ? object.items : [object];
  for (const item of items) {
    const key = `${item.metadata.name}/${item.metadata.uid}`;
    if (type === 'DELETED') current.delete(key);
    else current.set(key, item);
  }
}

describe('rollouts recorded on a real control plane', () => {
  if (files.length === 0)
    test(`the recordings are not there (${folder}), so nothing is measured`, () => expect(files).toEqual([]));
  for (const file of files) {
    const name = file.replace('.jsonl.gz', '');
    test(`${name} gets the expected verdict in time`, () => {
      const { header, lines } = readTrace(file);
      check(header.expected, replay(header, lines, header.inputs));
    });
    test(`${name} gets the same verdict when watches race, and one of them is blind for a while`, () => {
      const { header, lines } = readTrace(file);
      for (let seed = 1; seed <= 40; seed++) {
        const { at, verdict } = replay(header, disturb(lines, seed), header.inputs);
        const { result, cause, accepts = [], decidableAt, notBefore } = header.expected;
        expect({ seed, result: verdict.result }).toEqual({ seed, result });
        expect([cause ?? undefined, ...accepts]).toContain(verdict.causes[0]?.class);
        expect(at).toBeGreaterThanOrEqual(notBefore ?? decidableAt);
      }
    });
    const { header, lines } = readTrace(file);
    for (const alternative of header.alternatives ?? []) {
      test(`${name} with ${JSON.stringify(alternative.inputs)} gets the expected verdict in time`, () => {
        check(alternative, replay(header, lines, alternative.inputs));
      });
    }
  }
});
