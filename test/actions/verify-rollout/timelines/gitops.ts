import { kustomization } from '../shop-objects.ts';
import { older, oldVersion, ours, progressing, type Step, TIMEOUT, type Timeline } from './timeline.ts';

const flux = { 'flux-kustomization': 'flux-system/apps', revision: ours };
const argo = { 'argocd-application': 'argocd/apps', revision: ours };
const ready = { status: 'True', reason: 'ReconciliationSucceeded' };

/** The Kustomization after a failed attempt at our commit; the one before is still applied. */
function attempted(condition: object, spec: object = {}): Step {
  const status = { lastAttemptedRevision: `main@sha1:${ours}` };
  return ['kustomizations', kustomization(older, { status: 'False', ...condition }, { spec, status })];
}

function untouched(spec: object = {}, condition: object = ready): Step {
  return ['kustomizations', kustomization(older, condition, { spec })];
}

const artifactFailed = { reason: 'ArtifactFailed', message: 'kustomization path not found: stat clusters/prod' };

function fails(...steps: readonly Step[]): Timeline {
  return { before: [...oldVersion, untouched()], steps, inputs: flux, decidedAt: 0, result: 'failed' };
}

function stays(before: readonly Step[], inputs: Timeline['inputs'] & object = flux): Timeline {
  return { before, steps: [], inputs, decidedAt: TIMEOUT, result: 'timed-out' };
}

const stalled = kustomization(
  older,
  { status: 'False', reason: 'ReconciliationFailed' },
  { status: { conditions: [{ type: 'Stalled', status: 'True', reason: 'DependencyCycle', message: 'a cycle' }] } },
);

const infra = {
  ...kustomization(older, { status: 'False', reason: 'HealthCheckFailed', message: 'ingress is not ready' }),
  metadata: { name: 'infra', namespace: 'flux-system', generation: 1 },
};

const source = {
  metadata: { name: 'gitops', namespace: 'flux-system', generation: 1 },
  status: {
    conditions: [{ type: 'Ready', status: 'False', reason: 'GitOperationFailed', message: 'authentication required' }],
  },
};

function application(status: object): Step {
  return ['applications', { metadata: { name: 'apps', namespace: 'argocd' }, status }];
}

function synced(revision: string): object {
  return { status: 'Synced', revision };
}

/** How Flux and Argo CD fail, or do not begin. */
export const gitOpsTimelines = {
  FluxBuildFailed: fails(attempted({ reason: 'BuildFailed', message: 'kustomize build failed' })),
  // The first failure may pass by itself.
  FluxArtifactFailed: fails(
    attempted(artifactFailed),
    attempted({ status: 'Unknown', reason: 'Progressing' }),
    attempted(artifactFailed),
  ),
  FluxHealthCheckFailed: fails(attempted({ reason: 'HealthCheckFailed', message: 'timeout waiting' })),
  FluxApplyFailed: fails(
    attempted({ reason: 'ReconciliationFailed', message: 'Deployment.apps "web" is invalid: spec' }),
  ),
  FluxStalled: fails(['kustomizations', stalled]),
  FluxSuspended: {
    before: [...oldVersion, untouched({ suspend: true })],
    steps: [],
    inputs: flux,
    decidedAt: 0,
    result: 'suspended',
  },
  FluxDependencyNotReady: {
    ...stays([
      ...oldVersion,
      untouched({ dependsOn: [{ name: 'infra' }] }, { status: 'False', reason: 'DependencyNotReady' }),
      ['kustomizations', infra],
    ]),
    object: 'kustomization/infra',
  },
  FluxSourceFailed: {
    ...stays([
      ...oldVersion,
      untouched({ sourceRef: { kind: 'GitRepository', name: 'gitops' } }),
      ['gitrepositories', source],
    ]),
    object: 'gitrepository/gitops',
  },
  FluxNotApplied: stays([...oldVersion, untouched()]),
  ArgoSyncFailed: {
    before: [...oldVersion, application({ sync: synced(older), health: { status: 'Healthy' } })],
    steps: [
      application({
        operationState: {
          ...{ phase: 'Running', finishedAt: '2026-11-22T12:00:05Z', retryCount: 1 },
          ...{ message: 'Deployment.apps "web" is invalid', operation: { sync: { revision: ours } } },
        },
      }),
    ],
    inputs: argo,
    decidedAt: 5,
    result: 'failed',
  },
  ArgoDegraded: stays(
    [
      ...progressing,
      application({ sync: synced(ours), health: { status: 'Degraded', message: 'Deployment exceeded its deadline' } }),
    ],
    argo,
  ),
  ArgoOlderOperation: stays(
    [
      ...progressing,
      application({
        sync: synced(ours),
        operationState: {
          ...{ phase: 'Running', startedAt: '2026-11-22T11:00:00Z', operation: { sync: { revision: older } } },
        },
      }),
    ],
    argo,
  ),
  ArgoComparisonError: stays(
    [
      ...oldVersion,
      application({
        sync: { status: 'Unknown' },
        conditions: [{ type: 'ComparisonError', message: 'helm template failed' }],
      }),
    ],
    argo,
  ),
  ArgoNotSynced: stays([...oldVersion, application({ sync: synced(older), health: { status: 'Healthy' } })], argo),
} satisfies Readonly<Record<string, Timeline>>;
