import { describe, expect, test } from '@jest/globals';
import { causeTable } from '../../../actions/verify-rollout/src/cause-table.ts';
import type { Expectation } from '../../../actions/verify-rollout/src/expectation.ts';
import type { KubeObject } from '../../../actions/verify-rollout/src/kube-objects.ts';
import { ObservedState } from '../../../actions/verify-rollout/src/observed-state.ts';
import { planVerdict, type Verdict } from '../../../actions/verify-rollout/src/plan-verdict.ts';
import { deployment, event, image, kustomization, namespace, pod, replicaSet } from './shop-objects.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const seconds = (count: number) => start + count * 1000;
const ours = 'a'.repeat(40);
const newer = 'b'.repeat(40);
const older = 'c'.repeat(40);

function expectation(change: Partial<Expectation> = {}): Expectation {
  return {
    namespace,
    targets: [{ kind: 'deployment', name: 'web' }],
    image: { repository: image, tag: '1.1', digest: '' },
    sameDigests: new Set(),
    gitOps: undefined,
    allowZero: false,
    maxUnavailable: 0,
    onPaused: 'report',
    onSuspended: 'report',
    deadline: seconds(600),
    ...change,
  };
}

const flux: Expectation['gitOps'] = {
  kind: 'flux',
  name: 'apps',
  namespace: 'flux-system',
  relation: (commit) =>
    commit === ours ? 'same' : commit === newer ? 'newer' : commit === older ? 'older' : 'unknown',
};
const argo: Expectation['gitOps'] = { ...flux, kind: 'argo', namespace: 'argocd' };

type Step = readonly [resource: string, object: object, atSeconds?: number];

/** Plays a timeline and decides at its end, or `later` seconds after the start. */
function verdictOf(
  steps: readonly Step[],
  options: { later?: number; expectation?: Partial<Expectation> } = {},
): Verdict {
  const observed = new ObservedState();
  let version = 0;
  let last = 0;
  for (const [resource, object, at = last] of steps) {
    last = at;
    const given = object as KubeObject;
    const versioned = { ...given, metadata: { ...given.metadata, resourceVersion: String(++version) } };
    observed.apply({ at: seconds(at), type: 'MODIFIED', resource, object: versioned });
  }
  return planVerdict(observed, expectation(options.expectation), seconds(options.later ?? last));
}

const progressing: Step[] = [
  ['deployments', deployment('1.1', { status: { updatedReplicas: 1, unavailableReplicas: 1 } })],
  ['replicasets', replicaSet('1.1')],
];
const set = { kind: 'ReplicaSet', name: 'web-1.1', uid: 'rs-1.1' };
const newPod = { kind: 'Pod', name: 'web-1.1-a', uid: 'pod-web-1.1-a' };
const waiting = (reason: string, message = ''): Step => ['pods', pod('1.1', { waiting: { reason, message } })];
const pulled = (message: string): Step[] => [
  ...progressing,
  waiting('ErrImagePull', message),
  waiting('ImagePullBackOff', `Back-off pulling image "x": ErrImagePull: ${message}`),
  waiting('ErrImagePull', message),
];
const refused = (message: string): Step[] => [
  ...progressing,
  ['events', event(set, 'FailedCreate', `Error creating: pods "web-1.1-x7k2p" is forbidden: ${message}`)],
  ['events', event(set, 'FailedCreate', `Error creating: pods "web-1.1-b9d4q" is forbidden: ${message}`)],
];
const ended = (exitCode: number, reason = 'Error', message?: string) => ({
  exitCode,
  reason,
  ...(message === undefined ? {} : { message }),
});
const looping = (restarts: number, last: object): Step => [
  'pods',
  pod('1.1', { restarts, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: last }),
];

const failures: readonly (readonly [string, Step[], { later?: number; expectation?: Partial<Expectation> }?])[] = [
  [
    'ImageNotFound',
    pulled('rpc error: code = NotFound desc = failed to resolve reference "r/web:1": r/web:1: not found'),
  ],
  ['PullAccessDenied', pulled('pull access denied, repository does not exist or may require authorization')],
  ['ImagePlatformMismatch', pulled('no match for platform in manifest: not found')],
  ['RegistryCertificate', pulled('tls: failed to verify certificate: x509: certificate signed by unknown authority')],
  ['PullRateLimited', pulled('toomanyrequests: You have reached your pull rate limit'), { later: 121 }],
  ['PullUnavailable', pulled('dial tcp 10.0.0.1:443: i/o timeout'), { later: 121 }],
  ['InvalidImageName', [...progressing, waiting('InvalidImageName', "couldn't parse image name")]],
  ['ImageNeverPulled', [...progressing, waiting('ErrImageNeverPull', 'not present with pull policy of Never')]],
  ['ImageSignature', [...progressing, waiting('SignatureValidationFailed', 'no signature')]],
  ['CreateContainerConfigError', [...progressing, waiting('CreateContainerConfigError', 'configmap "web" not found')]],
  [
    'CreateContainerError',
    [...progressing, waiting('CreateContainerError', 'failed to generate spec')],
    { later: 121 },
  ],
  [
    'CommandNotFound',
    [
      ...progressing,
      [
        'pods',
        pod('1.1', {
          restarts: 1,
          waiting: { reason: 'RunContainerError', message: 'exec: "serve": executable file not found in $PATH' },
        }),
      ],
    ],
  ],
  ['StartError', [...progressing, looping(1, ended(128, 'StartError', 'failed to create shim task'))]],
  ['CrashLoopBackOff', [...progressing, looping(2, ended(1))]],
  [
    'OOMKilled',
    [
      ...progressing,
      [
        'pods',
        pod('1.1', {
          restarts: 1,
          limits: { memory: '64Mi' },
          waiting: { reason: 'CrashLoopBackOff' },
          lastTerminated: ended(137, 'OOMKilled'),
        }),
      ],
    ],
  ],
  [
    'LivenessFailed',
    [...progressing, ['events', event(newPod, 'Unhealthy', 'Liveness probe failed: HTTP 500')], looping(2, ended(137))],
  ],
  [
    'StartupProbeFailed',
    [...progressing, ['events', event(newPod, 'Unhealthy', 'Startup probe failed: refused')], looping(2, ended(137))],
  ],
  [
    'PostStartHookFailed',
    [...progressing, ['events', event(newPod, 'FailedPostStartHook', 'exited with 1')], looping(2, ended(137))],
  ],
  [
    'ReadinessFailed',
    [
      ...progressing,
      ['pods', pod('1.1', { ready: false, probe: { periodSeconds: 2, failureThreshold: 3, timeoutSeconds: 1 } })],
    ],
    { later: 16 },
  ],
  ['QuotaExceeded', refused('exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3')],
  ['PodSecurityViolation', refused('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false')],
  ['AdmissionDenied', refused("ValidatingAdmissionPolicy 'labels' with binding 'labels' denied request: no team")],
  ['ServiceAccountMissing', refused('error looking up service account shop/web: serviceaccount "web" not found')],
  ['LimitRangeViolated', refused('maximum memory usage per Container is 1Gi, but limit is 2Gi')],
  ['PodForbidden', refused('no reason that we know')],
  [
    'PodInvalid',
    [
      ...progressing,
      ...['a', 'b'].map(
        (name): Step => [
          'events',
          event(
            set,
            'FailedCreate',
            `Error creating: Pod "web-${name}" is invalid: spec.containers[0].name: Invalid value: "X"`,
          ),
        ],
      ),
    ],
  ],
  ['WebhookUnavailable', refused('failed calling webhook "check.example": connection refused'), { later: 121 }],
  [
    'Unschedulable',
    [
      ...progressing,
      [
        'pods',
        pod('1.1', {
          ready: false,
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: '0/4 nodes',
              lastTransitionTime: '2026-11-22T12:00:00Z',
            },
          ],
        }),
      ],
    ],
    { later: 302 },
  ],
  [
    'VolumeNotMounted',
    [...progressing, waiting('ContainerCreating'), ['events', event(newPod, 'FailedMount', 'secret "tls" not found')]],
    { later: 122 },
  ],
  [
    'SandboxFailed',
    [
      ...progressing,
      waiting('ContainerCreating'),
      ['events', event(newPod, 'FailedCreatePodSandBox', 'no IP addresses left')],
    ],
    { later: 122 },
  ],
  [
    'NodeNotReady',
    [
      ...progressing,
      waiting('ContainerCreating'),
      [
        'nodes',
        {
          metadata: { name: 'node-0' },
          status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-11-22T12:00:00Z' }] },
        },
      ],
    ],
    { later: 302 },
  ],
  [
    'ProgressDeadlineExceeded',
    [
      [
        'deployments',
        deployment('1.1', {
          status: {
            updatedReplicas: 1,
            conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
          },
        }),
      ],
      ['replicasets', replicaSet('1.1')],
    ],
  ],
  [
    'ZeroReplicas',
    [
      ['deployments', deployment('1.1', { spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0 } })],
      ['replicasets', replicaSet('1.1')],
    ],
  ],
  [
    'WrongImage',
    [
      ['deployments', deployment('1.1')],
      ['replicasets', replicaSet('1.1')],
      ['pods', pod('1.1', { tag: '1.0' })],
    ],
  ],
  [
    'WrongDigest',
    [
      ['deployments', deployment('1.1')],
      ['replicasets', replicaSet('1.1')],
      ['pods', pod('1.1')],
    ],
    { expectation: { image: { repository: image, tag: '1.1', digest: `sha256:${'b'.repeat(64)}` } } },
  ],
];

describe('causes that end a rollout', () => {
  // A row of two would get jest's callback as its third argument.
  test.each(failures.map(([kind, steps, options = {}]) => [kind, steps, options] as const))(
    '%s',
    (kind, steps, options) => {
      const verdict = verdictOf(steps, options);
      expect({ result: verdict.result, cause: verdict.causes[0]?.class }).toEqual({ result: 'failed', cause: kind });
      expect(causeTable).toHaveProperty(kind);
    },
  );
});

const done: Step[] = [
  ['deployments', deployment('1.1')],
  ['replicasets', replicaSet('1.1')],
  ['pods', pod('1.1', { name: 'new-a' })],
  ['pods', pod('1.1', { name: 'new-b' })],
];

describe('what is no evidence', () => {
  test.each<readonly [string, Step[]]>([
    ['the first failed pull', [...progressing, waiting('ErrImagePull', 'r/web:1: not found')]],
    ['the back-off after the first failed pull', pulled('r/web:1: not found').slice(0, -1)],
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
    ['one refused pod', refused('exceeded quota: pods').slice(0, -1)],
    [
      'a quota while a pod still ends',
      [
        ...progressing,
        ['pods', pod('1.0', { name: 'old', revision: '1.1', deleted: true })],
        ...refused('exceeded quota: pods').slice(2),
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
    expect(first(pulled('r/web:1: not found').slice(0, 3))).toEqual(['timed-out', 'ImageNotFound']);
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

describe('Flux', () => {
  const ready = { status: 'True', reason: 'ReconciliationSucceeded' };
  const options = { expectation: { gitOps: flux } };

  test.each<readonly [string, object, object | undefined]>([
    ['FluxBuildFailed', { status: 'False', reason: 'BuildFailed', message: 'kustomize build failed' }, undefined],
    ['FluxHealthCheckFailed', { status: 'False', reason: 'HealthCheckFailed', message: 'timeout waiting' }, undefined],
    [
      'FluxApplyFailed',
      { status: 'False', reason: 'ReconciliationFailed', message: 'Deployment.apps "web" is invalid: spec' },
      undefined,
    ],
  ])('%s counts for an attempt at our commit, and for no older one', (kind, condition) => {
    const attempt = (commit: string): Step[] => [
      ...progressing,
      ['kustomizations', kustomization(older, condition, { status: { lastAttemptedRevision: `main@sha1:${commit}` } })],
    ];
    expect(verdictOf(attempt(ours), options)).toMatchObject({ result: 'failed', causes: [{ class: kind }] });
    expect(verdictOf(attempt(older), options).result).toBe('waiting');
  });

  test('is believed only when it applied a commit that contains ours', () => {
    const withFlux = (commit: string): Step[] => [...done, ['kustomizations', kustomization(commit, ready)]];
    expect([ours, newer, older].map((commit) => verdictOf(withFlux(commit), options).result)).toEqual([
      'verified',
      'verified',
      'waiting',
    ]);
  });

  test('Ready of an older generation of the Kustomization is not believed', () => {
    const stale = kustomization(ours, { ...ready, observedGeneration: 0 });
    expect(verdictOf([...done, ['kustomizations', stale]], options).result).toBe('waiting');
  });

  test('without an image to compare verifies whatever the commit brought, once that had a second to show', () => {
    const steps: Step[] = [...done, ['kustomizations', kustomization(ours, ready)]];
    const any = { gitOps: flux, image: { repository: '', tag: '', digest: '' } };
    expect(verdictOf(steps, { expectation: any, later: 0.5 }).result).toBe('waiting');
    expect(verdictOf(steps, { expectation: any, later: 1 }).result).toBe('verified');
  });

  test('suspended is told at once, or waited for', () => {
    const steps: Step[] = [['kustomizations', kustomization(older, ready, { spec: { suspend: true } })]];
    expect(verdictOf(steps, options)).toMatchObject({ result: 'suspended', causes: [{ class: 'FluxSuspended' }] });
    expect(verdictOf(steps, { expectation: { gitOps: flux, onSuspended: 'wait' } }).result).toBe('waiting');
  });

  test('with our commit applied and another image live for a second: somebody changed it', () => {
    const steps: Step[] = [
      ['deployments', deployment('1.0')],
      ['replicasets', replicaSet('1.0')],
      ['pods', pod('1.0', { name: 'a' })],
      ['pods', pod('1.0', { name: 'b' })],
      ['kustomizations', kustomization(ours, ready)],
    ];
    expect(verdictOf(steps, { ...options, later: 0.5 }).result).toBe('waiting');
    expect(verdictOf(steps, { ...options, later: 1.1 })).toMatchObject({
      result: 'failed',
      causes: [{ class: 'WrongImage' }],
    });
  });

  test('with a newer commit applied that brings another image: superseded', () => {
    const steps: Step[] = [
      ...progressing,
      ['deployments', deployment('1.2', { generation: 3 })],
      ['kustomizations', kustomization(newer, ready)],
    ];
    expect(verdictOf(steps, options).result).toBe('superseded');
  });

  test('a dependency that is not ready is named at the timeout, down to its root', () => {
    const dependent = kustomization(
      older,
      { status: 'False', reason: 'DependencyNotReady' },
      { spec: { dependsOn: [{ name: 'infra' }] } },
    );
    const root = {
      ...(kustomization(older, { status: 'False', reason: 'HealthCheckFailed', message: 'ingress' }) as KubeObject),
      metadata: { name: 'infra', namespace: 'flux-system', generation: 1 },
    };
    const verdict = verdictOf([...progressing, ['kustomizations', dependent], ['kustomizations', root]], {
      ...options,
      later: 600,
    });
    expect(verdict.causes[0]).toMatchObject({ class: 'FluxDependencyNotReady', object: 'kustomization/infra' });
  });
});

describe('Argo CD', () => {
  const options = { expectation: { gitOps: argo } };
  const application = (status: object, operation?: object): Step => [
    'applications',
    { metadata: { name: 'apps', namespace: 'argocd' }, ...(operation === undefined ? {} : { operation }), status },
  ];
  const synced = (revision: string) => ({ status: 'Synced', revision });
  const succeeded = { phase: 'Succeeded', finishedAt: '2026-11-22T12:00:05Z', syncResult: { revision: ours } };

  test('is believed when its health is newer than its operation', () => {
    const health = { status: 'Healthy' };
    const at = (reconciledAt: string) =>
      verdictOf(
        [...done, application({ sync: synced(ours), health, reconciledAt, operationState: succeeded })],
        options,
      ).result;
    expect([at('2026-11-22T12:00:04Z'), at('2026-11-22T12:00:05Z')]).toEqual(['waiting', 'verified']);
  });

  test('a sync that is refused for good fails while Argo CD still retries', () => {
    const operationState = {
      phase: 'Running',
      finishedAt: '2026-11-22T12:00:05Z',
      retryCount: 1,
      message: 'Deployment.apps "web" is invalid',
      operation: { sync: { revision: ours } },
    };
    expect(verdictOf([...progressing, application({ operationState })], options)).toMatchObject({
      result: 'failed',
      causes: [{ class: 'ArgoSyncFailed' }],
    });
    const passing = { ...operationState, message: 'connection refused' };
    expect(verdictOf([...progressing, application({ operationState: passing })], options).result).toBe('waiting');
  });

  test('an older operation that blocks our commit is named at the timeout, with the command that ends it', () => {
    const operationState = {
      phase: 'Running',
      startedAt: '2026-11-22T11:00:00Z',
      operation: { sync: { revision: older } },
    };
    const verdict = verdictOf([...progressing, application({ operationState, sync: synced(ours) })], {
      ...options,
      later: 600,
    });
    expect(verdict.causes.map(({ class: kind }) => kind)).toContain('ArgoOlderOperation');
    expect(causeTable.ArgoOlderOperation.command).toContain('terminate-op');
  });
});
