import type { Probe } from '../pod-objects.ts';
import type { ContainerProcess } from './container-process.ts';
import type { ContainerRecord } from './container-record.ts';
import type { PodContext } from './pod-worker.ts';
import { runProbe } from './probe.ts';

/** Probes a running container until `signal` aborts: tells whether it is ready, and ends it when it does not live. */
export function watchHealth(
  pod: PodContext,
  record: ContainerRecord,
  { process, signal }: { process: ContainerProcess; signal: AbortSignal },
): void {
  const { readinessProbe, livenessProbe, startupProbe } = record.spec;
  const about = { container: record.spec, process, ip: pod.podIp, secondMs: pod.pace.secondMs, signal };
  const begin = (): void => {
    record.started = true;
    record.ready = readinessProbe === undefined;
    if (readinessProbe !== undefined) void runProbe(readinessProbe, about, onReadiness(pod, record, readinessProbe));
    if (livenessProbe !== undefined)
      void runProbe(livenessProbe, about, onLiveness(pod, record, { probe: livenessProbe, process }));
  };
  if (startupProbe === undefined) return void begin();
  const phase = new AbortController();
  signal.addEventListener('abort', () => phase.abort(), { once: true });
  void runProbe(startupProbe, { ...about, signal: phase.signal }, (failure, inARow) => {
    if (failure === undefined) {
      phase.abort();
      begin();
      pod.sync();
    } else restartAfter(pod, record, { probe: startupProbe, process, kind: 'Startup', failure, inARow });
  });
}

function onReadiness(pod: PodContext, record: ContainerRecord, probe: Probe) {
  return (failure: string | undefined, inARow: number): void => {
    if (failure !== undefined) {
      pod.tell(record, { reason: 'Unhealthy', message: `Readiness probe failed: ${failure}`, type: 'Warning' });
    }
    const needed = failure === undefined ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (inARow < needed || record.ready === (failure === undefined)) return;
    record.ready = failure === undefined;
    pod.sync();
  };
}

function onLiveness(
  pod: PodContext,
  record: ContainerRecord,
  { probe, process }: { probe: Probe; process: ContainerProcess },
) {
  return (failure: string | undefined, inARow: number): void => {
    if (failure !== undefined) restartAfter(pod, record, { probe, process, kind: 'Liveness', failure, inARow });
  };
}

function restartAfter(
  pod: PodContext,
  record: ContainerRecord,
  failed: { probe: Probe; process: ContainerProcess; kind: 'Liveness' | 'Startup'; failure: string; inARow: number },
): void {
  const { probe, process, kind, failure, inARow } = failed;
  pod.tell(record, { reason: 'Unhealthy', message: `${kind} probe failed: ${failure}`, type: 'Warning' });
  if (inARow < (probe.failureThreshold ?? 3)) return;
  const { name } = record.spec;
  const message = `Container ${name} failed ${kind.toLowerCase()} probe, will be restarted`;
  pod.tell(record, { reason: 'Killing', message });
  process.kill('SIGTERM');
}
