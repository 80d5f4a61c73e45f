import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let pull: { number: number; sha: string };
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  fixture.github.settings('acme/thoughts').rules = [];
  pull = await fixture.openPull();
  fixture.github.settings('acme/thoughts').rules = [{ target: 'branch', pattern: 'main', requiredChecks: ['ci'] }];
});

type Report = ['status' | 'run', string, string];

async function report([kind, name, state]: Report): Promise<void> {
  const rest = fixture.rest();
  if (kind === 'status') {
    await rest.repos.createCommitStatus({ ...acme, sha: pull.sha, context: name, state: state as 'success' });
    return;
  }
  const running = state === 'queued' || state === 'in_progress';
  const how = running ? { status: state } : { conclusion: state as 'success' };
  await rest.checks.create({ ...acme, head_sha: pull.sha, name, ...how } as Parameters<typeof rest.checks.create>[0]);
}

async function seen() {
  const rest = fixture.rest();
  const query = `query($oid: GitObjectID!) { repository(owner: "acme", name: "thoughts") { object(oid: $oid) {
    ... on Commit { statusCheckRollup { state } } } } }`;
  const answer = await fixture.graphql<{ repository: { object: { statusCheckRollup: { state: string } | null } } }>(
    query,
    { oid: pull.sha },
  );
  const get = async () => (await rest.pulls.get({ ...acme, pull_number: pull.number })).data.mergeable_state;
  await get();
  return {
    combined: (await rest.repos.getCombinedStatusForRef({ ...acme, ref: pull.sha })).data.state,
    rollup: answer.repository.object.statusCheckRollup?.state ?? null,
    mergeable: await get(),
  };
}

describe('statuses and check runs', () => {
  test.each<[string, Report[], Awaited<ReturnType<typeof seen>>]>([
    ['none', [], { combined: 'pending', rollup: null, mergeable: 'blocked' }],
    ['a green status', [['status', 'ci', 'success']], { combined: 'success', rollup: 'SUCCESS', mergeable: 'clean' }],
    ['a pending one', [['status', 'ci', 'pending']], { combined: 'pending', rollup: 'PENDING', mergeable: 'blocked' }],
    ['an error', [['status', 'ci', 'error']], { combined: 'failure', rollup: 'FAILURE', mergeable: 'blocked' }],
    [
      'the newest status of a context counts',
      [
        ['status', 'ci', 'failure'],
        ['status', 'ci', 'pending'],
        ['status', 'ci', 'success'],
      ],
      { combined: 'success', rollup: 'SUCCESS', mergeable: 'clean' },
    ],
    [
      'the newest run of a name counts',
      [
        ['run', 'ci', 'failure'],
        ['run', 'ci', 'success'],
      ],
      { combined: 'pending', rollup: 'SUCCESS', mergeable: 'clean' },
    ],
    ['a running run', [['run', 'ci', 'in_progress']], { combined: 'pending', rollup: 'PENDING', mergeable: 'blocked' }],
    ['a queued run', [['run', 'ci', 'queued']], { combined: 'pending', rollup: 'PENDING', mergeable: 'blocked' }],
    [
      'a neutral run is green',
      [['run', 'ci', 'neutral']],
      { combined: 'pending', rollup: 'SUCCESS', mergeable: 'clean' },
    ],
    [
      'a skipped run is green',
      [['run', 'ci', 'skipped']],
      { combined: 'pending', rollup: 'SUCCESS', mergeable: 'clean' },
    ],
    [
      'a cancelled run is not',
      [['run', 'ci', 'cancelled']],
      { combined: 'pending', rollup: 'FAILURE', mergeable: 'blocked' },
    ],
    [
      'a run that timed out is not',
      [['run', 'ci', 'timed_out']],
      { combined: 'pending', rollup: 'FAILURE', mergeable: 'blocked' },
    ],
    [
      'a run that asks for action is not',
      [['run', 'ci', 'action_required']],
      { combined: 'pending', rollup: 'FAILURE', mergeable: 'blocked' },
    ],
    [
      'a status and a run of the same name are both required',
      [
        ['status', 'ci', 'success'],
        ['run', 'ci', 'failure'],
      ],
      { combined: 'success', rollup: 'FAILURE', mergeable: 'blocked' },
    ],
    [
      'what is not required may fail',
      [
        ['status', 'ci', 'success'],
        ['run', 'lint', 'failure'],
      ],
      { combined: 'success', rollup: 'FAILURE', mergeable: 'unstable' },
    ],
    [
      'what is not required may run',
      [
        ['status', 'ci', 'success'],
        ['status', 'slow', 'pending'],
      ],
      { combined: 'pending', rollup: 'PENDING', mergeable: 'unstable' },
    ],
    [
      'another context is not the required one',
      [['status', 'CI', 'success']],
      { combined: 'success', rollup: 'SUCCESS', mergeable: 'blocked' },
    ],
  ])('%s', async (_, reports, expected) => {
    for (const one of reports) await report(one);
    expect(await seen()).toEqual(expected);
  });

  test('a new head has none of the checks of the one before it', async () => {
    await report(['status', 'ci', 'success']);
    const branch = (await fixture.rest().pulls.get({ ...acme, pull_number: pull.number })).data.head.ref;
    pull.sha = await fixture.github.commit('acme/thoughts', { branch, message: 'more', files: { more: 'm' } });
    expect(await seen()).toEqual({ combined: 'pending', rollup: null, mergeable: 'blocked' });
  });

  test('statuses are listed newest first, all of them; the combined one shows the newest of each context', async () => {
    for (const state of ['pending', 'success']) await report(['status', 'ci', state]);
    await report(['status', 'lint', 'failure']);
    const rest = fixture.rest();
    const all = await rest.repos.listCommitStatusesForRef({ ...acme, ref: pull.sha });
    expect(all.data.map(({ context, state }) => `${context} ${state}`)).toEqual([
      'lint failure',
      'ci success',
      'ci pending',
    ]);
    const { data } = await rest.repos.getCombinedStatusForRef({ ...acme, ref: pull.sha });
    expect(data).toMatchObject({ state: 'failure', total_count: 2, sha: pull.sha });
    expect(data.statuses.map(({ context, state }) => `${context} ${state}`)).toEqual(['ci success', 'lint failure']);
  });
});
