import { Server } from 'node:net';
import process from 'node:process';
import { endWithParent } from '../../end-with-parent.ts';
import { tellPort } from './container-ports.ts';

// Preloaded into every container (`node --import`): a sandbox that is killed cannot clean up, so containers do it,
// and a pod has an address of its own, so that "all addresses" means this one.
const address = process.env['SANDBOX_POD_IP'] ?? '';
const everywhere = new Set<unknown>([undefined, '', '0.0.0.0', '::']);
const listen = Server.prototype.listen as (...parameters: unknown[]) => Server;

function listenInPod(this: Server, ...parameters: unknown[]): Server {
  const [first, second] = parameters;
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    const rest = typeof second === 'string' ? parameters.slice(2) : parameters.slice(1);
    const host = typeof second === 'string' && !everywhere.has(second) ? second : address;
    return tellPort(listen.call(this, Number(first), host, ...rest));
  }
  if (typeof first === 'object' && first !== null && 'port' in first) {
    const { host } = first as { host?: string };
    const inPod = { ...first, ...(everywhere.has(host) ? { host: address } : {}) };
    return tellPort(listen.call(this, inPod, ...parameters.slice(1)));
  }
  return listen.apply(this, parameters);
}

if (address !== '') Server.prototype.listen = listenInPod as typeof Server.prototype.listen;
endWithParent();
