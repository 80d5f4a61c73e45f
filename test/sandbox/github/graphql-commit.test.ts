import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sent, send, sendInVain, violated } from './refused-request.ts';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';
import type { Rule } from './settings.ts';

// https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
const QUERY = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;
const INTEGRATION = 'Resource not accessible by integration';

let fixture: Fixture;
let head = '';

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.github.settings('acme/thoughts').rules = [];
  head = fixture.github.records('acme/thoughts').refs.get('refs/heads/main') ?? '';
});

interface Commit {
  readonly branch?: string;
  readonly repository?: string;
  readonly expected?: string;
  readonly path?: string;
  readonly token?: string;
}

function commit({
  branch = 'main',
  repository = 'acme/thoughts',
  expected = head,
  path = 'a.txt',
  token,
}: Commit): Sent {
  const input = {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    expectedHeadOid: expected,
    message: { headline: 'chore: by API', body: 'More.' },
    fileChanges: { additions: [{ path, contents: Buffer.from('a\n').toString('base64') }] },
  };
  return { method: 'POST', path: '/api/graphql', body: { query: QUERY, variables: { input } }, token };
}

describe('createCommitOnBranch is refused with status 200 and no data', () => {
  const rule = (more: Partial<Rule>) => () => {
    fixture.github.settings('acme/thoughts').rules = [{ target: 'branch', pattern: 'main', ...more }];
  };
  const nothing = () => undefined;

  test.each<[string, () => void, () => Commit, string, string]>([
    [
      'when the branch has moved',
      nothing,
      () => ({ expected: '1'.repeat(40) }),
      'STALE_DATA',
      `Expected branch to point to "${'1'.repeat(40)}" but it did not.  Pull and try again.`,
    ],
    ['when there is no such branch', nothing, () => ({ branch: 'gone' }), 'NOT_FOUND', 'Branch not found'],
    [
      'when there is no such repository',
      nothing,
      () => ({ repository: 'acme/none' }),
      'NOT_FOUND',
      "Could not resolve to a Repository with the name 'acme/none'.",
    ],
    [
      'when the token may only read contents',
      nothing,
      () => ({ token: fixture.github.tokens.readOnly }),
      'FORBIDDEN',
      INTEGRATION,
    ],
    [
      'when it brings a workflow file without the right to',
      nothing,
      () => ({ token: fixture.github.tokens.workflow, path: '.github/workflows/new.yml' }),
      'FORBIDDEN',
      INTEGRATION,
    ],
    [
      'when a ruleset asks for a pull request',
      rule({ requirePullRequest: {} }),
      () => ({}),
      'FORBIDDEN',
      violated('Changes must be made through a pull request.'),
    ],
    [
      'when a ruleset asks for checks',
      rule({ requiredChecks: ['a', 'b', 'c'] }),
      () => ({}),
      'FORBIDDEN',
      violated('3 of 3 required status checks are expected.'),
    ],
  ])('%s', async (_, prepare, given, type, message) => {
    prepare();
    expect(await sendInVain(fixture, commit(given()))).toMatchObject({
      status: 200,
      body: {
        data: { createCommitOnBranch: null },
        errors: [{ type, path: ['createCommitOnBranch'], message }],
      },
    });
  });
});

test('createCommitOnBranch moves the branch by one commit, which GitHub signs', async () => {
  fixture.github.requests.clear();
  const { body } = await send(fixture, commit({ branch: 'refs/heads/main' }));
  expect(fixture.github.requests.writes()).toHaveLength(1);
  const { oid } = (body as { data: { createCommitOnBranch: { commit: { oid: string } } } }).data.createCommitOnBranch
    .commit;
  expect(fixture.github.records('acme/thoughts').refs.get('refs/heads/main')).toBe(oid);
  const made = await fixture.rest().git.getCommit({ ...acme, commit_sha: oid });
  expect(made.data).toMatchObject({
    message: 'chore: by API\n\nMore.',
    parents: [{ sha: head }],
    verification: { verified: true },
    author: { name: 'trunkline-bot[bot]' },
  });
});
