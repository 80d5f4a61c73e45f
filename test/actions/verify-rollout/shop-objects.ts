/** Objects of a small shop as an API server sends them, for timelines: a Deployment `web` and what belongs to it. */

export const image = 'registry.example/shop/web';
export const namespace = 'shop';

/** How a pod differs from one that runs. */
export interface PodOptions {
  readonly name?: string;
  readonly revision?: string;
  readonly tag?: string;
  readonly ready?: boolean;
  readonly waiting?: { reason: string; message?: string };
  readonly terminated?: object;
  readonly lastTerminated?: object;
  readonly restarts?: number;
  readonly deleted?: boolean;
  readonly probe?: object;
  readonly limits?: Record<string, string>;
  readonly startedAt?: string;
  readonly conditions?: readonly object[];
  readonly owner?: { kind: string; name: string; uid: string };
  readonly labels?: Record<string, string>;
  readonly digest?: string;
  readonly node?: string;
  readonly init?: boolean;
  readonly readySince?: string;
  readonly restartPolicy?: string;
  readonly phase?: string;
}

/** A Deployment in a state of its rollout; complete on `tag` when nothing else is said. */
export function deployment(
  tag: string,
  change: { spec?: object; status?: object; generation?: number; revision?: string; name?: string } = {},
): object {
  const name = change.name ?? 'web';
  const generation = change.generation ?? 2;
  return {
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      generation,
      labels: { app: name },
      annotations: { 'deployment.kubernetes.io/revision': change.revision ?? tag },
    },
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ name: 'web', image: `${image}:${tag}` }] } },
      ...change.spec,
    },
    status: {
      observedGeneration: generation,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      ...change.status,
    },
  };
}

/** The ReplicaSet that a Deployment has for a tag. */
export function replicaSet(tag: string, status: object = {}): object {
  return {
    metadata: {
      name: `web-${tag}`,
      namespace,
      uid: `rs-${tag}`,
      annotations: { 'deployment.kubernetes.io/revision': tag },
      ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'uid-web' }],
    },
    spec: { template: { spec: { containers: [{ name: 'web', image: `${image}:${tag}` }] } } },
    status,
  };
}

/** A pod of the ReplicaSet for `tag`; ready when nothing else is said. */
export function pod(tag: string, options: PodOptions = {}): object {
  const ready = options.ready ?? (options.waiting === undefined && options.terminated === undefined);
  const name = options.name ?? `web-${tag}-a`;
  const owner = options.owner ?? { kind: 'ReplicaSet', name: `web-${tag}`, uid: `rs-${options.revision ?? tag}` };
  const limits = options.limits === undefined ? {} : { resources: { limits: options.limits } };
  const container = {
    name: 'web',
    image: `${image}:${options.tag ?? tag}`,
    ...limits,
    ...(options.probe === undefined ? {} : { readinessProbe: options.probe }),
  };
  const condition = {
    type: 'Ready',
    status: ready ? 'True' : 'False',
    lastTransitionTime: options.readySince ?? '2026-11-22T12:00:00Z',
  };
  const running = { running: { startedAt: options.startedAt ?? '2026-11-22T12:00:00Z' } };
  const terminated = options.terminated === undefined ? running : { terminated: options.terminated };
  const statuses = [
    {
      name: 'web',
      ready,
      restartCount: options.restarts ?? 0,
      imageID: `${image}@${options.digest ?? `sha256:${'a'.repeat(64)}`}`,
      state: options.waiting === undefined ? terminated : { waiting: options.waiting },
      lastState: options.lastTerminated === undefined ? {} : { terminated: options.lastTerminated },
    },
  ];
  return {
    metadata: {
      name,
      namespace,
      uid: `pod-${name}`,
      creationTimestamp: '2026-11-22T12:00:00Z',
      labels: { app: 'web', ...options.labels },
      ownerReferences: [owner],
      ...(options.deleted === true ? { deletionTimestamp: '2026-11-22T12:00:30Z' } : {}),
    },
    spec: {
      nodeName: options.node ?? 'node-0',
      ...(options.restartPolicy === undefined ? {} : { restartPolicy: options.restartPolicy }),
      ...(options.init === true ? { initContainers: [container], containers: [] } : { containers: [container] }),
    },
    status: {
      phase: options.phase ?? 'Running',
      conditions: [condition, ...(options.conditions ?? [])],
      ...(options.init === true ? { initContainerStatuses: statuses } : { containerStatuses: statuses }),
    },
  };
}

let events = 0;

/** An event about an object. */
export function event(
  about: { kind: string; name: string; uid: string },
  reason: string,
  message: string,
  more: object = {},
): object {
  return {
    metadata: { name: `event-${++events}`, namespace },
    involvedObject: { ...about, fieldPath: 'spec.containers{web}' },
    reason,
    message,
    count: 1,
    type: 'Warning',
    firstTimestamp: '2026-11-22T12:00:00Z',
    ...more,
  };
}

/** A Flux Kustomization. */
export function kustomization(applied: string, ready: object, more: { spec?: object; status?: object } = {}): object {
  return {
    metadata: { name: 'apps', namespace: 'flux-system', generation: 1 },
    spec: { ...more.spec },
    status: {
      observedGeneration: 1,
      lastAppliedRevision: `main@sha1:${applied}`,
      lastAttemptedRevision: `main@sha1:${applied}`,
      conditions: [{ type: 'Ready', observedGeneration: 1, ...ready }],
      inventory: { entries: [{ id: `${namespace}_web_apps_Deployment`, v: 'v1' }] },
      ...more.status,
    },
  };
}
