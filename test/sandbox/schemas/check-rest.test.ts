import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { routes } from '../github/routes.ts';
import { type Fixture, startFixture } from '../github/sandbox-fixture.ts';
import { githubTraffic, type RestExchange, type Traffic } from '../github/traffic.ts';
import { createRestCheck } from './check-rest.ts';
import { askBeyondDescription, askEveryRoute } from './every-route.ts';
import { exceptionFor, exceptions } from './exceptions.ts';
import { type Mutation, mutateBody, mutateFrame, mutateReply } from './mutations.ts';
import { readRawSchemas } from './read-raw-schema.ts';

const recorded: RestExchange[] = [];
const listen = (message: unknown) => {
  if ((message as Traffic).kind === 'rest') recorded.push(message as RestExchange);
};
const check = createRestCheck();
let fixture: Fixture;
let watchedByJest = false;

beforeAll(async () => {
  watchedByJest = githubTraffic().hasSubscribers;
  fixture = await startFixture();
  githubTraffic().subscribe(listen);
});
afterAll(async () => {
  githubTraffic().unsubscribe(listen);
  await fixture.close();
});

/** The mutations of the longest exchange of each operation and status. */
function mutations(mutate: (exchange: RestExchange) => Mutation[]): Mutation[] {
  const longest = new Map<string, RestExchange>();
  for (const exchange of recorded) {
    const key = `${check(exchange).operation} ${exchange.status}`;
    const length = ({ body, reply }: RestExchange) => body.length + reply.length;
    if (length(longest.get(key) ?? exchange) <= length(exchange)) longest.set(key, exchange);
  }
  return [...longest.values()].flatMap(mutate);
}

/** Those that the check lets pass although GitHub's description, read in the plainest way, does not. */
function missed(part: 'body' | 'reply', tried: readonly Mutation[]): string[] {
  const readPlace = readRawSchemas();
  return tried.flatMap(({ what, path = [], exchange }) => {
    const { operation, problems } = check(exchange);
    if (problems.length > 0) return [];
    const { required, open } = readPlace(operation, part === 'body' ? 'body' : exchange.status, path);
    const allowed = what.endsWith(' missing') ? !required : open;
    return allowed ? [] : [`${operation}: ${what}`];
  });
}

describe('the check of REST traffic', () => {
  test('is on in every test without a word', () => {
    expect(watchedByJest).toBe(true);
  });

  test('finds nothing wrong with any route of the sandbox', async () => {
    await askEveryRoute(fixture);
    const asked = (method: string, pattern: RegExp) =>
      recorded.some((one) => one.method === method && pattern.test(one.path) && one.status < 400);
    const left = routes.filter(({ method, pattern }) => !asked(method, pattern));
    expect(left.map(({ method, pattern }) => `${method} ${pattern.source}`)).toEqual([]);
    expect(recorded.flatMap((exchange) => check(exchange).problems)).toEqual([]);
  });

  test('is given each of its exceptions by real traffic', async () => {
    const before = recorded.length;
    await askBeyondDescription(fixture);
    const problems = recorded.slice(before).flatMap((exchange) => {
      const { operation, problems: found } = check(exchange);
      return found.map((problem) => exceptionFor(operation, problem));
    });
    expect([...new Set(problems)].sort()).toEqual([...exceptions.keys()]);
    expect(exceptions.filter(({ reason, source }) => reason.length < 20 || !source.startsWith('https://'))).toEqual([]);
    recorded.length = before;
  });

  test.each(['message', 'documentation_url'])('finds a refusal without %s, where GitHub requires nothing', (name) => {
    const reply = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', [name]: undefined };
    const exchange = {
      kind: 'rest',
      method: 'GET',
      path: '/repos/acme/thoughts/labels/x',
      query: '',
      body: '',
    } as const;
    const { problems } = check({ ...exchange, status: 404, reply: JSON.stringify(reply) });
    expect(problems).toEqual([`reply 404: body: must have required property '${name}'`]);
  });

  test('finds each unknown path and parameter, wrong method, undocumented status and reply that is no JSON', () => {
    const tried = mutations(mutateFrame);
    expect(tried.length).toBeGreaterThan(5 * routes.length - 1);
    expect(tried.filter(({ exchange }) => check(exchange).problems.length === 0)).toEqual([]);
  });

  test('finds each required field that a request lacks, each wrong type and each undeclared field', () => {
    const tried = mutations(mutateBody);
    expect(tried.length).toBeGreaterThan(100);
    expect(missed('body', tried)).toEqual([]);
  });

  test('finds each required field that a reply lacks, each wrong type and each undeclared field', () => {
    const tried = mutations(mutateReply);
    expect(tried.length).toBeGreaterThan(10_000);
    // A merge that failed is described as the same reply without `sha`.
    expect(missed('reply', tried)).toEqual(['pulls/get-merge-async-result: details.sha missing']);
  }, 120_000);
});
