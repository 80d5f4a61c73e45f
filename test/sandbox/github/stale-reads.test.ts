import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let head = '';
beforeEach(async () => {
  fixture = await startFixture();
  head = await main();
});
afterEach(() => fixture.close());

const main = async () => (await fixture.rest().git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
const tags = async () =>
  (await fixture.rest().git.listMatchingRefs({ ...acme, ref: 'tags/' })).data.map(({ ref }) => ref.slice(10));
const tag = (name: string) => fixture.rest().git.createRef({ ...acme, ref: `refs/tags/${name}`, sha: head });

describe('a stale read', () => {
  test.each([
    [1, ['a', 'b']],
    [2, ['a']],
    [3, []],
    [9, []],
  ])('of %d writes ago shows the refs as they were then, once', async (writes, seen) => {
    fixture.github.faults.add({ kind: 'stale', writes });
    for (const name of ['a', 'b', 'c']) await tag(name);
    expect(await tags()).toEqual(seen);
    expect(await tags()).toEqual(['a', 'b', 'c']);
    expect(fixture.github.faults.pending).toBe(0);
  });

  test('a new ref is not there yet, a deleted one still is, a moved one is where it was', async () => {
    const { github } = fixture;
    const rest = fixture.rest();
    await rest.git.createRef({ ...acme, ref: 'refs/heads/gone', sha: head });
    const read = (name: string) =>
      rest.git.getRef({ ...acme, ref: `heads/${name}` }).then(
        ({ data }) => data.object.sha,
        ({ status }) => status,
      );
    const tree = (await rest.git.getCommit({ ...acme, commit_sha: head })).data.tree.sha;
    const { data: commit } = await rest.git.createCommit({ ...acme, message: 'next', tree, parents: [head] });
    github.faults.add({ kind: 'stale', times: 3, writes: 3 });
    await rest.git.createRef({ ...acme, ref: 'refs/heads/new', sha: head });
    await rest.git.deleteRef({ ...acme, ref: 'heads/gone' });
    await rest.git.updateRef({ ...acme, ref: 'heads/main', sha: commit.sha });
    expect([await read('new'), await read('gone'), await read('main')]).toEqual([404, head, head]);
    expect([await read('new'), await read('gone'), await read('main')]).toEqual([head, 404, commit.sha]);
  });

  test('records are as old as refs: a pull request that is not listed, not known, not merged', async () => {
    const { github } = fixture;
    github.faults.add({ kind: 'stale', times: 3, writes: 1 });
    const { number } = await fixture.openPull();
    const listed = async () =>
      (await fixture.rest().pulls.list({ ...acme, state: 'all' })).data.map((one) => one.number);
    const known = () => fixture.rest().pulls.get({ ...acme, pull_number: number });
    expect(await listed()).toEqual([]);
    await expect(known()).rejects.toMatchObject({ status: 404 });
    await fixture.rest().pulls.merge({ ...acme, pull_number: number });
    expect((await known()).data).toMatchObject({ state: 'open', merged: false });
    expect((await known()).data).toMatchObject({ state: 'closed', merged: true });
    expect(await listed()).toEqual([number]);
  });

  test('a GraphQL query is a read; what was refused, by REST or as a mutation, is no write', async () => {
    const { github } = fixture;
    const query =
      '{ repository(owner: "acme", name: "thoughts") { refs(refPrefix: "refs/tags/", first: 9) { totalCount } } }';
    const count = async () =>
      (await fixture.graphql<{ repository: { refs: { totalCount: number } } }>(query)).repository.refs;
    await tag('a');
    github.faults.add({ kind: 'stale' });
    await tag('b');
    await expect(tag('b')).rejects.toMatchObject({ status: 422 });
    const mutation = 'mutation { disablePullRequestAutoMerge(input: { pullRequestId: "x" }) { clientMutationId } }';
    await expect(fixture.graphql(mutation)).rejects.toThrow('Could not resolve to a node');
    expect(github.faults.pending).toBe(1);
    expect(await count()).toEqual({ totalCount: 1 });
    expect(await count()).toEqual({ totalCount: 2 });
  });

  test('without a write since it was scripted it shows what is', async () => {
    await tag('a');
    fixture.github.faults.add({ kind: 'stale' });
    expect(await tags()).toEqual(['a']);
  });

  test('only the n-th matching read is stale, and writes see the present', async () => {
    const { github } = fixture;
    github.faults.add({ kind: 'stale', writes: 9, request: 2, match: { path: '/matching-refs/' } });
    await tag('a');
    expect(await main()).toBe(head);
    expect(await tags()).toEqual(['a']);
    await expect(tag('a')).rejects.toMatchObject({ status: 422 });
    expect(await tags()).toEqual([]);
    expect(await tags()).toEqual(['a']);
  });
});
