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

  test.each([
    ['500', { status: 500 }, '500 {"message":"Scripted fault"}', null],
    ['502 with a page of HTML', { status: 502, body: '<h1>Bad Gateway</h1>' }, '502 <h1>Bad Gateway</h1>', null],
    ['503', { status: 503, body: { message: 'busy' } }, '503 {"message":"busy"}', null],
    ['403 without retry-after', { status: 403, body: 'wait' }, '403 wait', null],
    ['403 with retry-after', { status: 403, body: 'wait', headers: { 'retry-after': '7' } }, '403 wait', '7'],
    ['429 without retry-after', { status: 429, body: 'wait' }, '429 wait', null],
    ['429 with retry-after', { status: 429, body: 'wait', headers: { 'retry-after': '7' } }, '429 wait', '7'],
  ])('the third request gets %s, before and after it took effect', async (_, fault, told, retryAfter) => {
    for (const afterApplied of [false, true]) {
      applied = 0;
      faults.add({ kind: 'status', request: 3, afterApplied, ...fault });
      expect([await ask('/', 'POST'), await ask()]).toEqual(['200 the whole answer', '200 the whole answer']);
      const response = await fetch(url, { method: 'POST' });
      expect(`${response.status} ${await response.text()}`).toBe(told);
      expect(response.headers.get('retry-after')).toBe(retryAfter);
      expect([applied, faults.pending]).toEqual([afterApplied ? 3 : 2, 0]);
    }
  });

  test('a truncated body breaks off in its middle, after the request took effect', async () => {
    faults.add({ kind: 'truncate' });
    const response = await fetch(url, { method: 'POST' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '16']);
    await expect(response.text()).rejects.toThrow();
    expect(applied).toBe(1);
  });

  test('a slow answer is overtaken by those that were asked for later', async () => {
    faults.add({ kind: 'slow', delayMs: 50 });
    const told: string[] = [];
    const slow = ask('/').then((answer) => told.push(`slow: ${answer}`));
    await new Promise<void>((resolve) => server.once('request', () => resolve()));
    told.push(`next: ${await ask('/next')}`);
    await slow;
    expect(told).toEqual(['next: 200 the whole answer', 'slow: 200 the whole answer']);
  });

  test('a part without a past takes no stale reads', () => {
    expect(() => faults.add({ kind: 'stale' })).toThrow('cannot answer stale reads');
  });

  test('stale reads pass over writes and tell how far back they go', () => {
    const lagging = createFaults({ hasPast: true });
    lagging.add({ kind: 'stale', writes: 3, match: { path: '/a' } });
    lagging.add({ kind: 'stale' });
    expect(lagging.staleWrites).toBe(3);
    expect(lagging.take({ method: 'POST', path: '/a', write: true })).toBeUndefined();
    expect(lagging.take({ method: 'GET', path: '/a', write: false })).toMatchObject({ writes: 3 });
    expect([lagging.staleWrites, lagging.pending]).toEqual([1, 1]);
  });
});
