import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, Probe } from '../pod-objects.ts';
import type { ContainerProcess } from './container-process.ts';

/** What a probe found: undefined is success, a text is the failure in the kubelet's words. */
export type ProbeResult = string | undefined;

/** A running container as its probes see it. */
export interface Probed {
  readonly container: Container;
  readonly process: Pick<ContainerProcess, 'listens'>;
  readonly ip: string;
  readonly secondMs: number;
  readonly signal: AbortSignal;
}

/** Probes a container until `signal` aborts; `onResult` hears each success and failure, counted in a row. */
export async function runProbe(
  probe: Probe,
  probed: Probed,
  onResult: (result: ProbeResult, inARow: number) => void,
): Promise<void> {
  const { container, ip, secondMs, signal } = probed;
  const { periodSeconds = 10, timeoutSeconds = 1 } = probe;
  let inARow = 0;
  let last: boolean | undefined;
  try {
    await waitForStart(probe, probed);
    while (!signal.aborted) {
      const result = await probeOnce(probe, { container, ip, timeoutMs: timeoutSeconds * 1000 });
      if (signal.aborted) return;
      inARow = last === (result === undefined) ? inARow + 1 : 1;
      last = result === undefined;
      onResult(result, inARow);
      await delay(periodSeconds * secondMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

// Node needs a moment to start: a first probe at once would always cost a whole period. Who never listens gets a second.
async function waitForStart(
  { initialDelaySeconds = 0, httpGet, tcpSocket }: Probe,
  { container, process, secondMs, signal }: Probed,
): Promise<void> {
  if (initialDelaySeconds > 0) return delay(initialDelaySeconds * secondMs, undefined, { signal });
  const port = httpGet?.port ?? tcpSocket?.port;
  const waited = new AbortController();
  const second = delay(secondMs, undefined, { signal: AbortSignal.any([signal, waited.signal]) });
  const listening = port === undefined ? Promise.resolve() : process.listens(portOf(container, port));
  try {
    await Promise.race([second, listening]);
  } finally {
    second.catch(() => {});
    waited.abort();
  }
}

function probeOnce(
  { httpGet, tcpSocket }: Probe,
  { container, ip, timeoutMs }: { container: Container; ip: string; timeoutMs: number },
): Promise<ProbeResult> {
  if (httpGet !== undefined) {
    return httpProbe(`http://${ip}:${portOf(container, httpGet.port)}${httpGet.path ?? '/'}`, timeoutMs);
  }
  if (tcpSocket !== undefined) return tcpProbe(ip, portOf(container, tcpSocket.port), timeoutMs);
  return Promise.resolve(undefined);
}

function portOf({ ports = [] }: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

function httpProbe(url: string, timeoutMs: number): Promise<ProbeResult> {
  const { host } = new URL(url);
  return new Promise((resolve) => {
    const request = get(url, { timeout: timeoutMs, agent: false, headers: { 'user-agent': 'kube-probe/1.35' } });
    request.on('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(statusCode >= 200 && statusCode < 400 ? undefined : `HTTP probe failed with statuscode: ${statusCode}`);
    });
    request.on('timeout', () => {
      resolve(`Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`);
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ECONNREFUSED' ? 'connect: connection refused' : error.message;
      resolve(`Get "${url}": dial tcp ${host}: ${refused}`);
    });
  });
}

function tcpProbe(ip: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: ip, timeout: timeoutMs });
    const end = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('connect', () => end(undefined));
    socket.on('timeout', () => end(`dial tcp ${ip}:${port}: i/o timeout`));
    socket.on('error', () => end(`dial tcp ${ip}:${port}: connect: connection refused`));
  });
}
