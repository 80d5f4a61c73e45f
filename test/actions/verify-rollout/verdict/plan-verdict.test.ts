import { describe, expect, test } from '@jest/globals';
import { deployment, event, image, pod, replicaSet } from '../shop-objects.ts';
import {
  done,
  ended,
  looping,
  newPod,
  progressing,
  pulled,
  refused,
  type Step,
  waiting,
} from '../timelines/timeline.ts';
import { verdictOf } from '../verdict-of.ts';

describe('what is no evidence', () => {
  test.each<readonly [string, Step[]]>([
    ['a reason with the name of an inherited property', [...progressing, waiting('constructor', 'a')]],
    ['the first failed pull', [...progressing, waiting('ErrImagePull', 'r/web:1: not found')]],
    ['the back-off after the first failed pull', [...progressing, ...pulled('r/web:1: not found').slice(0, -1)]],
    [
      'a bare "Back-off pulling image"',
      [
        ...progressing,
        waiting('ImagePullBackOff', 'Back-off pulling image "r/web:denied"'),
        waiting('ErrImagePull'),
        waiting('ErrImagePull'),
      ],
    ],
    ['a crash and one restart', [...progressing, looping(1, ended(1))]],
    [
      'a restart that runs',
      [...progressing, ['pods', pod('1.1', { ready: false, restarts: 4, lastTerminated: ended(1) })]],
    ],
    [
      'one OOM kill',
      [
        ...progressing,
        ['pods', pod('1.1', { waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: ended(137, 'OOMKilled') })],
      ],
    ],
    [
      'a kubelet whose cache is not filled yet',
      [...progressing, waiting('CreateContainerConfigError', 'failed to sync configmap cache: timed out')],
    ],
    [
      'a transient start error',
      [...progressing, looping(1, ended(128, 'ContainerCannotRun', 'the client connection is closing'))],
    ],
    [
      'a crash loop of a terminating pod',
      [
        ...progressing,
        [
          'pods',
          pod('1.1', { deleted: true, restarts: 9, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: ended(1) }),
        ],
      ],
    ],
    [
      'a crash loop of the old revision',
      [
        ...progressing,
        ['pods', pod('1.0', { restarts: 9, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: ended(1) })],
      ],
    ],
    [
      'one readiness warning',
      [
        ...progressing,
        ['events', event(newPod, 'Unhealthy', 'Readiness probe failed')],
        ['pods', pod('1.1', { ready: false, probe: {} })],
      ],
    ],
    ['one refused pod', [...progressing, ...refused('exceeded quota: pods').slice(0, -1)]],
    [
      'a quota while a pod still ends',
      [
        ...progressing,
        ['pods', pod('1.0', { name: 'old', revision: '1.1', deleted: true })],
        ...refused('exceeded quota: pods'),
      ],
    ],
    [
      'success on the old state: the controller has not seen the change',
      [['deployments', deployment('1.1', { status: { observedGeneration: 1 } })], ...done.slice(1)],
    ],
    [
      'Available False although all counters are right',
      [
        ['deployments', deployment('1.1', { status: { conditions: [{ type: 'Available', status: 'False' }] } })],
        ...done.slice(1),
      ],
    ],
    [
      'a moment without readiness of a pod that was ready',
      [...progressing, ['pods', pod('1.1', { ready: false, probe: {}, readySince: '2026-11-22T12:02:00Z' }), 121]],
    ],
    ...['services have not yet been read at least once', 'object "shop"/"web" not registered'].map(
      (message) =>
        [message, [...progressing, waiting('CreateContainerConfigError', message)]] as readonly [string, Step[]],
    ),
    [
      'a container that could not be created once, after a crash',
      [
        ...progressing,
        ['pods', pod('1.1', { restarts: 1, waiting: { reason: 'CreateContainerError', message: 'x' } })],
      ],
    ],
    ['counters that are right before the pods are', done.slice(0, 3)],
    ['a missing workload', []],
  ])('%s', (_, steps) => {
    expect(verdictOf(steps).result).toBe('waiting');
  });
});

describe('what passes', () => {
  const deadline = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
  const mount: Step = ['events', event(newPod, 'FailedMount', 'secret "tls" not found')];
  const sandbox: Step = ['events', event(newPod, 'FailedCreatePodSandBox', 'cni plugin not initialized')];
  const pulls: Step = ['events', event(newPod, 'Pulling', 'Pulling image "r/web:1"')];
  const ready = { conditions: [{ type: 'PodReadyToStartContainers', status: 'True' }] };
  const unscheduled = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    lastTransitionTime: '2026-11-22T12:00:00Z',
  };

  test.each<readonly [string, Step[], number]>([
    ['a mount that failed before a long pull', [mount, waiting('ContainerCreating'), pulls], 200],
    [
      'a sandbox that failed before a long pull, since Kubernetes 1.29',
      [sandbox, ['pods', pod('1.1', { waiting: { reason: 'ContainerCreating' }, ...ready })]],
      200,
    ],
    [
      'a mount that failed before a long init container',
      [mount, ['pods', pod('1.1', { init: true, ready: false })]],
      200,
    ],
    [
      'a node that Karpenter brings',
      [
        ['events', event(newPod, 'Nominated', 'Pod should schedule on: nodeclaim/default-x')],
        ['pods', pod('1.1', { ready: false, conditions: [unscheduled] })],
      ],
      400,
    ],
    [
      'a lost node, until the pod has left it',
      [waiting('ContainerCreating'), ['events', event(newPod, 'NodeNotReady', 'Node is not ready')]],
      310,
    ],
    [
      'pods that were refused before one came',
      [...refused('failed calling webhook "check.example": EOF'), waiting('ContainerCreating')],
      200,
    ],
    [
      'pods that were refused when this ReplicaSet was tried before',
      [...refused('exceeded quota: pods'), ['replicasets', replicaSet('1.1'), 30], waiting('ContainerCreating')],
      40,
    ],
    ['a quota that is not counted yet', refused('status unknown for quota: pods, resources: pods'), 10],
    [
      'the deadline of the version before',
      [['deployments', deployment('1.1', { status: { updatedReplicas: 0, conditions: [deadline] } })]],
      0.5,
    ],
    ['an evicted pod', [['pods', pod('1.1', { phase: 'Failed', restarts: 3, terminated: ended(137) })]], 0],
  ])('%s', (_, steps, later) => {
    expect(verdictOf([...progressing, ...steps], { later }).result).toBe('waiting');
  });
});

describe('a container', () => {
  const loop = (exitCode: number) => looping(2, ended(exitCode));
  const unhealthy: Step = ['events', event(newPod, 'Unhealthy', 'Liveness probe failed: connection refused')];
  const killing: Step = ['events', event(newPod, 'Killing', 'Container web failed liveness probe, will be restarted')];
  const crun = 'container create failed: executable file `serve` not found in $PATH: No such file or directory';
  const cannot = (reason: string, message: string): Step => [
    'pods',
    pod('1.1', { restarts: 1, waiting: { reason, message } }),
  ];

  test.each<readonly [string, Step[], string]>([
    ['that ends well again and again', [looping(2, ended(0, 'Completed'))], 'CrashLoopBackOff'],
    [
      'whose last run nobody remembers',
      [['pods', pod('1.1', { restarts: 2, waiting: { reason: 'CrashLoopBackOff' } })]],
      'CrashLoopBackOff',
    ],
    ['that crashes while a probe asks', [unhealthy, loop(1)], 'CrashLoopBackOff'],
    ['that a probe ends by force', [unhealthy, loop(137)], 'LivenessFailed'],
    ['that ends well when a probe ends it', [unhealthy, killing, looping(2, ended(0, 'Completed'))], 'LivenessFailed'],
    [
      'whose user is root although it must not be',
      [waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root')],
      'CreateContainerConfigError',
    ],
    [
      'whose ConfigMap has a misleading name',
      [waiting('CreateContainerConfigError', 'configmap "timed out" not found')],
      'CreateContainerConfigError',
    ],
    [
      'whose file cannot be mounted',
      [cannot('RunContainerError', 'error mounting "/x" to rootfs at "/y": no such file or directory')],
      'StartError',
    ],
    [
      'whose file is not executable',
      [cannot('RunContainerError', 'exec: "/app/serve": permission denied: unknown')],
      'CommandNotFound',
    ],
  ])('%s', (_, steps, kind) => {
    expect(verdictOf([...progressing, ...steps])).toMatchObject({ result: 'failed', causes: [{ class: kind }] });
  });

  test('whose command CRI-O does not find when it creates it', () => {
    const verdict = verdictOf([...progressing, waiting('CreateContainerError', crun)], { later: 121 });
    expect(verdict).toMatchObject({ result: 'failed', causes: [{ class: 'CommandNotFound' }] });
  });
});

describe('a failed pull', () => {
  const bare = waiting('ImagePullBackOff', 'Back-off pulling image "r/web:1"');
  const told = event(newPod, 'Failed', 'Failed to pull image "r/web:1": r/web:1: not found');

  test('whose back-off does not tell the error is told by its event', () => {
    const steps: Step[] = [...progressing, bare, ['events', told]];
    expect(verdictOf(steps, { later: 119 })).toMatchObject({
      result: 'waiting',
      causes: [{ class: 'ImageNotFound' }, {}],
    });
    expect(verdictOf(steps, { later: 120 })).toMatchObject({ result: 'failed', causes: [{ class: 'ImageNotFound' }] });
  });

  test('that nothing explains is named at the timeout', () => {
    expect(verdictOf([...progressing, bare], { later: 600 })).toMatchObject({
      result: 'timed-out',
      causes: [{ class: 'PullUnavailable' }, { class: 'RolloutIncomplete' }],
    });
  });
});

describe('a Deployment', () => {
  test('that is known by its digest alone is waited for while the pods of before run', () => {
    const digest = `sha256:${'b'.repeat(64)}`;
    const expected = { expectation: { image: { repository: image, tag: '', digest } } };
    const moved: Step[] = ['new-a', 'new-b'].map((name) => ['pods', pod('1.1', { name, digest })]);
    expect(verdictOf(done, expected).result).toBe('waiting');
    expect(verdictOf([...done, ...moved], expected).result).toBe('verified');
  });

  test('is verified when counters and pods agree', () => {
    expect(verdictOf(done).result).toBe('verified');
  });

  test('that is paused is suspended, or waited for', () => {
    const paused: Step[] = [
      ['deployments', deployment('1.1', { spec: { paused: true }, status: { updatedReplicas: 0 }, revision: '1.0' })],
    ];
    expect(verdictOf(paused)).toMatchObject({ result: 'suspended', causes: [{ class: 'Paused' }] });
    expect(verdictOf(paused, { expectation: { onPaused: 'wait' } }).result).toBe('waiting');
  });

  test('that somebody moves to a third version while we wait is superseded', () => {
    const steps: Step[] = [...progressing, ['deployments', deployment('1.2', { generation: 3 })]];
    expect(verdictOf(steps).result).toBe('superseded');
  });

  test('at zero replicas is verified where that is allowed', () => {
    const zero: Step[] = [
      [
        'deployments',
        deployment('1.1', {
          spec: { replicas: 0 },
          status: { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
        }),
      ],
      ['replicasets', replicaSet('1.1')],
    ];
    expect(verdictOf(zero, { expectation: { allowZero: true } }).result).toBe('verified');
  });

  test('times out with what stands in its way, the most telling first', () => {
    const first = (steps: readonly Step[]) => {
      const { result, causes } = verdictOf(steps, { later: 600 });
      return [result, causes[0]?.class];
    };
    expect(first(progressing)).toEqual(['timed-out', 'RolloutIncomplete']);
    expect(first([...progressing, looping(1, ended(1))])).toEqual(['timed-out', 'CrashLoopBackOff']);
  });

  test('with several failing pods has one cause that names them all', () => {
    const crash = (name: string): Step => [
      'pods',
      pod('1.1', { name, restarts: 2, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: ended(1) }),
    ];
    expect(verdictOf([...progressing, crash('a'), crash('b')]).causes).toMatchObject([{ objects: ['pod/a', 'pod/b'] }]);
  });

  test('with a crash-looping init container names it', () => {
    const steps: Step[] = [
      ...progressing,
      [
        'pods',
        pod('1.1', { init: true, restarts: 2, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: ended(3) }),
      ],
    ];
    expect(verdictOf(steps).causes).toMatchObject([
      { class: 'CrashLoopBackOff', container: 'web', evidence: 'Error, exit code 3, 2 restarts' },
    ]);
  });
});
