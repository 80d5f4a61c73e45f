import type { ServerResponse } from 'node:http';
import type { ContainerLog } from './kubelet/container-log.ts';

/** Sends a log as `pods/log` does, with tailLines, limitBytes, timestamps and follow; gives the status. */
export function sendLog(log: ContainerLog, query: URLSearchParams, response: ServerResponse): number {
  const tail = query.get('tailLines');
  const limit = Number(query.get('limitBytes') ?? '0') || Number.POSITIVE_INFINITY;
  const dated = query.get('timestamps') === 'true';
  const render = ({ at, text }: { at: string; text: string }) => `${dated ? `${at} ` : ''}${text}\n`;
  const kept = tail === null ? log.lines() : Number(tail) === 0 ? [] : log.lines().slice(-Number(tail));
  response.writeHead(200, { 'content-type': 'text/plain' });
  const whole = Buffer.from(kept.map(render).join(''));
  response.write(whole.subarray(0, Math.min(limit, whole.length)));
  if (query.get('follow') === 'true')
    response.on(
      'close',
      log.follow((line) => response.write(render(line))),
    );
  else response.end();
  return 200;
}
