import { deployment, event, image, namespace, pod, replicaSet } from '../shop-objects.ts';

/** One change of one object, `atSeconds` after the start (default: together with the step before); `'gone'` in place of the object deletes it. */
export type Step = readonly [resource: string, object: object, atSeconds?: number, gone?: 'gone'];

/** A history of a cluster that ends in one class of cause. Everything is in namespace `shop`, and starts at 12:00:00. */
export interface Timeline {
  /** What is there when verify-rollout begins. */
  readonly before: readonly Step[];
  readonly steps: readonly Step[];
  /** Inputs besides image, tag, namespace and `workloads: deployment/web`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Seconds after the start at which the verdict must be there. */
  readonly decidedAt: number;
  readonly result: 'failed' | 'timed-out' | 'suspended';
  /** The object that the first cause must name, where it is another than the obvious one. */
  readonly object?: string;
}

/** The start of every timeline. */
export const startedAt = '2026-11-22T12:00:00Z';

/** The default of `timeout`, in seconds. */
export const TIMEOUT = 600;

/** The commit that is to be live, and one before it. */
export const ours = 'a'.repeat(40);
export const older = 'c'.repeat(40);

/** The ReplicaSet and the first pod of version 1.1, as events name them. */
export const newSet = { kind: 'ReplicaSet', name: 'web-1.1', uid: 'rs-1.1' };
export const newPod = { kind: 'Pod', name: 'web-1.1-a', uid: 'pod-web-1.1-a' };

/** A Deployment in the middle of its rollout to version 1.1. */
export const progressing: readonly Step[] = [
  ['deployments', deployment('1.1', { status: { updatedReplicas: 1, unavailableReplicas: 1 } })],
  ['replicasets', replicaSet('1.1')],
];

/** A Deployment that runs version 1.0 to the full. */
export const oldVersion: readonly Step[] = [
  ['deployments', deployment('1.0')],
  ['replicasets', replicaSet('1.0')],
  ['pods', pod('1.0', { name: 'old-a' })],
  ['pods', pod('1.0', { name: 'old-b' })],
];

/** A Deployment that runs version 1.1 to the full. */
export const done: readonly Step[] = [
  ['deployments', deployment('1.1')],
  ['replicasets', replicaSet('1.1')],
  ['pods', pod('1.1', { name: 'new-a' })],
  ['pods', pod('1.1', { name: 'new-b' })],
];

/** A rollout that is in the middle when verify-rollout begins and fails by `steps`, decided with the last of them or later. */
export function failing(steps: readonly Step[], decidedAt = 0): Timeline {
  return { before: progressing, steps, decidedAt, result: 'failed' };
}

/** A pod of version 1.1 whose container waits. */
export function waiting(reason: string, message = ''): Step {
  return ['pods', pod('1.1', { waiting: { reason, message } })];
}

/** How a container ended. */
export function ended(exitCode: number, reason = 'Error', message?: string): object {
  return { exitCode, reason, ...(message === undefined ? {} : { message }) };
}

/** A pod of version 1.1 in CrashLoopBackOff, and how its container ended last. */
export function looping(restarts: number, last: object): Step {
  return ['pods', pod('1.1', { restarts, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: last })];
}

/** Two attempts to pull that end with `message`, and the back-off between them. */
export function pulled(message: string): Step[] {
  return [
    waiting('ErrImagePull', message),
    waiting('ImagePullBackOff', `Back-off pulling image "x": ErrImagePull: ${message}`),
    waiting('ErrImagePull', message),
  ];
}

/** Two pods that the API server refuses, with the reason after their names. */
export function refused(message: string): Step[] {
  const about = (name: string) => `Error creating: pods "${name}" is forbidden: ${message}`;
  return ['web-1.1-x7k2p', 'web-1.1-b9d4q'].map((name): Step => ['events', event(newSet, 'FailedCreate', about(name))]);
}

/** The inputs of a timeline as the runner gives them. */
export function environmentOf({ inputs = {} }: Timeline): Record<string, string> {
  const given = { namespace, image, tag: '1.1', workloads: 'deployment/web', timeout: `${TIMEOUT}s`, ...inputs };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}
