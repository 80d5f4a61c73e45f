import type { ContainerState, Pod } from '../pod-objects.ts';
import { ageColumn, type Column, column, nameColumn, wide } from './column.ts';
import { since } from './durations.ts';

/** The columns of pods. */
export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column('Ready', readyText),
  column('Status', podStatusText),
  column('Restarts', restartsText),
  ageColumn,
  wide('IP', ({ status }) => status.podIP ?? '<none>'),
  wide('Node', ({ spec }) => spec.nodeName ?? '<none>'),
  wide('Nominated Node', () => '<none>'),
  wide('Readiness Gates', () => '<none>'),
];

/** The word that kubectl shows for a pod: why it waits or ended, rather than its phase. */
export function podStatusText({ spec, status, metadata }: Pod): string {
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') return 'Unknown';
    if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return 'Terminating';
  }
  return initText({ spec, status }) ?? containersText(status);
}

function readyText({ spec, status }: Pod): string {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  const sidecars = sidecarsOf(spec);
  const counted = [...containerStatuses, ...initContainerStatuses.filter(({ name }) => sidecars.has(name))];
  const ready = counted.filter((one) => one.ready && one.state.running !== undefined);
  return `${ready.length}/${spec.containers.length + sidecars.size}`;
}

// Init containers that go on beside the others; https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
function sidecarsOf({ initContainers = [] }: Pod['spec']): Set<string> {
  return new Set(initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
}

function initText({ spec, status }: Pick<Pod, 'spec' | 'status'>): string | undefined {
  const sidecars = sidecarsOf(spec);
  const total = spec.initContainers?.length ?? 0;
  for (const [index, { name, state, started }] of (status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = state;
    if (terminated?.exitCode === 0 || (started === true && sidecars.has(name))) continue;
    if (terminated !== undefined) return `Init:${terminatedText(terminated)}`;
    if (waiting !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing') {
      return `Init:${waiting.reason}`;
    }
    return `Init:${index}/${total}`;
  }
  return undefined;
}

function containersText({ phase, reason, containerStatuses = [], conditions = [] }: Pod['status']): string {
  let text: string = reason ?? phase;
  // From the last to the first: what the first one says counts.
  for (const { state } of [...containerStatuses].reverse()) {
    if (state.waiting !== undefined && state.waiting.reason !== '') text = state.waiting.reason;
    else if (state.terminated !== undefined) text = terminatedText(state.terminated);
  }
  const running = containerStatuses.some(({ ready, state }) => ready && state.running !== undefined);
  if (text !== 'Completed' || !running) return text;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ? 'Running' : 'NotReady';
}

function terminatedText({ reason, signal, exitCode }: NonNullable<ContainerState['terminated']>): string {
  if (reason !== '') return reason;
  return signal === undefined || signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

function restartsText({ status }: Pod, nowMs: number): string {
  const statuses = status.containerStatuses ?? [];
  const restarts = statuses.reduce((total, { restartCount }) => total + restartCount, 0);
  const ends = statuses.map(({ lastState }) => lastState?.terminated?.finishedAt ?? '').sort();
  const last = ends.at(-1) ?? '';
  return restarts === 0 || last === '' ? `${restarts}` : `${restarts} (${since(last, nowMs)} ago)`;
}
