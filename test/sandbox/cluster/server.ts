import { setMaxListeners } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { parseAllDocuments } from 'yaml';
import { systemTimer, type Timer } from '#shared/retry.ts';
import { createFaults, type Faults } from '../faults.ts';
import { listen } from '../listen.ts';
import { createRequestLog, type RequestLog } from '../request-log.ts';
import { type ClusterAccess, createClusterAccess } from './access.ts';
import { type Applied, applyManifest, deleteObject, type Manifest } from './apply.ts';
import { runDaemonSets } from './controllers/daemon-set.ts';
import { runDeployments } from './controllers/deployment.ts';
import { runGarbageCollector } from './controllers/garbage.ts';
import { runJobs } from './controllers/job.ts';
import { runReplicaSets } from './controllers/replica-set.ts';
import { runScheduler } from './controllers/scheduler.ts';
import { runServices } from './controllers/services.ts';
import { runStatefulSets } from './controllers/stateful-set.ts';
import { createEventRecorder } from './events.ts';
import { type Followed, type FollowOptions, followRepository } from './gitops/follow.ts';
import { startKubelet } from './kubelet/kubelet.ts';
import type { Credentials } from './kubelet/registry-reader.ts';
import { createLoopbackCertificate } from './loopback-certificate.ts';
import { type ClusterNetwork, takeNetwork } from './network.ts';
import { type PlayedTrace, playTrace } from './play-trace.ts';
import type { Resource, Resources } from './resource-kinds.ts';
import { serveRequest } from './serve-request.ts';
import { stopNode } from './stop-node.ts';
import { createStore, type ObjectKey } from './store.ts';
import { createOpenWatches, type OpenWatches } from './watch-stream.ts';
import { createClock, type Pace, type World } from './world.ts';

/** A Kubernetes cluster on loopback whose pods are processes of this machine. */
export interface Cluster {
  /** The API server, for a Bearer token. */
  readonly url: string;
  /** The certificate authority in PEM; '' without TLS. */
  readonly ca: string;
  /** A kubeconfig for a token. kubectl sends tokens over TLS only. */
  kubeconfig(token: string, namespace?: string): string;
  readonly tokens: ClusterAccess['tokens'];
  /** Where node ports answer. */
  readonly nodeAddress: string;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly watches: OpenWatches;
  readonly issueToken: ClusterAccess['issueToken'];
  readonly revokeToken: ClusterAccess['revokeToken'];
  /** Applies manifests (YAML, or objects), making their namespaces first; throws an ApiError. */
  apply(manifests: string | readonly Manifest[]): Applied[];
  delete(resource: Resource, key: ObjectKey): void;
  get<R extends Resource>(resource: R, key: ObjectKey): Resources[R] | undefined;
  list<R extends Resource>(resource: R, namespace?: string): Resources[R][];
  /** Resolves when `condition` holds, looked at after each change; rejects after `timeoutMs` (20 s). */
  until(what: string, condition: () => boolean, timeoutMs?: number): Promise<void>;
  /** Starts a GitOps controller for a branch. */
  follow(options: FollowOptions): Followed;
  /** Shows a recording instead of what the cluster does by itself, in real time or that of `timer`. */
  playTrace(lines: readonly string[], timer?: Timer): PlayedTrace;
  /** The kubelet of a node falls silent, and the node controller has noticed. */
  stopNode(name: string): void;
  /** Forgets old versions: watches that go on from them get 410 Gone. */
  compact(): void;
  close(): Promise<void>;
}

/** How a cluster is started. */
export interface ClusterOptions {
  /** The registry whose credentials the nodes have; images come from wherever their reference says. */
  readonly registry?: { host: string; credentials: { username: string; password: string } };
  readonly nodes?: number;
  /** Serves HTTPS with a certificate of its own, as real kubectl needs it. */
  readonly tls?: boolean;
  readonly pace?: Partial<Pace>;
  /** How often a watch gets a bookmark; 60 s on a real server. */
  readonly bookmarkMs?: number;
  /** A free one when it is 0 or left out. */
  readonly port?: number;
}

/** Starts a cluster; closed, none of its processes is left. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const ended = new AbortController();
  // Each controller and each followed branch listens for the end.
  setMaxListeners(0, ended.signal);
  const world = createWorld(ended.signal, options.pace);
  const network = await takeNetwork();
  const { registry } = options;
  const credentials: Credentials = (host) => (host === registry?.host ? registry.credentials : undefined);
  const kubelet = await startKubelet(world, { network, credentials });
  runControllers(world, network);
  const watches = createOpenWatches();
  const api = { world, kubelet, watches, bookmarkMs: options.bookmarkMs ?? 10_000 };
  const certificate = options.tls === true ? createLoopbackCertificate() : undefined;
  const listener: RequestListener = (request, response) => {
    // A client that goes away in the middle of its request is no failure of the sandbox.
    serveRequest(api, request, response).catch(() => response.destroy());
  };
  const server = certificate === undefined ? createServer(listener) : createSecureServer(certificate, listener);
  const port = await listen(server, options.port);
  seed(world, { nodes: options.nodes ?? 2, nodeAddress: network.nodeAddress });
  const url = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const ca = certificate?.cert ?? '';
  return {
    ...operations(world),
    ...{ url, ca, nodeAddress: network.nodeAddress, watches },
    kubeconfig: (token, namespace = 'default') => renderKubeconfig({ url, ca, token, namespace }),
    async close() {
      ended.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([kubelet.close(), ...world.tasks]);
      await network.close();
    },
  };
}

function createWorld(signal: AbortSignal, pace: Partial<Pace> = {}): World {
  const clock = createClock();
  const store = createStore(() => clock.now());
  return {
    ...{ store, clock, signal, record: createEventRecorder(store, () => clock.now()), access: createClusterAccess() },
    ...{ requests: createRequestLog(), faults: createFaults(), running: { controllers: true } },
    ...{ tasks: new Set(), silentNodes: new Set() },
    pace: { backOffScale: 0.03, secondMs: 300, ...pace },
  };
}

function runControllers(world: World, network: ClusterNetwork): void {
  const controllers = [runScheduler, runDeployments, runReplicaSets, runStatefulSets, runDaemonSets, runJobs];
  for (const run of [...controllers, runGarbageCollector]) run(world);
  runServices(world, network);
}

function operations(world: World): Omit<Cluster, 'url' | 'ca' | 'kubeconfig' | 'nodeAddress' | 'watches' | 'close'> {
  const { store, access, requests, faults } = world;
  const { tokens, issueToken, revokeToken } = access;
  return {
    ...{ tokens, issueToken, revokeToken, requests, faults },
    apply: (manifests) => {
      const objects = typeof manifests === 'string' ? parseManifests(manifests) : manifests;
      for (const { metadata } of objects) ensureNamespace(world, metadata.namespace);
      return objects.map((object) => applyManifest(store, object));
    },
    delete: (resource, key) => deleteObject(store, resource, { key, nowMs: world.clock.now() }),
    get: (resource, key) => store.get(resource, key),
    list: (resource, namespace) => store.list(resource, namespace),
    until: (what, condition, timeoutMs = 20_000) => until(world, { what, condition, timeoutMs }),
    follow: (options) => followRepository(world, options),
    playTrace: (lines, timer = systemTimer) => playTrace(world, lines, timer),
    stopNode: (name) => stopNode(world, name),
    compact: () => store.compact(),
  };
}

/** The objects of a YAML stream; empty documents are left out. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object): object is Manifest => object !== null);
}

function renderKubeconfig(access: { url: string; ca: string; token: string; namespace: string }): string {
  const { url, ca, token, namespace } = access;
  const trust = ca === '' ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  // JSON is YAML, too.
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'sandbox' },
    clusters: [{ name: 'sandbox', cluster: { server: url, ...trust } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox', namespace } }],
  });
}

function ensureNamespace({ store }: World, name: string | undefined): void {
  if (name === undefined || store.get('namespaces', { name }) !== undefined) return;
  const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata, spec: {}, status: { phase: 'Active' } });
}

function seed(world: World, { nodes, nodeAddress }: { nodes: number; nodeAddress: string }): void {
  ensureNamespace(world, 'default');
  for (let number = 0; number < nodes; number++) {
    const name = `node-${number}`;
    const resources = { cpu: '8', memory: '16Gi', pods: '110' };
    const at = new Date(world.clock.now()).toISOString();
    const told = { reason: 'KubeletReady', message: 'kubelet is posting ready status' };
    const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: at, lastTransitionTime: at, ...told };
    const addresses = [{ type: 'InternalIP', address: nodeAddress }];
    world.store.create('nodes', {
      ...{ apiVersion: 'v1', kind: 'Node', spec: {} },
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
      status: { capacity: resources, allocatable: resources, conditions: [ready], addresses },
    });
  }
}

function until(
  { store, signal }: World,
  { what, condition, timeoutMs }: { what: string; condition: () => boolean; timeoutMs: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const check = () => {
      try {
        if (condition()) finish(resolve);
      } catch (error) {
        // Thrown here, inside of a change, it would end up in the controller that made the change.
        finish(() => reject(error));
      }
    };
    const stop = store.onChange(check);
    const late = () => finish(() => reject(new Error(`Waited ${timeoutMs} ms in vain: ${what}`)));
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', late, { once: true });
    check();
  });
}
