import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { QueueEvent } from './merge-queue.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let told: string[];
beforeEach(async () => {
  fixture = await startFixture();
  told = [];
  fixture.github.onQueue((event) => told.push(lineOf(event)));
  fixture.github.settings('acme/thoughts').rules = [
    { target: 'branch', pattern: 'main', mergeQueue: true, requiredChecks: ['ci'], requirePullRequest: {} },
  ];
});
afterEach(() => fixture.close());

const ENQUEUE = `mutation($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) {
  mergeQueueEntry { position state headCommit { oid messageHeadline parents(first: 2) { nodes { oid } } } }
} }`;
interface Entry {
  position: number;
  state: string;
  headCommit: { oid: string; messageHeadline: string; parents: { nodes: { oid: string }[] } } | null;
}

function lineOf(event: QueueEvent): string {
  if (event.event === 'pull_request') return `${event.action} #${event.number} ${event.reason ?? ''}`.trim();
  const number = /pr-(\d+)-/.exec(event.group.headRef)?.[1];
  return `${event.action} #${number} ${event.action === 'destroyed' ? event.reason : ''}`.trim();
}

const report = (sha: string, state: 'success' | 'failure' | 'pending') =>
  fixture.rest().repos.createCommitStatus({ ...acme, sha, state, context: 'ci' });

/** A pull request that passed its checks and is in the queue. */
async function queued(files?: Record<string, string>) {
  const pull = await fixture.openPull(files === undefined ? {} : { files });
  await report(pull.sha, 'success');
  const made = await fixture.graphql<{ enqueuePullRequest: { mergeQueueEntry: Entry } }>(ENQUEUE, { id: pull.nodeId });
  return { ...pull, entry: made.enqueuePullRequest.mergeQueueEntry };
}

async function entryOf(number: number): Promise<(Entry & { group: string }) | null> {
  const { repository } = await fixture.graphql<{ repository: { pullRequest: { mergeQueueEntry: Entry | null } } }>(
    `query($number: Int!) { repository(owner: "acme", name: "thoughts") { pullRequest(number: $number) {
      mergeQueueEntry { position state headCommit { oid messageHeadline parents(first: 2) { nodes { oid } } } } } } }`,
    { number },
  );
  const entry = repository.pullRequest.mergeQueueEntry;
  return entry && { ...entry, group: entry.headCommit?.oid ?? '' };
}

const group = async (number: number) => (await entryOf(number))?.group ?? '';
const main = async () => (await fixture.rest().git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
const pull = async (number: number) => (await fixture.rest().pulls.get({ ...acme, pull_number: number })).data;
const groupRefs = async () =>
  (await fixture.rest().git.listMatchingRefs({ ...acme, ref: 'heads/gh-readonly-queue/' })).data.map(({ ref }) => ref);

describe('a merge queue', () => {
  test('each entry is a commit on the one before it, on a branch of its own, and asks for checks', async () => {
    const base = await main();
    const one = await queued();
    const two = await queued();
    expect(one.entry).toEqual({
      position: 1,
      state: 'AWAITING_CHECKS',
      headCommit: {
        oid: expect.any(String),
        messageHeadline: 'feat: topic 1 (#1)',
        parents: { nodes: [{ oid: base }] },
      },
    });
    const first = one.entry.headCommit?.oid ?? '';
    expect(two.entry).toMatchObject({ position: 2, headCommit: { parents: { nodes: [{ oid: first }] } } });
    expect(await groupRefs()).toEqual([
      `refs/heads/gh-readonly-queue/main/pr-1-${base}`,
      `refs/heads/gh-readonly-queue/main/pr-2-${first}`,
    ]);
    expect(told).toEqual(['enqueued #1', 'checks_requested #1', 'enqueued #2', 'checks_requested #2']);
    expect(await main()).toBe(base);
  });

  test('the checks of the group decide, not those of the head; they are merged in their order', async () => {
    const [one, two] = [await queued(), await queued()];
    const [first, second] = [await group(one.number), await group(two.number)];
    await report(second, 'success');
    expect([(await pull(one.number)).merged, (await pull(two.number)).merged]).toEqual([false, false]);
    told = [];
    await report(first, 'success');
    expect(await main()).toBe(second);
    expect(await pull(one.number)).toMatchObject({
      merged: true,
      merge_commit_sha: first,
      merged_by: { login: 'github-merge-queue[bot]' },
    });
    expect(await pull(two.number)).toMatchObject({ merged: true, merge_commit_sha: second });
    expect(told).toEqual(['destroyed #1 merged', 'dequeued #1 MERGE', 'destroyed #2 merged', 'dequeued #2 MERGE']);
    expect(await groupRefs()).toEqual([]);
  });

  test('a group that fails leaves, and those behind it are built anew without it', async () => {
    const base = await main();
    const [one, two] = [await queued(), await queued()];
    const before = await group(two.number);
    told = [];
    await report(await group(one.number), 'failure');
    expect(told).toEqual([
      'destroyed #1 dequeued',
      'dequeued #1 CI_FAILURE',
      'destroyed #2 invalidated',
      'checks_requested #2',
    ]);
    expect(await entryOf(one.number)).toBeNull();
    expect(await pull(one.number)).toMatchObject({ state: 'open', auto_merge: null });
    const after = await entryOf(two.number);
    expect(after).toMatchObject({ position: 1, headCommit: { parents: { nodes: [{ oid: base }] } } });
    expect(after?.group).not.toBe(before);
    await report(after?.group ?? '', 'success');
    expect(await main()).toBe(after?.group);
  });

  test('a failure behind the front waits for what is before it', async () => {
    const [one, two] = [await queued(), await queued()];
    await report(await group(two.number), 'failure');
    expect(await entryOf(two.number)).toMatchObject({ position: 2 });
    await report(await group(one.number), 'success');
    expect([(await pull(one.number)).merged, await entryOf(two.number)]).toEqual([true, null]);
  });

  test('what conflicts with the entries before it leaves at once', async () => {
    const one = await queued({ 'app.txt': 'one\n' });
    told = [];
    const two = await queued({ 'app.txt': 'two\n' });
    expect([two.entry, told]).toEqual([null, ['enqueued #2', 'dequeued #2 MERGE_CONFLICT']]);
    expect(await entryOf(one.number)).toMatchObject({ position: 1 });
  });

  test('only five groups are built at the same time', async () => {
    for (let count = 1; count <= 5; count += 1) await queued();
    const last = await queued();
    expect(last.entry).toEqual({ position: 6, state: 'QUEUED', headCommit: null });
    await report(await group(1), 'success');
    expect(await entryOf(last.number)).toMatchObject({ position: 5, state: 'AWAITING_CHECKS' });
  });

  test('checks that say nothing for an hour have failed', async () => {
    const one = await queued();
    const other = await fixture.openPull();
    fixture.clock.forward(3599);
    await report(other.sha, 'pending');
    expect(await entryOf(one.number)).toMatchObject({ position: 1 });
    fixture.clock.forward(1);
    told = [];
    await report(other.sha, 'pending');
    expect([await entryOf(one.number), told]).toEqual([null, ['destroyed #1 dequeued', 'dequeued #1 CI_TIMEOUT']]);
  });

  test('a base that moves makes all groups anew', async () => {
    const one = await queued();
    told = [];
    const sha = await fixture.github.commit('acme/thoughts', { message: 'hotfix', files: { hot: 'fix' } });
    expect(told).toEqual(['destroyed #1 invalidated', 'checks_requested #1']);
    expect(await entryOf(one.number)).toMatchObject({ headCommit: { parents: { nodes: [{ oid: sha }] } } });
  });

  test('commits that come later are not merged', async () => {
    const one = await queued();
    await fixture.github.commit('acme/thoughts', { branch: 'topic-1', message: 'late', files: { late: 'late' } });
    await report(await group(one.number), 'success');
    expect((await pull(one.number)).merged).toBe(true);
    await expect(fixture.rest().repos.getContent({ ...acme, path: 'late' })).rejects.toMatchObject({ status: 404 });
  });

  test('closing takes out of the queue', async () => {
    const one = await queued();
    told = [];
    await fixture.rest().pulls.update({ ...acme, pull_number: one.number, state: 'closed' });
    expect(told).toEqual(['destroyed #1 dequeued', 'dequeued #1 MANUAL']);
    expect(await groupRefs()).toEqual([]);
  });

  test.each([
    ['whose required check is missing', undefined, 'Pull request Required status check "ci" is expected.'],
    ['whose required check is pending', 'pending', 'Pull request Required status check "ci" is in progress.'],
    ['whose required check failed', 'failure', 'Pull request Required status check "ci" is failing.'],
  ] as const)('a pull request %s is not let in', async (_, state, message) => {
    const { sha, nodeId } = await fixture.openPull();
    if (state !== undefined) await report(sha, state);
    await expect(fixture.graphql(ENQUEUE, { id: nodeId })).rejects.toMatchObject({
      errors: [{ type: 'UNPROCESSABLE', message }],
    });
    expect(told).toEqual([]);
  });

  test('auto-merge in front of a queue joins it when the last requirement is met, and is over then', async () => {
    Object.assign(fixture.github.settings('acme/thoughts'), { allowAutoMerge: true });
    const { number, sha, nodeId } = await fixture.openPull();
    await fixture.graphql(
      'mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }',
      { id: nodeId },
    );
    expect((await pull(number)).auto_merge).not.toBeNull();
    await report(sha, 'success');
    expect([(await pull(number)).auto_merge, await entryOf(number)]).toMatchObject([null, { position: 1 }]);
    await report(await group(number), 'success');
    expect((await pull(number)).merged).toBe(true);
  });
});
