import { randomInt } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Service, ServicePort } from '../kube-objects.ts';
import type { ClusterNetwork } from '../network.ts';
import type { Pod } from '../pod-objects.ts';
import { selects } from '../selectors.ts';
import { keyOf, type ObjectKey } from '../store.ts';
import type { World } from '../world.ts';
import { isReady } from './pods-of.ts';
import { runController } from './work-queue.ts';

/** An address that a service sends a connection to. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/** Gives services their addresses, keeps their Endpoints, and forwards what comes to cluster IPs and node ports. */
export function runServices(world: World, network: ClusterNetwork): void {
  const listening = new Map<string, Listening>();
  runController(world, {
    concerns: ({ resource, object: { metadata } }) => {
      if (resource === 'services') return [{ namespace: metadata.namespace, name: metadata.name }];
      if (resource !== 'pods') return [];
      return world.store
        .list('services', metadata.namespace)
        .filter(({ spec }) => spec.selector !== undefined && selects({ matchLabels: spec.selector }, metadata.labels))
        .map((service) => ({ namespace: metadata.namespace, name: service.metadata.name }));
    },
    reconcile(key) {
      const service = assignAddresses(world, network, key);
      if (service === undefined) {
        closeAll(listening, keyOf(key));
        world.store.remove('endpoints', key);
        return undefined;
      }
      writeEndpoints(world, service);
      listen(world, { service, network, listening });
      return undefined;
    },
  });
  world.signal.addEventListener('abort', () => closeAll(listening, ''));
}

/** The ready endpoints behind a port of a service, by its number or name. */
export function endpointsOf({ store }: World, service: Service, port: string): Endpoint[] {
  const { ports = [], selector } = service.spec;
  const wanted = ports.find((each) => String(each.port) === port || each.name === port);
  if (wanted === undefined || selector === undefined) return [];
  return store
    .list('pods', service.metadata.namespace)
    .filter((pod) => selects({ matchLabels: selector }, pod.metadata.labels) && isReady(pod))
    .flatMap((pod) => {
      const target = targetPort(pod, wanted);
      return target === undefined || pod.status.podIP === undefined ? [] : [{ ip: pod.status.podIP, port: target }];
    });
}

function targetPort({ spec }: Pod, { targetPort: target, port }: ServicePort): number | undefined {
  if (target === undefined) return port;
  if (typeof target === 'number') return target;
  return spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)?.containerPort;
}

function assignAddresses({ store }: World, network: ClusterNetwork, key: ObjectKey): Service | undefined {
  return store.change('services', key, ({ spec }) => {
    spec.clusterIP ??= network.takeServiceAddress();
    for (const port of spec.ports ?? []) {
      port.protocol ??= 'TCP';
      port.targetPort ??= port.port;
      if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') port.nodePort ??= randomInt(30_000, 32_768);
    }
  });
}

function writeEndpoints(world: World, service: Service): void {
  const { store } = world;
  const { namespace, name } = service.metadata;
  const subsets = (service.spec.ports ?? []).flatMap((port) => {
    const found = endpointsOf(world, service, String(port.port));
    if (found.length === 0) return [];
    const { protocol = 'TCP' } = port;
    const named = port.name === undefined ? {} : { name: port.name };
    return [{ addresses: found.map(({ ip }) => ({ ip })), ports: [{ ...named, port: found[0]?.port, protocol }] }];
  });
  const known = store.get('endpoints', { namespace, name }) as { subsets?: unknown } | undefined;
  if (known === undefined) {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    store.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets } as never);
  } else if (!isDeepStrictEqual(known.subsets, subsets)) {
    store.change('endpoints', { namespace, name }, (draft) => void Object.assign(draft, { subsets }));
  }
}

function listen(
  world: World,
  { service, network, listening }: { service: Service; network: ClusterNetwork; listening: Map<string, Listening> },
): void {
  for (const port of service.spec.ports ?? []) {
    const addresses: [string | undefined, number | undefined][] = [
      [service.spec.clusterIP, port.port],
      [network.nodeAddress, port.nodePort],
    ];
    for (const [address, number] of addresses) {
      const id = `${keyOf(service.metadata)} ${address}:${number}`;
      if (address === undefined || address === 'None' || number === undefined || listening.has(id)) continue;
      listening.set(id, forward(world, { service, port, address, number }));
    }
  }
}

function forward(
  world: World,
  { service, port, address, number }: { service: Service; port: ServicePort; address: string; number: number },
): Listening {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const endpoints = endpointsOf(world, service, String(port.port));
    const endpoint = endpoints[turn++ % Math.max(1, endpoints.length)];
    // Without endpoints the kernel rejects the connection; a reset is the nearest to that.
    if (endpoint === undefined) return void client.resetAndDestroy();
    const upstream = connect(endpoint.port, endpoint.ip);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.on('error', (error) => {
    const message = `node port ${number}: ${error.message}`;
    world.record({ about: service, reason: 'FailedToListen', message, type: 'Warning', component: 'kube-proxy' });
  });
  server.listen(number, address);
  return { server, sockets };
}

function closeAll(listening: Map<string, Listening>, key: string): void {
  for (const [id, { server, sockets }] of listening) {
    if (key !== '' && !id.startsWith(`${key} `)) continue;
    listening.delete(id);
    server.close();
    for (const socket of sockets) socket.destroy();
  }
}
