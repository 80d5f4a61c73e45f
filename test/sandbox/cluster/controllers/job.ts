import type { Condition, Job } from '../kube-objects.ts';
import type { Pod } from '../pod-objects.ts';
import { timestamp } from '../store.ts';
import type { World } from '../world.ts';
import { childrenOf, concernsOwner, createPod, isActive, isReady, randomSuffix } from './pods-of.ts';
import { runController } from './work-queue.ts';

const component = 'job-controller';

/** Runs Jobs to their completions, or to the end of their backoffLimit. */
export function runJobs(world: World): void {
  runController(world, {
    concerns: concernsOwner('jobs', 'Job', ['pods']),
    reconcile(key) {
      const job = world.store.get('jobs', key);
      if (job === undefined || isFinished(job)) return undefined;
      const pods = childrenOf(world, 'pods', job);
      const succeeded = pods.filter(({ status }) => status.phase === 'Succeeded').length;
      const failed = pods.filter(({ status }) => status.phase === 'Failed').length;
      const active = pods.filter(isActive);
      const { completions = 1, backoffLimit = 6, parallelism = 1 } = job.spec;
      if (succeeded >= completions) return finish(world, job, { pods, succeeded, failed, complete: true });
      if (failed > backoffLimit) return finish(world, job, { pods, succeeded, failed, complete: false });
      const wanted = Math.min(parallelism, completions - succeeded) - active.length;
      for (let count = 0; count < wanted; count++) addPod(world, job);
      writeStatus(world, job, { pods, succeeded, failed });
      return undefined;
    },
  });
}

function isFinished({ status }: Job): boolean {
  return status.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') === true;
}

function addPod(world: World, job: Job): void {
  const generateName = `${job.metadata.name}-`;
  const labels = { 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name };
  const name = generateName + randomSuffix();
  const pod = createPod(world, job, {
    name,
    generateName,
    template: { ...job.spec.template, metadata: job.spec.template.metadata ?? {} },
    labels,
  });
  if ('refused' in pod) {
    const message = `Error creating: ${pod.refused}`;
    world.record({ about: job, reason: 'FailedCreate', message, type: 'Warning', component });
  } else world.record({ about: job, reason: 'SuccessfulCreate', message: `Created pod: ${name}`, component });
}

interface Tally {
  readonly pods: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
}

function writeStatus(world: World, job: Job, { succeeded, failed }: Tally): void {
  const { store, clock } = world;
  const pods = childrenOf(world, 'pods', job).filter(isActive);
  store.change('jobs', { namespace: job.metadata.namespace, name: job.metadata.name }, ({ status }) => {
    status.startTime ??= timestamp(clock.now());
    Object.assign(status, countsOf({ active: pods.length, succeeded, failed }));
    status.ready = pods.filter(isReady).length;
  });
}

function countsOf({ active, succeeded, failed }: { active: number; succeeded: number; failed: number }): Job['status'] {
  return {
    ...(active > 0 ? { active } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    ...{ terminating: 0, uncountedTerminatedPods: {} },
  };
}

// Two steps, as the real controller takes them: first what is going to be, then that it is.
function finish(world: World, job: Job, { succeeded, failed, complete }: Tally & { complete: boolean }): undefined {
  const { store, clock } = world;
  const key = { namespace: job.metadata.namespace, name: job.metadata.name };
  const at = timestamp(clock.now());
  const told = complete
    ? { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    : { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  const condition = (type: string): Condition => ({
    type,
    status: 'True',
    lastProbeTime: at,
    lastTransitionTime: at,
    ...told,
  });
  const first = condition(complete ? 'SuccessCriteriaMet' : 'FailureTarget');
  store.change('jobs', key, ({ status }) => {
    status.conditions = [first];
    delete status.active;
    status.ready = 0;
  });
  store.change('jobs', key, ({ status }) => {
    status.conditions = [first, condition(complete ? 'Complete' : 'Failed')];
    Object.assign(status, countsOf({ active: 0, succeeded, failed }));
    if (complete) status.completionTime = at;
  });
  const message = complete ? 'Job completed' : told.message;
  const reason = complete ? 'Completed' : told.reason;
  world.record({ about: job, reason, message, type: complete ? 'Normal' : 'Warning', component });
  return undefined;
}
