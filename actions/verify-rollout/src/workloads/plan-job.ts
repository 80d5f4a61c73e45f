import { type Finding, NOW } from '../causes/finding.ts';
import { findRefusal } from '../causes/plan-refused-pods.ts';
import { conditionOf, nameOf, type Workload } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Expectation } from '../expectation.ts';
import { livePods, type RolloutStatus } from './rollout-status.ts';

/** Judges a Job: complete at SuccessCriteriaMet, failed at FailureTarget; the final conditions follow when its pods are gone. */
export function planJob(job: Workload, observed: ObservedState, expectation: Expectation): RolloutStatus {
  const isComplete = isTrue(job, 'Complete') || isTrue(job, 'SuccessCriteriaMet');
  const failed = failureOf(job);
  const refusal = findRefusal({ kind: 'job', object: job, owners: [job.metadata.uid] }, observed);
  const pods = isComplete ? [] : livePods(job.metadata.uid, observed);
  const findings = [failed, isComplete ? undefined : refusal].filter((cause) => cause !== undefined);
  const progress = isComplete ? 'completed' : `${job.status?.failed ?? 0} failed`;
  return { isComplete, progress, pods, findings, ...suspendedOf(job, expectation) };
}

/** A CronJob is verified by its template: its next Job will run the image. */
export function planCronJob(_job: Workload, _observed: ObservedState, _expectation: Expectation): RolloutStatus {
  return { isComplete: true, progress: 'its next Job runs the image', pods: [], findings: [] };
}

function isTrue(job: Workload, type: string): boolean {
  return conditionOf(job, type)?.status === 'True';
}

function failureOf(job: Workload): Finding | undefined {
  const condition = ['Failed', 'FailureTarget']
    .map((type) => conditionOf(job, type))
    .find((found) => found?.status === 'True');
  const failed = job.status?.failed ?? 0;
  const limit = job.spec?.backoffLimit ?? 6;
  if (condition === undefined && failed <= limit) return undefined;
  const evidence = `${condition?.reason ?? 'BackoffLimitExceeded'}: ${condition?.message ?? `${failed} pods failed, backoffLimit ${limit}`}`;
  return {
    class: 'JobFailed',
    object: nameOf('job', job),
    reason: condition?.reason ?? 'BackoffLimitExceeded',
    evidence,
    dueAt: NOW,
  };
}

function suspendedOf(job: Workload, { onPaused }: Expectation): { suspended?: Finding } {
  if (job.spec?.suspend !== true || onPaused === 'wait') return {};
  return {
    suspended: {
      class: 'Paused',
      object: nameOf('job', job),
      reason: 'JobSuspended',
      evidence: 'spec.suspend is true',
      dueAt: NOW,
    },
  };
}
