import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { timestamp } from '../store.ts';
import { createContainerLog } from './container-log.ts';
import { type Exit, startContainer } from './container-process.ts';
import type { ContainerRecord } from './container-record.ts';
import type { NodeImage } from './image-store.ts';
import type { PodContext } from './pod-worker.ts';
import { parseImageName } from './pull-image.ts';
import { ConfigError, resolveEnvironment } from './resolve-environment.ts';
import { watchHealth } from './watch-health.ts';

const retryMs = 500;
// How long the kubelet takes to see that a container has ended.
const noticeMs = 60;

/** Keeps a container running by the pod's restart policy; resolves with the last exit, or undefined when the pod was stopped. */
export async function runContainer(pod: PodContext, record: ContainerRecord): Promise<Exit | undefined> {
  for (;;) {
    const image = await ensureImage(pod, record);
    const environment = image === undefined ? undefined : await ensureConfig(pod, record, image);
    if (image === undefined || environment === undefined) return undefined;
    const exit = await runOnce(pod, record, { image, environment });
    if (pod.signal.aborted) return exit;
    const policy = pod.read()?.spec.restartPolicy ?? 'Always';
    const done = record.init ? exit.exitCode === 0 || policy === 'Never' : policy === 'Never';
    if (done || (exit.exitCode === 0 && policy === 'OnFailure')) return exit;
    if (!(await waitForRestart(pod, record, exit))) return exit;
  }
}

async function ensureImage(pod: PodContext, record: ContainerRecord): Promise<NodeImage | undefined> {
  const { image } = record.spec;
  const name = parseImageName(image);
  if ('invalid' in name) {
    pod.tell(record, { reason: 'InspectFailed', message: name.invalid, type: 'Warning' });
    pod.tell(record, { reason: 'Failed', message: 'Error: InvalidImageName', type: 'Warning' });
    return holdFor(pod, record, { reason: 'InvalidImageName', message: name.invalid });
  }
  const known = pod.images.get(image);
  const policy = record.spec.imagePullPolicy ?? 'IfNotPresent';
  if (known !== undefined && policy !== 'Always') {
    const present = `Container image "${image}" already present on machine and can be accessed by the pod`;
    pod.tell(record, { reason: 'Pulled', message: present });
    return known;
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    pod.tell(record, { reason: 'ErrImageNeverPull', message, type: 'Warning' });
    return holdFor(pod, record, { reason: 'ErrImageNeverPull', message });
  }
  for (let attempt = 0; !pod.signal.aborted; attempt++) {
    const started = Date.now();
    pod.tell(record, { reason: 'Pulling', message: `Pulling image "${image}"` });
    try {
      const pulled = await pod.images.pull(image, name);
      const took = `${Date.now() - started}ms`;
      const message = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.sizeBytes} bytes.`;
      pod.tell(record, { reason: 'Pulled', message });
      return pulled;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!(await backOffPull(pod, record, { message, attempt }))) return undefined;
    }
  }
  return undefined;
}

async function backOffPull(
  pod: PodContext,
  record: ContainerRecord,
  { message, attempt }: { message: string; attempt: number },
): Promise<boolean> {
  const { image } = record.spec;
  const backOff = `Back-off pulling image "${image}"`;
  pod.tell(record, { reason: 'Failed', message: `Failed to pull image "${image}": ${message}`, type: 'Warning' });
  pod.tell(record, { reason: 'Failed', message: 'Error: ErrImagePull', type: 'Warning' });
  waiting(pod, record, { reason: 'ErrImagePull', message });
  if (!(await pause(pod, noticeMs))) return false;
  pod.tell(record, { reason: 'BackOff', message: backOff });
  pod.tell(record, { reason: 'Failed', message: 'Error: ImagePullBackOff', type: 'Warning' });
  waiting(pod, record, { reason: 'ImagePullBackOff', message: `${backOff}: ErrImagePull: ${message}` });
  return pause(pod, backOffSeconds(attempt) * 1000 * pod.pace.backOffScale);
}

async function ensureConfig(
  pod: PodContext,
  record: ContainerRecord,
  image: NodeImage,
): Promise<Record<string, string> | undefined> {
  record.imageId = `${record.spec.image.replace(/@.*/, '').replace(/:[^:/]*$/, '')}@${image.digest}`;
  while (!pod.signal.aborted) {
    const current = pod.read();
    if (current === undefined) return undefined;
    try {
      const withAddress = { ...current, status: { ...current.status, podIP: pod.podIp, hostIP: pod.hostIp } };
      return resolveEnvironment(pod.store, withAddress, record.spec);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { message } = error;
      pod.tell(record, { reason: 'Failed', message: `Error: ${message}`, type: 'Warning' });
      waiting(pod, record, { reason: 'CreateContainerConfigError', message });
      await pause(pod, retryMs);
    }
  }
  return undefined;
}

async function runOnce(
  pod: PodContext,
  record: ContainerRecord,
  { image, environment }: { image: NodeImage; environment: Record<string, string> },
): Promise<Exit> {
  const log = createContainerLog(pod.now);
  const containerId = `containerd://${randomBytes(32).toString('hex')}`;
  const startedAt = timestamp(pod.now());
  pod.tell(record, { reason: 'Created', message: 'Container created' });
  const { podIp, hostname } = pod;
  const process = startContainer({ container: record.spec, image, environment, podIp, hostname, log });
  const first = await Promise.race([process.exit, Promise.resolve(undefined)]);
  if (first?.reason === 'StartError') return failToStart(pod, record, first);
  Object.assign(record, { previousLog: record.log, log, containerId, ready: false, started: false });
  pod.tell(record, { reason: 'Started', message: 'Container started' });
  record.state = { running: { startedAt } };
  const end = new AbortController();
  watchHealth(pod, record, { process, signal: end.signal });
  const stop = () => process.kill('SIGTERM');
  pod.signal.addEventListener('abort', stop);
  pod.processes.add(process);
  pod.sync();
  const exit = await process.exit;
  end.abort();
  pod.signal.removeEventListener('abort', stop);
  pod.processes.delete(process);
  const { exitCode, reason } = exit;
  const finishedAt = timestamp(pod.now());
  Object.assign(record, { ready: false, started: false });
  record.state = { terminated: { exitCode, reason, startedAt, finishedAt, containerID: containerId } };
  pod.sync();
  return exit;
}

function failToStart(pod: PodContext, record: ContainerRecord, exit: Exit): Exit {
  const { message = '', exitCode } = exit;
  pod.tell(record, { reason: 'Failed', message: `Error: ${message}`, type: 'Warning' });
  const startedAt = '1970-01-01T00:00:00Z';
  const finishedAt = timestamp(pod.now());
  record.state = { terminated: { exitCode, reason: 'StartError', message, startedAt, finishedAt } };
  waiting(pod, record, { reason: 'RunContainerError', message });
  return exit;
}

async function waitForRestart(pod: PodContext, record: ContainerRecord, exit: Exit): Promise<boolean> {
  if (!(await pause(pod, noticeMs))) return false;
  // The first restart comes at once; from the second on the kubelet backs off, 10 s at first.
  if (record.restartCount > 0 || exit.reason === 'StartError') {
    const seconds = backOffSeconds(Math.max(0, record.restartCount - 1));
    const { name, namespace, uid } = pod.read()?.metadata ?? { name: '', namespace: '', uid: '' };
    const where = `${name}_${namespace}(${uid})`;
    const { name: container } = record.spec;
    const message = `Back-off restarting failed container ${container} in pod ${where}`;
    pod.tell(record, { reason: 'BackOff', message, type: 'Warning' });
    const told = `back-off ${seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`} restarting failed container=${container} pod=${where}`;
    waiting(pod, record, { reason: 'CrashLoopBackOff', message: told });
    if (!(await pause(pod, seconds * 1000 * pod.pace.backOffScale))) return false;
  }
  if (record.state.terminated !== undefined) record.lastState = record.state;
  record.restartCount += 1;
  return true;
}

function backOffSeconds(attempt: number): number {
  return Math.min(300, 10 * 2 ** attempt);
}

function waiting(pod: PodContext, record: ContainerRecord, reason: { reason: string; message: string }): void {
  if (record.state.terminated !== undefined) record.lastState = record.state;
  record.state = { waiting: reason };
  pod.sync();
}

// Nothing but a change of the pod's specification helps, and that makes another pod.
function holdFor(
  pod: PodContext,
  record: ContainerRecord,
  reason: { reason: string; message: string },
): Promise<undefined> {
  waiting(pod, record, reason);
  return new Promise((resolve) => pod.signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

/** Waits; false when the pod was stopped meanwhile. */
async function pause({ signal }: PodContext, ms: number): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
