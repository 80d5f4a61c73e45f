import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../../../actions/verify-rollout/src/cluster/kube-objects.ts';
import { ObservedState } from '../../../../actions/verify-rollout/src/cluster/observed-state.ts';
import type { Expectation, Target } from '../../../../actions/verify-rollout/src/expectation.ts';
import { planVerdict, type Verdict } from '../../../../actions/verify-rollout/src/verdict/plan-verdict.ts';
import { planQueries } from '../../../../actions/verify-rollout/src/workloads/plan-queries.ts';
import { image, namespace, pod } from '../shop-objects.ts';

const start = Date.parse('2026-11-22T12:00:00Z');

function verdictOf(
  target: Target,
  steps: readonly (readonly [string, object | null])[],
  change: Partial<Expectation> = {},
): Verdict {
  const observed = new ObservedState();
  const expectation: Expectation = {
    ...{
      namespace,
      targets: [target],
      image: { repository: image, tag: '1.1', digest: '' },
      sameDigests: new Set<string>(),
    },
    ...{
      gitOps: undefined,
      allowZero: false,
      maxUnavailable: 0,
      onPaused: 'report',
      onSuspended: 'report',
      deadline: start + 600_000,
    },
    ...change,
  };
  for (const [index, [resource, object]] of steps.entries()) {
    const items = { items: [] as KubeObject[] };
    observed.apply({
      at: start + index,
      type: object === null ? 'LIST' : 'MODIFIED',
      resource,
      object: (object ?? items) as KubeObject,
    });
  }
  return planVerdict(observed, expectation, start + 1000);
}

const template = (tag: string) => ({ spec: { containers: [{ name: 'web', image: `${image}:${tag}` }] } });
const told = ({ result, causes }: Verdict) => [result, causes[0]?.class];

describe('a StatefulSet', () => {
  const db: Target = { kind: 'statefulset', name: 'db' };
  const set = (spec: object = {}, status: object = {}) => ({
    metadata: { name: 'db', namespace, uid: 'uid-db', generation: 2 },
    spec: { replicas: 2, template: template('1.1'), ...spec },
    status: {
      observedGeneration: 2,
      replicas: 2,
      readyReplicas: 2,
      updatedReplicas: 2,
      currentRevision: 'db-1',
      updateRevision: 'db-2',
      ...status,
    },
  });
  const owner = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
  const member = (name: string, revision: string, options: object = {}) =>
    [
      'pods',
      pod(revision === 'db-2' ? '1.1' : '1.0', {
        name,
        owner,
        labels: { 'controller-revision-hash': revision },
        ...options,
      }),
    ] as const;

  test('is complete when every pod has the new revision', () => {
    expect(told(verdictOf(db, [['statefulsets', set()], member('db-0', 'db-2'), member('db-1', 'db-2')]))).toEqual([
      'verified',
      undefined,
    ]);
    expect(
      told(
        verdictOf(db, [
          ['statefulsets', set({}, { updatedReplicas: 1 })],
          member('db-0', 'db-1'),
          member('db-1', 'db-2'),
        ]),
      )[0],
    ).toBe('waiting');
  });

  test('waits until its pods were ready for minReadySeconds', () => {
    const having = (availableReplicas: number) =>
      verdictOf(db, [
        ['statefulsets', set({ minReadySeconds: 30 }, { availableReplicas })],
        member('db-0', 'db-2'),
        member('db-1', 'db-2'),
      ]).result;
    expect([having(1), having(2)]).toEqual(['waiting', 'verified']);
  });

  test('with a partition is complete when the pods above it are new, and says that it is partial', () => {
    const partial = set({ updateStrategy: { rollingUpdate: { partition: 1 } } }, { updatedReplicas: 1 });
    const verdict = verdictOf(db, [['statefulsets', partial], member('db-0', 'db-1'), member('db-1', 'db-2')]);
    expect([verdict.result, verdict.workloads[0]?.progress]).toEqual([
      'verified',
      '1 of 1 pods updated, partition 1, 2 ready',
    ]);
  });

  test('with OnDelete is suspended and names the pods to delete', () => {
    const steps = [
      ['statefulsets', set({ updateStrategy: { type: 'OnDelete' } }, { updatedReplicas: 0 })],
      member('db-0', 'db-1'),
      member('db-1', 'db-1'),
    ] as const;
    expect(verdictOf(db, steps)).toMatchObject({
      result: 'suspended',
      causes: [{ class: 'OnDelete', evidence: 'kubectl delete pod db-0 db-1' }],
    });
    expect(verdictOf(db, steps, { onSuspended: 'wait' }).result).toBe('waiting');
  });

  test('whose broken pod of another revision blocks the repair is stuck, unless it manages pods in parallel', () => {
    const broken = member('db-1', 'db-bad', {
      restarts: 2,
      waiting: { reason: 'CrashLoopBackOff' },
      lastTerminated: { exitCode: 1 },
    });
    const steps = (spec: object) =>
      [['statefulsets', set(spec, { updatedReplicas: 0, readyReplicas: 1 })], member('db-0', 'db-1'), broken] as const;
    expect(verdictOf(db, steps({}))).toMatchObject({
      result: 'failed',
      causes: [{ class: 'StuckRevision', object: 'pod/db-1' }],
    });
    expect(verdictOf(db, steps({ podManagementPolicy: 'Parallel' })).result).toBe('waiting');
  });
});

describe('a DaemonSet', () => {
  const agent: Target = { kind: 'daemonset', name: 'agent' };
  const set = (status: object) => ({
    metadata: { name: 'agent', namespace, uid: 'uid-agent', generation: 2 },
    spec: { template: template('1.1') },
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
      ...status,
    },
  });
  const owner = { kind: 'DaemonSet', name: 'agent', uid: 'uid-agent' };
  const on = (name: string, ready = true) => ['pods', pod('1.1', { name, owner, ready })] as const;

  test('is complete when every node has the new pod, or as many as may be missing', () => {
    expect(verdictOf(agent, [['daemonsets', set({})], on('a'), on('b')]).result).toBe('verified');
    const one = [['daemonsets', set({ numberAvailable: 1 })], on('a'), on('b', false)] as const;
    expect(verdictOf(agent, one).result).toBe('waiting');
    expect(verdictOf(agent, one, { maxUnavailable: 1 }).result).toBe('verified');
  });

  test('is complete without a lost node, but not while a pod of before still runs', () => {
    const behind = (ready: boolean) =>
      [
        ['daemonsets', set({ updatedNumberScheduled: 1, numberAvailable: ready ? 2 : 1 })],
        on('a'),
        ['pods', pod('1.0', { name: 'b', owner, ready })],
      ] as const;
    const verdicts = [true, false].map((ready) => verdictOf(agent, behind(ready), { maxUnavailable: 1 }).result);
    expect(verdicts).toEqual(['waiting', 'verified']);
  });
});

describe('a Job', () => {
  const migrate: Target = { kind: 'job', name: 'migrate' };
  const job = (status: object, spec: object = {}) =>
    [
      'jobs',
      {
        metadata: { name: 'migrate', namespace, uid: 'uid-job' },
        spec: { template: template('1.1'), ...spec },
        status,
      },
    ] as const;
  const condition = (type: string) => ({ conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded' }] });

  test.each<readonly [string, readonly (readonly [string, object | null])[], readonly (string | undefined)[]]>([
    ['runs', [job({ active: 1 })], ['waiting', 'RolloutIncomplete']],
    ['is complete', [job(condition('Complete'))], ['verified', undefined]],
    ['is as good as complete', [job(condition('SuccessCriteriaMet'))], ['verified', undefined]],
    ['is failed as soon as that is decided', [job(condition('FailureTarget'))], ['failed', 'JobFailed']],
    [
      'is failed with more failures than allowed, before its condition says so',
      [job({ failed: 2 }, { backoffLimit: 1 })],
      ['failed', 'JobFailed'],
    ],
    [
      'restarts its container as often as it may',
      [
        job({ active: 1 }),
        [
          'pods',
          pod('1.1', {
            owner: { kind: 'Job', name: 'migrate', uid: 'uid-job' },
            ...{ restartPolicy: 'OnFailure', restarts: 3, waiting: { reason: 'CrashLoopBackOff' } },
          }),
        ],
      ],
      ['waiting', 'CrashLoopBackOff'],
    ],
    ['may still try again', [job({ failed: 1 }, { backoffLimit: 1 })], ['waiting', 'RolloutIncomplete']],
    ['was cleaned up before its result was seen', [job({ active: 1 }), ['jobs', null]], ['failed', 'JobGone']],
    ['does not exist yet', [['jobs', null]], ['waiting', 'WorkloadMissing']],
    ['is suspended', [job({}, { suspend: true })], ['suspended', 'Paused']],
  ])('%s', (_, steps, expected) => {
    expect(told(verdictOf(migrate, steps))).toEqual(expected);
  });

  test('of a CronJob is verified by its template', () => {
    const cron = (tag: string) =>
      [
        'cronjobs',
        { metadata: { name: 'night', namespace }, spec: { jobTemplate: { spec: { template: template(tag) } } } },
      ] as const;
    const night: Target = { kind: 'cronjob', name: 'night' };
    expect([verdictOf(night, [cron('1.1')]).result, verdictOf(night, [cron('1.0')]).result]).toEqual([
      'verified',
      'waiting',
    ]);
  });
});

describe('what is watched', () => {
  test('is at most five resources; the rest is listed now and then', () => {
    const targets: Target[] = [
      { kind: 'deployment', name: 'a' },
      { kind: 'deployment', name: 'b' },
      { kind: 'statefulset', name: 'c' },
      { kind: 'job', name: 'd' },
    ];
    const queries = planQueries(targets, namespace, {
      kind: 'flux',
      name: 'apps',
      namespace: 'flux-system',
      relation: undefined,
    });
    expect(queries.filter(({ pollOnly }) => pollOnly !== true).map(({ resource }) => resource)).toEqual([
      'pods',
      'deployments',
      'statefulsets',
      'jobs',
      'kustomizations',
    ]);
    expect(queries.find(({ resource }) => resource === 'statefulsets')?.fieldSelector).toBe('metadata.name=c');
    expect(queries.find(({ resource }) => resource === 'deployments')?.fieldSelector).toBeUndefined();
  });
});
