import { describe, expect, test } from '@jest/globals';
import { deployment, event, pod, replicaSet } from '../shop-objects.ts';
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
    ['counters that are right before the pods are', done.slice(0, 3)],
    ['a missing workload', []],
  ])('%s', (_, steps) => {
    expect(verdictOf(steps).result).toBe('waiting');
  });
});

describe('a Deployment', () => {
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
    expect(first([...progressing, ...pulled('r/web:1: not found').slice(0, 1)])).toEqual([
      'timed-out',
      'ImageNotFound',
    ]);
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
