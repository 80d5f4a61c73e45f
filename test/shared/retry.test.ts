import { describe, expect, test } from '@jest/globals';
import { decideRetry } from '#shared/github/decide-retry.ts';
import { retry, retryAfterMs, type Timer } from '#shared/retry.ts';

function virtualTimer(): Timer & { waits: number[] } {
  let now = 1_000_000;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  };
}

function httpError(status: number | undefined, headers: Record<string, string> = {}, message = ''): Error {
  const response = status === undefined ? undefined : { headers, data: { message } };
  return Object.assign(new Error(message), { name: 'HttpError', status: status ?? 500, response });
}

describe('retrying', () => {
  test('waits as decided, and gives the first success', async () => {
    const timer = virtualTimer();
    let calls = 0;
    const result = await retry(
      async () => {
        calls += 1;
        if (calls < 3) throw new Error('not yet');
        return calls;
      },
      (_, attempt) => ({ retry: true, afterMs: attempt * 100 }),
      { timer, budgetMs: 10_000 },
    );
    expect([result, timer.waits]).toEqual([3, [100, 200]]);
  });

  test('does not begin a wait that would pass the budget: the last error is told', async () => {
    const timer = virtualTimer();
    const always = retry(
      async () => {
        throw new Error('limit');
      },
      () => ({ retry: true, afterMs: 4_000 }),
      { timer, budgetMs: 10_000 },
    );
    await expect(always).rejects.toThrow('limit');
    expect(timer.waits).toEqual([4_000, 4_000]);
  });

  test.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:17:00 GMT', 20_000],
    ['', undefined],
    ['soon', undefined],
  ])('Retry-After %j is %p ms', (header, ms) => {
    expect(retryAfterMs(header, 1_000_000)).toBe(ms);
  });
});

describe('what GitHub answers, and whether it is asked again', () => {
  const timer = virtualTimer();
  test.each([
    ['read', httpError(502), true],
    ['write', httpError(502), false],
    ['read', httpError(undefined), true],
    ['write', httpError(undefined), false],
    ['read', httpError(404), false],
    ['read', httpError(403, {}, 'Resource not accessible by integration'), false],
    ['write', httpError(403, { 'retry-after': '7' }, 'You have exceeded a secondary rate limit'), true],
    ['write', httpError(429), true],
    ['write', httpError(422, {}, 'Reference already exists'), false],
    ['read', new TypeError('a bug of ours'), false],
  ] as const)('%s, %p: again = %p', (kind, error, again) => {
    expect(decideRetry(error, { kind, attempt: 1, timer }).retry).toBe(again);
  });

  test('a rate limit is waited out as long as GitHub says', () => {
    const wait = (headers: Record<string, string>) =>
      decideRetry(httpError(403, headers, 'rate limit'), { kind: 'write', attempt: 1, timer });
    expect(wait({ 'retry-after': '7' })).toMatchObject({ afterMs: 7_000 });
    expect(wait({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1030' })).toMatchObject({ afterMs: 31_000 });
    expect(wait({})).toMatchObject({ afterMs: 60_000 });
    // The clock of the runner, at 1,000 seconds, may be wrong.
    const date = new Date(5_000_000).toUTCString();
    const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5030' };
    expect(wait({ ...reset, date })).toMatchObject({ afterMs: 31_000 });
    expect(wait({ 'retry-after': new Date(5_007_000).toUTCString(), date })).toMatchObject({ afterMs: 7_000 });
  });

  test('it gives up after five tries', () => {
    expect(decideRetry(httpError(429), { kind: 'read', attempt: 5, timer }).retry).toBe(false);
  });
});
