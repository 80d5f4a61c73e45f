import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ClusterClient, connectCluster } from '#shared/cluster/client.ts';
import { listAndWatch, type WatchEvent } from '#shared/cluster/watch.ts';
import { UserError } from '#shared/errors.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer } from '#shared/retry.ts';
import { ScriptedApiServer } from './scripted-api-server.ts';

const query = { resource: 'pods', namespace: 'shop' };
let server: ScriptedApiServer;
let client: ClusterClient;
let stop: AbortController;
let events: WatchEvent[];

beforeEach(async () => {
  server = await new ScriptedApiServer().start();
  const endpoint = { url: server.url, readToken: () => server.token };
  client = connectCluster({ endpoint, meter: new RequestMeter(), timer: systemTimer });
  stop = new AbortController();
  events = [];
});

afterEach(async () => {
  stop.abort();
  client.close();
  await server.close();
});

function follow(options: { idleTimeoutMs?: number; pollMs?: number } = {}): Promise<void> {
  const onEvent = (event: WatchEvent) => void events.push(event);
  return listAndWatch(query, { client, timer: systemTimer, signal: stop.signal, onEvent, ...options });
}

async function until(condition: () => boolean, timeoutMs = 3000): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > timeoutMs) throw new Error(`not within ${timeoutMs} ms; seen ${JSON.stringify(told())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function told(): string[] {
  return events.map(({ type, object }) => {
    if ('items' in object)
      return `LIST ${(object.items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)}`;
    return `${type} ${(object as { metadata: { name: string } }).metadata.name}`;
  });
}

const lists = () => server.requests.filter(({ watch }) => !watch).length;
const pod = (name: string) => ({ metadata: { name, namespace: 'shop', managedFields: [{ manager: 'kubelet' }] } });

describe('listAndWatch', () => {
  test('tells the list, then every change', async () => {
    server.put('pods', pod('a'));
    void follow();
    await until(() => server.openWatches === 1);
    server.put('pods', pod('b'));
    server.remove('pods', 'a');
    await until(() => events.length === 3);
    expect(told()).toEqual(['LIST a', 'ADDED b', 'DELETED a']);
    expect(JSON.stringify(events)).not.toContain('managedFields');
  });

  test('goes on from the last version after the connection was cut: nothing is lost, nothing is listed again', async () => {
    server.put('pods', pod('a'));
    void follow();
    await until(() => server.openWatches === 1);
    server.put('pods', pod('b'));
    await until(() => events.length === 2);
    server.cutWatches();
    server.put('pods', pod('c'));
    await until(() => events.length === 3, 1000);
    expect(told()).toEqual(['LIST a', 'ADDED b', 'ADDED c']);
    expect(lists()).toBe(1);
  });

  test('goes on from a bookmark, which is newer than the last change', async () => {
    void follow();
    await until(() => server.openWatches === 1);
    server.bookmark();
    await until(() => events.length === 2);
    server.cutWatches();
    await until(() => server.openWatches === 1);
    const last = events.at(-1)?.object as { metadata: { resourceVersion: string } };
    server.cutWatches();
    await until(() => server.requests.length >= 3);
    expect(server.requests.at(-1)?.path).toContain(`resourceVersion=${last.metadata.resourceVersion}`);
  });

  test('lists again when its version is gone (410)', async () => {
    server.put('pods', pod('a'));
    void follow();
    await until(() => server.openWatches === 1);
    server.compact();
    server.cutWatches();
    server.put('pods', pod('b'));
    await until(() => events.length >= 2);
    expect(told().at(-1)).toBe('LIST a,b');
  });

  test('waits as long as a 429 asks', async () => {
    server.answers.push({ match: /pods\?/, status: 429, headers: { 'retry-after': '1' } });
    const started = Date.now();
    void follow();
    await until(() => events.length === 1);
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  test('repeats a list that broke off', async () => {
    server.put('pods', pod('a'));
    server.answers.push({ match: /pods\?/, status: 0, reset: true }, { match: /pods\?/, status: 503 });
    void follow();
    await until(() => events.length === 1);
    expect(told()).toEqual(['LIST a']);
  });

  test('polls where listing is allowed and watching is not', async () => {
    server.answers.push({ match: /watch=true/, status: 403, body: '{"message":"cannot watch pods"}' });
    void follow({ pollMs: 50 });
    await until(() => events.length >= 2);
    server.put('pods', pod('late'));
    await until(() => told().at(-1) === 'LIST late');
    expect(server.openWatches).toBe(0);
  });

  test('polls on after a list that failed for long', async () => {
    client.close();
    const endpoint = { url: server.url, readToken: () => server.token };
    client = connectCluster({ endpoint, meter: new RequestMeter(), timer: systemTimer, retryBudgetMs: 0 });
    server.answers.push({ match: /watch=true/, status: 403, body: '{"message":"cannot watch pods"}' });
    void follow({ pollMs: 50 });
    await until(() => events.length >= 2);
    server.answers.push({ match: /pods\?/, status: 503 });
    const seen = events.length;
    await until(() => server.answers.length === 0 && events.length > seen);
  });

  test('reconnects when the connection is open and silent', async () => {
    void follow({ idleTimeoutMs: 100 });
    await until(() => server.requests.filter(({ watch }) => watch).length >= 2);
    server.put('pods', pod('a'));
    await until(() => events.length === 2);
    expect(lists()).toBe(1);
  });

  test('reads long lists page by page', async () => {
    for (let index = 0; index < 1100; index++) server.put('pods', pod(`p${index}`));
    const answer = await client.list(query);
    expect(answer.items).toHaveLength(1100);
    expect(server.requests).toHaveLength(3);
  });
});

describe('refusals of the API server', () => {
  test('a forbidden list names the Role that would allow it', async () => {
    server.answers.push({ match: /pods\?/, status: 403, body: '{"reason":"Forbidden","message":"pods is forbidden"}' });
    const error = await follow().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).reasonCode).toBe('cluster-forbidden');
    expect((error as UserError).message).toContain('resources: ["pods"], verbs: ["get", "list", "watch"]');
  });

  test('a kind that the cluster does not have is told by its full name', async () => {
    server.answers.push({ match: /kustomizations/, status: 404, body: '404 page not found' });
    const asked = client.list({ resource: 'kustomizations', namespace: 'flux-system' });
    await expect(asked).rejects.toMatchObject({
      reasonCode: 'cluster-lacks-resource',
      message: expect.stringContaining('kustomizations.kustomize.toolkit.fluxcd.io'),
    });
  });

  test('an unknown token is asked once more, then told', async () => {
    const stranger = connectCluster({
      endpoint: { url: server.url, readToken: () => 'wrong' },
      meter: new RequestMeter(),
      timer: systemTimer,
    });
    const error = await stranger.list(query).catch((thrown: unknown) => thrown);
    expect((error as UserError).reasonCode).toBe('cluster-unauthorized');
    expect(server.requests).toHaveLength(2);
    stranger.close();
  });
});

describe('the clock of the API server', () => {
  test.each([-600_000, 600_000])('is followed when it is %i ms away', async (skew) => {
    server.skewMs = skew;
    await client.list(query);
    const behind = Date.now() + skew - client.now();
    expect(behind).toBeGreaterThanOrEqual(-1);
    // The Date header has whole seconds, and the answer took its time; the skew is ten minutes.
    expect(behind).toBeLessThanOrEqual(10_000);
  });
});
