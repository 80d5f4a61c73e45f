import { describe, expect, test } from '@jest/globals';
import type { Job, KubeEvent } from './kube-objects.ts';
import type { ContainerState, Pod } from './pod-objects.ts';
import { humanDuration } from './tables/durations.ts';
import { cellsOf, tableViewFor } from './tables/table.ts';

const now = Date.parse('2026-05-04T12:00:00Z');
const metadata = { name: 'web', uid: '1', resourceVersion: '7', creationTimestamp: '2026-05-04T11:55:48Z' };
const running: ContainerState = { running: { startedAt: '2026-05-04T11:56:00Z' } };
const exited = (exitCode: number, reason: string, signal?: number): ContainerState => ({
  terminated: { exitCode, reason, startedAt: null, finishedAt: '2026-05-04T11:59:30Z', ...(signal && { signal }) },
});
const waiting = (reason: string): ContainerState => ({ waiting: { reason } });

interface PodShape {
  readonly states?: readonly ContainerState[];
  readonly inits?: readonly ContainerState[];
  readonly sidecar?: boolean;
  readonly more?: object;
  readonly meta?: object;
}

function podOf({ states = [], inits = [], sidecar = false, more = {}, meta = {} }: PodShape): Pod {
  const status = (state: ContainerState, name: string) => ({
    ...{
      name,
      state,
      ready: state.running !== undefined,
      started: state.running !== undefined,
      image: 'i',
      imageID: '',
    },
    ...{ restartCount: state.terminated === undefined ? 0 : 2, lastState: state.terminated ? state : {} },
  });
  const policy = sidecar ? { restartPolicy: 'Always' as const } : {};
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, ...meta } },
    spec: {
      containers: states.map((_, at) => ({ name: `c${at}`, image: 'i' })),
      initContainers: inits.map((_, at) => ({ name: `i${at}`, image: 'i', ...policy })),
    },
    status: {
      phase: 'Running',
      containerStatuses: states.map((state, at) => status(state, `c${at}`)),
      initContainerStatuses: inits.map((state, at) => status(state, `i${at}`)),
      ...more,
    },
  };
}

const shownPod = (shape: PodShape) =>
  cellsOf('pods', [podOf(shape)], now)
    .rows[0]?.slice(1, 5)
    .join(' ');

describe('tables', () => {
  test.each([
    [-3000, '<invalid>'],
    [-1, '0s'],
    [119_999, '119s'],
    [120_000, '2m'],
    [372_000, '6m12s'],
    [600_000, '10m'],
    [3 * 3_600_000, '3h'],
    [3 * 3_600_000 + 60_000, '3h1m'],
    [47 * 3_600_000, '47h'],
    [49 * 3_600_000, '2d1h'],
    [9 * 86_400_000, '9d'],
    [800 * 86_400_000, '2y70d'],
    [3000 * 86_400_000, '8y'],
  ])('%i ms are %s', (ms, text) => expect(humanDuration(ms)).toBe(text));

  test.each<[string, PodShape]>([
    ['1/1 Running 0 4m12s', { states: [running] }],
    ['0/1 CrashLoopBackOff 0 4m12s', { states: [waiting('CrashLoopBackOff')] }],
    ['0/1 Error 2 (30s ago) 4m12s', { states: [exited(1, 'Error')] }],
    ['0/1 Signal:9 2 (30s ago) 4m12s', { states: [exited(137, '', 9)] }],
    ['0/1 ExitCode:3 2 (30s ago) 4m12s', { states: [exited(3, '')] }],
    ['1/2 ImagePullBackOff 0 4m12s', { states: [waiting('ImagePullBackOff'), running] }],
    ['0/1 Init:ImagePullBackOff 0 4m12s', { states: [waiting('x')], inits: [waiting('ImagePullBackOff')] }],
    ['0/1 Init:Error 0 4m12s', { states: [waiting('PodInitializing')], inits: [exited(1, 'Error')] }],
    ['0/1 Init:0/1 0 4m12s', { states: [waiting('PodInitializing')], inits: [running] }],
    ['2/2 Running 0 4m12s', { states: [running], inits: [running], sidecar: true }],
    ['1/2 NotReady 2 (30s ago) 4m12s', { states: [exited(0, 'Completed'), running] }],
    ['0/0 Pending 0 4m12s', { more: { phase: 'Pending' } }],
    ['0/0 Evicted 0 4m12s', { more: { phase: 'Failed', reason: 'Evicted' } }],
    ['1/1 Terminating 0 4m12s', { states: [running], meta: { deletionTimestamp: '2026-05-04T12:00:00Z' } }],
  ])('a pod is shown as %s', (expected, shape) => expect(shownPod(shape)).toBe(expected));

  test('an event that came several times tells since when; a Job how far it is', () => {
    const event = {
      ...{ apiVersion: 'v1', kind: 'Event', metadata, involvedObject: { kind: 'Pod', name: 'web-0' } },
      ...{ reason: 'BackOff', message: ' slow \n', type: 'Warning', count: 4 },
      ...{ firstTimestamp: '2026-05-04T11:50:00Z', lastTimestamp: '2026-05-04T11:59:00Z' },
    } as KubeEvent;
    const shown = cellsOf('events', [event], now).rows[0];
    expect(shown?.[0]).toBe('60s (x4 over 10m)');
    expect(shown?.slice(3, 7)).toEqual(['pod/web-0', '', '', 'slow']);
    const job = {
      ...{
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata,
        spec: { completions: 3, template: { spec: { containers: [] } } },
      },
      status: { succeeded: 1, startTime: '2026-05-04T11:58:30Z' },
    } as unknown as Job;
    expect(cellsOf('jobs', [job], now).rows[0]?.slice(0, 5)).toEqual(['web', 'Running', '1/3', '90s', '4m12s']);
  });

  test('a table holds what the client asked to include, and its columns once', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io';
    const viewFor = (query: string, header = accept) =>
      tableViewFor(header, { resource: 'pods', query: new URLSearchParams(query), now: () => now });
    const pod = podOf({ states: [running] });
    expect(viewFor('', 'application/json')).toBeUndefined();
    const view = viewFor('');
    expect(view?.(pod)).toMatchObject({
      ...{ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '7' } },
      rows: [{ object: { kind: 'PartialObjectMetadata', metadata: { name: 'web' } } }],
    });
    expect(view?.(pod)).toMatchObject({ columnDefinitions: null });
    expect(viewFor('includeObject=None')?.(pod)).toMatchObject({ rows: [{ object: null }] });
    const list = { items: [pod], metadata: { resourceVersion: '9', continue: 'x' } };
    expect(viewFor('includeObject=Object')?.(list)).toMatchObject({ metadata: list.metadata, rows: [{ object: pod }] });
    expect(viewFor('')?.({ kind: 'Pod', metadata: { resourceVersion: '8' } })).toMatchObject({ rows: [] });
  });
});
