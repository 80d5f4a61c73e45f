import type { Manifest } from './apply.ts';
import type { Container, PodSpec, PodTemplate, Probe } from './pod-objects.ts';

/** Adds what the API server adds to an object when it is written; changes and returns the same object. */
export function withDefaults(object: Manifest): Manifest {
  const spec = (object.spec ?? {}) as Record<string, unknown>;
  const add = defaultsByKind[object.kind];
  if (add === undefined) return object;
  object.spec = { ...add, ...spec };
  const { template } = object.spec as { template?: PodTemplate };
  if (template !== undefined) defaultPodSpec(template.spec, object.kind === 'Job' ? 'Never' : 'Always');
  if (object.kind === 'Deployment') defaultStrategy(object.spec as { strategy?: Record<string, unknown> });
  if (object.kind === 'Pod') defaultPodSpec(object.spec as PodSpec, 'Always');
  object.status ??= emptyStatus[object.kind] ?? {};
  return object;
}

const defaultsByKind: Readonly<Record<string, object>> = {
  Deployment: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  StatefulSet: { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', serviceName: '' },
  DaemonSet: {
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
  },
  Job: { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false },
  CronJob: {},
  Service: { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' },
  Pod: {},
};

const emptyStatus: Readonly<Record<string, object>> = {
  Service: { loadBalancer: {} },
  Pod: { phase: 'Pending', qosClass: 'Burstable' },
};

function defaultStrategy(spec: { strategy?: Record<string, unknown> }): void {
  const type = (spec.strategy?.['type'] as string | undefined) ?? 'RollingUpdate';
  const rolling = {
    maxUnavailable: '25%',
    maxSurge: '25%',
    ...(spec.strategy?.['rollingUpdate'] as object | undefined),
  };
  spec.strategy = type === 'RollingUpdate' ? { type, rollingUpdate: rolling } : { type };
}

function defaultPodSpec(spec: PodSpec, restartPolicy: 'Always' | 'Never'): void {
  const defaults = {
    ...{ restartPolicy, terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {} },
    schedulerName: 'default-scheduler',
  };
  Object.assign(spec, { ...defaults, ...spec });
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) defaultContainer(container);
}

function defaultContainer(container: Container): void {
  const latest =
    !/[:@]/.test(container.image.slice(container.image.lastIndexOf('/'))) || container.image.endsWith(':latest');
  const defaults = {
    ...{ resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
  };
  Object.assign(container, { ...defaults, ...container });
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe]) {
    if (probe !== undefined) defaultProbe(probe);
  }
}

function defaultProbe(probe: Probe): void {
  if (probe.httpGet !== undefined) probe.httpGet.scheme ??= 'HTTP';
  Object.assign(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...probe });
}
