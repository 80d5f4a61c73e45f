import { EventEmitter, once } from 'node:events';
import { writeSync } from 'node:fs';
import type { Server } from 'node:net';
import type { Readable } from 'node:stream';

// The file descriptor by which a container tells the ports that it listens on, a line each.
const portsFd = 3;

/** In the container: tells the port of `server` as soon as it listens. */
export function tellPort(server: Server): Server {
  return server.once('listening', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) writeSync(portsFd, `${address.port}\n`);
  });
}

/** On the node: gives the function that waits until the container listens on a port, for ever when it never does. */
export function hearPorts(stdio: readonly unknown[]): (port: number) => Promise<void> {
  const open = new Set<string>();
  const heard = new EventEmitter();
  (stdio[portsFd] as Readable).on('data', (lines: Buffer) => {
    for (const port of lines.toString().trim().split('\n')) {
      open.add(port);
      heard.emit(port);
    }
  });
  return async (port) => {
    if (!open.has(`${port}`)) await once(heard, `${port}`);
  };
}
