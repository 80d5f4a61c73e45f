import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** The cluster's own part of 127.0.0.0/8: all of it is loopback on Linux, so each pod can have an address of its own. */
export interface ClusterNetwork {
  /** Where NodePorts answer: 127.x.y.1. */
  readonly nodeAddress: string;
  takePodAddress(): string;
  givePodAddress(address: string): void;
  takeServiceAddress(): string;
  close(): Promise<void>;
}

const kubeletPort = 10250;
const attempts = 50;

/** Takes a free /24 of the loopback network, held by a listener on its first address. */
export async function takeNetwork(): Promise<ClusterNetwork> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const prefix = `127.${randomInt(16, 250)}.${randomInt(1, 250)}`;
    const lock = await listen(`${prefix}.1`, kubeletPort);
    if (lock !== undefined) return networkOf(prefix, lock);
  }
  throw new Error('No free address in 127.0.0.0/8: this sandbox needs Linux, where all of it is loopback');
}

function networkOf(prefix: string, lock: Server): ClusterNetwork {
  const used = new Set<number>();
  let last = 1;
  let service = 200;
  return {
    nodeAddress: `${prefix}.1`,
    // Addresses go round, so that a client of an ended pod does not meet another one at once.
    takePodAddress() {
      for (let step = 0; step < 198; step++) {
        last = last >= 199 ? 2 : last + 1;
        if (used.has(last)) continue;
        used.add(last);
        return `${prefix}.${last}`;
      }
      throw new Error('The sandbox cluster has no pod address left');
    },
    givePodAddress: (address) => void used.delete(Number(address.split('.')[3])),
    takeServiceAddress: () => `${prefix}.${200 + (service++ % 54)}`,
    close: () => new Promise((resolve) => lock.close(() => resolve())),
  };
}

function listen(address: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, address, () => resolve(server));
  });
}
