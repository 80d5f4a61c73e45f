import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createFaults, deliver } from './faults.ts';

const faults = createFaults();
let applied = 0;
let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const fault = faults.take({ method: request.method ?? '', path: request.url ?? '' });
    const answer = async () => {
      applied += 1;
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'the whole answer' };
    };
    void deliver({ request, response }, fault, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  faults.clear();
  applied = 0;
});

const ask = async (path = '/', method = 'GET') => {
  const response = await fetch(url + path, { method });
  return `${response.status} ${await response.text()}`;
};

describe('faults', () => {
  test('a reset before leaves nothing behind, a reset after does', async () => {
    faults.add({ kind: 'reset-before' });
    await expect(ask('/', 'POST')).rejects.toThrow();
    expect(applied).toBe(0);
    faults.add({ kind: 'reset-after' });
    await expect(ask('/', 'POST')).rejects.toThrow();
    expect(applied).toBe(1);
    expect(await ask()).toBe('200 the whole answer');
  });

  test('the n-th request is counted among those that match', async () => {
    faults.add({ kind: 'status', status: 503, request: 2, match: { method: 'POST', path: /refs$/ }, body: 'busy' });
    expect(await ask('/refs', 'POST')).toMatch(/^200/);
    expect(await ask('/refs')).toMatch(/^200/);
    expect(await ask('/tags', 'POST')).toMatch(/^200/);
    expect(faults.pending).toBe(1);
    expect(await ask('/refs', 'POST')).toBe('503 busy');
    expect(await ask('/refs', 'POST')).toMatch(/^200/);
    expect([applied, faults.pending]).toEqual([4, 0]);
  });

  test('an error may come after the request took effect, several times, with headers', async () => {
    faults.add({ kind: 'status', status: 429, afterApplied: true, times: 2, headers: { 'retry-after': '1' } });
    expect((await fetch(url)).headers.get('retry-after')).toBe('1');
    expect(await ask()).toBe('429 {"message":"Scripted fault"}');
    expect(await ask()).toMatch(/^200/);
    expect(applied).toBe(3);
  });

  test('a truncated body breaks off, a slow answer arrives late', async () => {
    faults.add({ kind: 'truncate' });
    await expect(ask()).rejects.toThrow();
    faults.add({ kind: 'slow', delayMs: 60 });
    const start = performance.now();
    expect(await ask()).toBe('200 the whole answer');
    expect(performance.now() - start).toBeGreaterThan(50);
  });
});
