import type { Deployment, Job, KubeObject } from '../kube-objects.ts';

/** How an object does, in kstatus' words; objects without a life of their own are Current. */
export type Health = 'Current' | 'InProgress' | 'Failed';

/** Judges one object as Flux' and Argo CD's health checks do. */
export function healthOf(object: KubeObject): Health {
  const { kind, metadata } = object;
  const status = (object.status ?? {}) as Record<string, unknown>;
  const spec = (object.spec ?? {}) as Record<string, unknown>;
  if (kind === 'Deployment') return deploymentHealth(object as Deployment);
  if (kind === 'Job') return jobHealth(object as Job);
  if (kind === 'StatefulSet') {
    const seen = status['observedGeneration'] === metadata.generation;
    const all = status['readyReplicas'] === spec['replicas'] && status['updatedReplicas'] === spec['replicas'];
    return seen && all ? 'Current' : 'InProgress';
  }
  if (kind === 'DaemonSet') {
    const wanted = status['desiredNumberScheduled'];
    const seen = status['observedGeneration'] === metadata.generation;
    const all = status['updatedNumberScheduled'] === wanted && status['numberAvailable'] === wanted;
    return seen && all ? 'Current' : 'InProgress';
  }
  return 'Current';
}

function deploymentHealth({ spec, status, metadata }: Deployment): Health {
  if (status.observedGeneration !== metadata.generation) return 'InProgress';
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return 'Failed';
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  const complete =
    updatedReplicas === spec.replicas && replicas === spec.replicas && availableReplicas === spec.replicas;
  return complete ? 'Current' : 'InProgress';
}

function jobHealth({ status }: Job): Health {
  const has = (wanted: string) => status.conditions?.some(({ type }) => type === wanted) === true;
  if (has('Failed')) return 'Failed';
  return has('Complete') ? 'Current' : 'InProgress';
}
