import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a port of 127.0.0.1, a free one for 0, and gives the port; rejects when the port is taken. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} of 127.0.0.1 is in use already`) : error);
    server.once('error', refuse);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refuse);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
