import type { Condition, DaemonSet, Deployment, Job, KubeObject, ReplicaSet, StatefulSet } from '../kube-objects.ts';
import type { PodTemplate } from '../pod-objects.ts';
import { ageColumn, column, containerColumns, count, labelText, nameColumn, selectorColumn, wide } from './column.ts';
import { humanDuration, since } from './durations.ts';

const readyOf = (ready: unknown, wanted: number | undefined) => `${Number(ready ?? 0)}/${wanted ?? 1}`;

/** The columns of Deployments. */
export const deploymentColumns = [
  nameColumn,
  column('Ready', ({ spec, status }: Deployment) => readyOf(status.readyReplicas, spec.replicas)),
  count('Up-to-date', ({ status }: Deployment) => status.updatedReplicas),
  count('Available', ({ status }: Deployment) => status.availableReplicas),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

/** The columns of ReplicaSets. */
export const replicaSetColumns = [
  nameColumn,
  count('Desired', ({ spec }: ReplicaSet) => spec.replicas),
  count('Current', ({ status }: ReplicaSet) => status.replicas),
  count('Ready', ({ status }: ReplicaSet) => status.readyReplicas),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

/** The columns of StatefulSets. */
export const statefulSetColumns = [
  nameColumn,
  column('Ready', ({ spec, status }: StatefulSet) => readyOf(status['readyReplicas'], spec.replicas)),
  ageColumn,
  ...containerColumns,
];

/** The columns of DaemonSets. */
export const daemonSetColumns = [
  nameColumn,
  count('Desired', ({ status }: DaemonSet) => status['desiredNumberScheduled']),
  count('Current', ({ status }: DaemonSet) => status['currentNumberScheduled']),
  count('Ready', ({ status }: DaemonSet) => status['numberReady']),
  count('Up-to-date', ({ status }: DaemonSet) => status['updatedNumberScheduled']),
  count('Available', ({ status }: DaemonSet) => status['numberAvailable']),
  column('Node Selector', ({ spec }: DaemonSet) => labelText(spec.template.spec.nodeSelector)),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

/** The columns of Jobs. */
export const jobColumns = [
  nameColumn,
  column('Status', ({ status }: Job) => jobStatusText(status.conditions ?? [])),
  column('Completions', completionsText),
  column('Duration', ({ status }: Job, nowMs) => {
    if (status.startTime === undefined) return '';
    const end = status.completionTime === undefined ? nowMs : Date.parse(status.completionTime);
    return humanDuration(end - Date.parse(status.startTime));
  }),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

interface CronJob extends KubeObject {
  spec: { schedule?: string; timeZone?: string; suspend?: boolean; jobTemplate: { spec: { template: PodTemplate } } };
  status?: { active?: unknown[]; lastScheduleTime?: string };
}

/** The columns of CronJobs. */
export const cronJobColumns = [
  nameColumn,
  column('Schedule', ({ spec }: CronJob) => spec.schedule ?? ''),
  column('Timezone', ({ spec }: CronJob) => spec.timeZone ?? '<none>'),
  column('Suspend', ({ spec }: CronJob) => (spec.suspend === true ? 'True' : 'False')),
  count('Active', ({ status }: CronJob) => status?.active?.length),
  column('Last Schedule', ({ status }: CronJob, nowMs) =>
    status?.lastScheduleTime === undefined ? '<none>' : since(status.lastScheduleTime, nowMs),
  ),
  ageColumn,
  ...containerColumns.map((each) =>
    wide(each.name, (job: CronJob, nowMs) => each.cell({ ...job, spec: job.spec.jobTemplate.spec }, nowMs)),
  ),
  wide('Selector', () => '<none>'),
];

function completionsText({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobStatusText(conditions: readonly Condition[]): string {
  const holds = (name: string) => conditions.some(({ type, status }) => type === name && status === 'True');
  return ['Complete', 'Failed', 'Suspended', 'FailureTarget'].find(holds) ?? 'Running';
}
