import { deployment, image, namespace, pod, replicaSet } from '../shop-objects.ts';
import { done, ended, oldVersion, progressing, type Step, TIMEOUT, type Timeline } from './timeline.ts';

const template = { spec: { containers: [{ name: 'web', image: `${image}:1.1` }] } };
const deadline = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };

function statefulSet(spec: object): Step {
  return [
    'statefulsets',
    {
      metadata: { name: 'db', namespace, uid: 'uid-db', generation: 2 },
      spec: { replicas: 2, template, ...spec },
      status: {
        ...{ observedGeneration: 2, replicas: 2, readyReplicas: 1, updatedReplicas: 0 },
        ...{ currentRevision: 'db-1', updateRevision: 'db-2' },
      },
    },
  ];
}

function member(name: string, revision: string, options: object = {}): Step {
  const owner = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
  return ['pods', pod('1.0', { name, owner, labels: { 'controller-revision-hash': revision }, ...options })];
}

const broken = { restarts: 2, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: ended(1) };

function job(status: object): object {
  return { metadata: { name: 'migrate', namespace, uid: 'uid-job' }, spec: { template }, status };
}

/** What a workload itself, or its controller, says or leaves unsaid. */
export const workloadTimelines = {
  ProgressDeadlineExceeded: {
    before: progressing,
    steps: [['deployments', deployment('1.1', { status: { updatedReplicas: 1, conditions: [deadline] } })]],
    decidedAt: 1,
    result: 'failed',
  },
  ZeroReplicas: {
    before: [
      ['deployments', deployment('1.1', { spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0 } })],
      ['replicasets', replicaSet('1.1')],
    ],
    steps: [],
    decidedAt: 0,
    result: 'failed',
  },
  Paused: {
    before: [
      ['deployments', deployment('1.1', { spec: { paused: true }, status: { updatedReplicas: 0 }, revision: '1.0' })],
    ],
    steps: [],
    decidedAt: 0,
    result: 'suspended',
  },
  OnDelete: {
    before: [statefulSet({ updateStrategy: { type: 'OnDelete' } }), member('db-0', 'db-1'), member('db-1', 'db-1')],
    steps: [],
    inputs: { workloads: 'statefulset/db' },
    decidedAt: 0,
    result: 'suspended',
  },
  StuckRevision: {
    before: [statefulSet({}), member('db-0', 'db-1')],
    steps: [member('db-1', 'db-bad', broken)],
    inputs: { workloads: 'statefulset/db' },
    decidedAt: 0,
    result: 'failed',
  },
  JobFailed: {
    before: [['jobs', job({ active: 1 })]],
    steps: [['jobs', job({ conditions: [{ type: 'FailureTarget', status: 'True', reason: 'BackoffLimitExceeded' }] })]],
    inputs: { workloads: 'job/migrate' },
    decidedAt: 0,
    result: 'failed',
  },
  JobGone: {
    before: [['jobs', job({ active: 1 })]],
    steps: [['jobs', job({ active: 1 }), 0, 'gone']],
    inputs: { workloads: 'job/migrate' },
    decidedAt: 0,
    result: 'failed',
  },
  WorkloadMissing: { before: [], steps: [], decidedAt: TIMEOUT, result: 'timed-out' },
  NotApplied: { before: oldVersion, steps: [], decidedAt: TIMEOUT, result: 'timed-out' },
  RolloutIncomplete: { before: progressing, steps: [], decidedAt: TIMEOUT, result: 'timed-out' },
  VersionMismatch: {
    before: done,
    steps: [],
    // Nothing listens on port 9 (discard) of this machine.
    inputs: { 'version-url': 'http://127.0.0.1:9/version' },
    decidedAt: TIMEOUT,
    result: 'failed',
  },
} satisfies Record<string, Timeline>;
