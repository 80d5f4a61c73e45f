import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from './server.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await startCluster({ bookmarkMs: 100 });
  cluster.apply([1, 2, 3].map((number) => configMap(`map-${number}`, { parity: number % 2 === 0 ? 'even' : 'odd' })));
});

afterEach(() => cluster.close());

function configMap(name: string, labels: Record<string, string> = {}, data: Record<string, string> = {}): never {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', labels }, data } as never;
}

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

const path = '/api/v1/namespaces/shop/configmaps';
const ask = (query: string, token = cluster.tokens.admin) =>
  fetch(`${cluster.url}${path}?${query}`, { headers: { authorization: `Bearer ${token}` } });
const list = async (query = '') => (await (await ask(query)).json()) as List;
const namesOf = ({ items }: List) => items.map(({ metadata }) => metadata.name);

/** A watch as a client sees it: its status, and the lines as they come. */
async function watch(query: string) {
  const lines: { type: string; object: { metadata?: { name?: string; resourceVersion?: string }; code?: number } }[] =
    [];
  let status = 0;
  let ended: 'open' | 'end' | 'reset' = 'open';
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${cluster.tokens.admin}` };
    const request = get(`${cluster.url}${path}?watch=true&${query}`, { headers }, (response) => {
      status = response.statusCode ?? 0;
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const parts = (rest + chunk.toString()).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) lines.push(JSON.parse(part));
      });
      response.on('end', () => {
        ended = 'end';
      });
      response.on('error', () => {
        ended = 'reset';
      });
      resolve();
    });
    // A reset shows on the response; without a listener here, Node throws it, too.
    request.on('error', () => {});
  });
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 300 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };
  const told = () => lines.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.code ?? ''}`.trim());
  return { lines, told, until, status: () => status, ended: () => ended };
}

describe('a list', () => {
  test('comes in pages that together are everything once', async () => {
    const first = await list('limit=2');
    const second = await list(`limit=2&continue=${first.metadata.continue}`);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['map-1', 'map-2', 'map-3']);
    expect(second.metadata.continue).toBeUndefined();
  });

  test.each([
    ['labelSelector=parity=odd', ['map-1', 'map-3']],
    ['labelSelector=parity!=odd', ['map-2']],
    [`labelSelector=${encodeURIComponent('parity in (even,none)')}`, ['map-2']],
    ['labelSelector=!parity', []],
    ['fieldSelector=metadata.name=map-2', ['map-2']],
  ])('takes %s', async (query, names) => {
    expect(namesOf(await list(query))).toEqual(names);
  });

  test('whose page is asked for too late is 410', async () => {
    const { metadata } = await list('limit=1');
    cluster.compact();
    const late = await ask(`limit=1&continue=${metadata.continue}`);
    expect([late.status, (await late.json()) as object]).toEqual([410, expect.objectContaining({ reason: 'Expired' })]);
  });
});

test('a version that the server has not reached is a timeout with its cause, for a list and for a watch', async () => {
  for (const query of ['', 'watch=true&']) {
    const answer = await ask(`${query}resourceVersion=999999`);
    expect([answer.status, await answer.json()]).toEqual([
      504,
      expect.objectContaining({
        message: expect.stringMatching(/^Too large resource version: 999999, current: \d+$/),
        details: expect.objectContaining({ causes: [expect.objectContaining({ reason: 'ResourceVersionTooLarge' })] }),
      }),
    ]);
  }
});

describe('a watch', () => {
  test('goes on from a version without losing or repeating anything', async () => {
    const { metadata } = await list();
    cluster.apply([configMap('map-4')]);
    const { told, until } = await watch(`resourceVersion=${metadata.resourceVersion}`);
    cluster.apply([configMap('map-4', {}, { a: 'b' })]);
    cluster.delete('configmaps', { namespace: 'shop', name: 'map-4' });
    await until(() => told().length === 3);
    expect(told()).toEqual(['ADDED map-4', 'MODIFIED map-4', 'DELETED map-4']);
  });

  test('shows an object that ceases to match its selector as deleted', async () => {
    const { metadata } = await list();
    const { told, until } = await watch(`resourceVersion=${metadata.resourceVersion}&labelSelector=parity=odd`);
    cluster.apply([configMap('map-1', { parity: 'even' }), configMap('map-2', { parity: 'odd' })]);
    await until(() => told().length === 2);
    expect(told()).toEqual(['DELETED map-1', 'ADDED map-2']);
  });

  test('without a version begins with what is there, and sends bookmarks when asked', async () => {
    const { told, until, lines } = await watch('allowWatchBookmarks=true');
    await until(() => told().includes('BOOKMARK'));
    expect(told().slice(0, 3)).toEqual(['ADDED map-1', 'ADDED map-2', 'ADDED map-3']);
    expect(Number(lines.at(-1)?.object.metadata?.resourceVersion)).toBeGreaterThan(1000);
  });

  test('from a version that is gone is 410, at the start and in the stream', async () => {
    const { metadata } = await list();
    const open = await watch(`resourceVersion=${metadata.resourceVersion}`);
    cluster.compact();
    expect((await watch(`resourceVersion=${metadata.resourceVersion}`)).status()).toBe(410);
    cluster.watches.break('gone');
    await open.until(() => open.ended() === 'end');
    expect(open.told()).toEqual(['ERROR 410']);
  });

  test('ends after its timeout, or when the connection breaks', async () => {
    const short = await watch('timeoutSeconds=1&resourceVersion=0');
    await short.until(() => short.ended() === 'end');
    const broken = await watch('resourceVersion=0');
    cluster.watches.break('reset', 'configmaps');
    await broken.until(() => broken.ended() === 'reset');
    expect(cluster.watches.count).toBe(0);
  });
});

describe('access', () => {
  test('without or with a wrong token is refused', async () => {
    expect((await ask('', 'wrong')).status).toBe(401);
    expect((await fetch(`${cluster.url}${path}`)).status).toBe(403);
  });

  test('is what the rules say, in the words of RBAC', async () => {
    const refused = await ask('', cluster.tokens.verify);
    const message =
      'configmaps is forbidden: User "system:serviceaccount:ci:verify-rollout" cannot list resource "configmaps" in API group "" in the namespace "shop"';
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ kind: 'Status', reason: 'Forbidden', message }),
    ]);
    const token = cluster.issueToken([{ verbs: ['list'], resources: ['configmaps'], namespaces: ['shop'] }]);
    expect((await ask('', token)).status).toBe(200);
    expect((await ask('watch=true', token)).status).toBe(403);
    cluster.revokeToken(token);
    expect((await ask('', token)).status).toBe(401);
  });

  test('can be asked about', async () => {
    const review = async (verb: string) => {
      const resourceAttributes = { verb, resource: 'pods', subresource: 'log', namespace: 'shop' };
      const answer = await fetch(`${cluster.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
        method: 'POST',
        headers: { authorization: `Bearer ${cluster.tokens.verify}` },
        body: JSON.stringify({ spec: { resourceAttributes } }),
      });
      return ((await answer.json()) as { status: { allowed: boolean } }).status.allowed;
    };
    expect([await review('get'), await review('delete')]).toEqual([true, false]);
  });
});

test('faults come as scripted, and every request is on record', async () => {
  cluster.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, match: { path: 'configmaps' } });
  cluster.faults.add({ kind: 'reset-before', request: 2 });
  expect((await ask('')).headers.get('retry-after')).toBe('1');
  await expect(ask('')).rejects.toThrow();
  expect((await ask('')).status).toBe(200);
  expect(cluster.requests.entries.map(({ status }) => status)).toEqual([429, 0, 200]);
  expect(cluster.requests.entries.map(({ actor }) => actor)).toContain('kubernetes-admin');
});

test('an object that the API server refuses is refused with its text', () => {
  const template = { metadata: { labels: { app: 'shop' } }, spec: { containers: [] } };
  const spec = { selector: { matchLabels: { app: 'web' } }, template };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec };
  expect(() => cluster.apply([deployment])).toThrow(
    'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"shop"}: `selector` does not match template `labels`',
  );
});
