import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';
import { childrenOf } from '../sandbox/end-with-parent.ts';

/** A TCP socket of a process. `remote` is 0.0.0.0 or :: while it listens. */
export interface OpenSocket {
  readonly local: string;
  readonly port: number;
  readonly remote: string;
  readonly isListening: boolean;
}

/** The TCP sockets that this process and all that it has started have open now. Linux only. */
export function openSockets(): OpenSocket[] {
  const inodes = new Set(familyOf(process.pid).flatMap(socketInodes));
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return lines.flatMap((line) => parseSocketLine(line) ?? []).filter(({ inode }) => inodes.has(inode));
}

/** Whether an address is of 127.0.0.0/8 or ::1, also written as an IPv6 address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

/** Reads a line of /proc/net/tcp or tcp6 (https://docs.kernel.org/networking/proc_net_tcp.html); undefined for its heading. */
export function parseSocketLine(line: string): (OpenSocket & { inode: string }) | undefined {
  const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}$/.test(local)) return undefined;
  const [address = '', port = ''] = local.split(':');
  return {
    ...{ local: addressOf(address), port: Number.parseInt(port, 16), remote: addressOf(remote.split(':')[0] ?? '') },
    ...{ isListening: state === '0A', inode },
  };
}

function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

function socketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).flatMap((name) => {
    const link = attempt(() => readlinkSync(`${folder}/${name}`), '');
    return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [];
  });
}

// A process or a file may be gone by the time it is looked at.
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

// The kernel prints each four bytes as one number of the machine's own byte order.
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.subarray(0, 12).toString('hex') === '00000000000000000000ffff';
  if (mapped) return `::ffff:${bytes.subarray(12).join('.')}`;
  const groups = (bytes.toString('hex').match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
