import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { watchedProcess } from '../../support/watched-process.ts';
import type { RestExchange } from '../github/traffic.ts';
import { startWatch } from './watch.ts';

const honest: RestExchange = {
  kind: 'rest',
  method: 'GET',
  path: '/repos/acme/thoughts/labels/deploy',
  query: '',
  body: '',
  status: 404,
  reply: '{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}',
};
const undeclared: RestExchange = { ...honest, query: 'colour=red' };

describe('the watch over the traffic of one test', () => {
  test('says nothing of honest traffic, and counts it', async () => {
    const watch = startWatch();
    watch.listen(honest);
    watch.listen({ kind: 'graphql', query: '{ viewer { login } }', problems: [] });
    await watch.settle();
    expect(watch.tally).toMatchObject({ exchanges: 1, graphql: 1, violations: 0 });
  });

  test('throws what is wrong once, and forgets it for the next test', async () => {
    const watch = startWatch();
    for (const message of [honest, undeclared, undeclared]) watch.listen(message);
    await expect(watch.settle()).rejects.toThrow("issues/get-label: request: query: 'colour' is not declared");
    await watch.settle();
    expect(watch.tally).toMatchObject({ exchanges: 3, violations: 1 });
  });

  test('throws what the GraphQL schema has against a query', async () => {
    const watch = startWatch();
    watch.listen({ kind: 'graphql', query: '{ colour }', problems: ['Cannot query field "colour"'] });
    await expect(watch.settle()).rejects.toThrow('graphql: Cannot query field "colour"');
  });

  test('lets pass what the test has announced, and insists on it', async () => {
    const watch = startWatch();
    watch.listen({ kind: 'expected', problem: /colour/ });
    watch.listen(undeclared);
    await watch.settle();
    watch.listen({ kind: 'expected', problem: /colour/ });
    await expect(watch.settle()).rejects.toThrow('expected and not met: /colour/');
  });
});

describe('the watch in a process of its own', () => {
  // Its violation is no part of the figures of these tests.
  const { TRUNKLINE_TALLY: _, ...env } = process.env;
  const ended = (exchange: RestExchange) => {
    const publish = `import('node:diagnostics_channel').then(({ channel }) => channel('trunkline:github-traffic').publish(${JSON.stringify(exchange)}))`;
    return spawnSync(process.execPath, [...watchedProcess, '--eval', publish], { encoding: 'utf8', env });
  };

  test('lets a process with honest traffic end well', () => {
    expect(ended(honest)).toMatchObject({ status: 0, stderr: '' });
  });

  test('makes a process with a violation fail and tell it', () => {
    const { status, stderr } = ended(undeclared);
    expect([status, stderr]).toEqual([1, expect.stringContaining("query: 'colour' is not declared")]);
  });
});
