import { event, type PodOptions, pod } from '../shop-objects.ts';
import { failing, newPod, newSet, refused, type Step, startedAt, type Timeline, waiting } from './timeline.ts';

const unscheduled: PodOptions = {
  ready: false,
  conditions: [
    {
      ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
      ...{ message: '0/4 nodes are available', lastTransitionTime: startedAt },
    },
  ],
};

function invalid(name: string): Step {
  const message = `Error creating: Pod "${name}" is invalid: spec.containers[0].name: Invalid value: "X"`;
  return ['events', event(newSet, 'FailedCreate', message)];
}

function notCreated(name: string): Step {
  return ['events', event(newSet, 'FailedCreate', `Error creating: pods "${name}": etcdserver: request timed out`)];
}

/** Why a pod does not come into being, or finds no place to run. */
export const placementTimelines = {
  QuotaExceeded: failing(refused('exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3'), 1),
  LimitRangeViolated: failing(refused('maximum memory usage per Container is 1Gi, but limit is 2Gi'), 1),
  PodSecurityViolation: failing(
    refused('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'),
    1,
  ),
  AdmissionDenied: failing(
    refused("ValidatingAdmissionPolicy 'labels' with binding 'labels' denied request: no team"),
    1,
  ),
  ServiceAccountMissing: failing(
    refused('error looking up service account shop/web: serviceaccount "web" not found'),
    1,
  ),
  PodForbidden: failing(refused('no reason that we know'), 1),
  PodInvalid: failing([invalid('web-a'), invalid('web-b')], 1),
  WebhookUnavailable: failing(refused('failed calling webhook "check.example": connection refused'), 121),
  PodNotCreated: failing([notCreated('web-a'), notCreated('web-b')], 121),
  Unschedulable: failing([['pods', pod('1.1', unscheduled)]], 302),
  VolumeNotMounted: failing(
    [waiting('ContainerCreating'), ['events', event(newPod, 'FailedMount', 'secret "tls" not found')]],
    122,
  ),
  SandboxFailed: failing(
    [waiting('ContainerCreating'), ['events', event(newPod, 'FailedCreatePodSandBox', 'no IP addresses left')]],
    122,
  ),
  NodeNotReady: failing(
    [waiting('ContainerCreating'), ['events', event(newPod, 'NodeNotReady', 'Node is not ready')]],
    421,
  ),
} satisfies Record<string, Timeline>;
