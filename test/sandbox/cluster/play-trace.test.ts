import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { virtualTime } from '../../support/virtual-time.ts';
import { type Cluster, startCluster } from './server.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await startCluster();
});

afterEach(() => cluster.close());

const startedAt = '2026-11-22T12:00:00.000Z';
const pod = (phase: string) => ({
  metadata: { name: 'web-0', namespace: 'shop', uid: 'u', resourceVersion: '7' },
  spec: {},
  status: { phase },
});
const lines = [
  {
    scenario: 'short',
    namespace: 'shop',
    workload: 'deployment/web',
    startedAt,
    until: 3000,
    inputs: {},
    expected: {},
  },
  {
    t: 10,
    source: 'list',
    type: 'LIST',
    resource: 'pods',
    object: { metadata: { resourceVersion: '7' }, items: [pod('Pending')] },
  },
  { t: 1000, source: 'watch', type: 'MODIFIED', resource: 'pods', object: pod('Running') },
  { t: 1500, source: 'watch', type: 'BOOKMARK', resource: 'pods', object: { metadata: { resourceVersion: '9' } } },
  { t: 2000, source: 'watch', type: 'DELETED', resource: 'pods', object: pod('Running') },
].map((line) => JSON.stringify(line));

test('a recording is shown as it was, in its own time', async () => {
  const { timer, passUntil } = virtualTime(Date.parse('2026-01-01'), () => cluster.requests.count());
  const begun = timer.now();
  const { header, finished } = cluster.playTrace(lines, timer);
  const phases: string[] = [];
  const headers = { authorization: `Bearer ${cluster.tokens.verify}` };
  const pods = async () => fetch(`${cluster.url}/api/v1/namespaces/shop/pods`, { headers });
  const answer = await pods();
  const { items } = (await answer.json()) as { items: { kind: string; status: { phase: string } }[] };
  expect(items.map(({ kind, status }) => [kind, status.phase])).toEqual([['Pod', 'Pending']]);
  cluster
    .until('watched', () => {
      phases.push(cluster.get('pods', { namespace: 'shop', name: 'web-0' })?.status.phase ?? 'gone');
      return phases.at(-1) === 'gone';
    })
    .catch(() => {});
  await passUntil(finished);
  expect(phases).toEqual(['Pending', 'Running', 'gone']);
  expect(timer.now() - begun).toBe(2000);
  expect(header.scenario).toBe('short');
  const date = Date.parse((await pods()).headers.get('date') ?? '');
  expect(date - Date.parse(startedAt)).toBe(2000);
});

test('a recording that is stopped shows nothing more', async () => {
  const { stop, finished } = cluster.playTrace(lines);
  stop();
  await finished;
  expect(cluster.get('pods', { namespace: 'shop', name: 'web-0' })?.status.phase).toBe('Pending');
});
