import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';
import { expectProblem } from './traffic.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const PULLS_OF_COMMITS = `query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    ALIASES
  }
}`;

const ORDERED_REFS =
  'repository(owner: "acme", name: "thoughts") { refs(refPrefix: "refs/heads/", first: 1, direction: ASC) { totalCount } }';

const MERGE_WITH_EMAIL =
  'mutation { mergePullRequest(input: { pullRequestId: "PULL", authorEmail: "mona@example.com" }) { clientMutationId } }';

interface CommitWithPulls {
  oid: string;
  associatedPullRequests: {
    nodes: { number: number; labels: { nodes: { name: string }[] }; mergeCommit: { oid: string } }[];
  };
}

describe('GraphQL', () => {
  test('one query finds the pull requests of many commits, with labels and merge commits', async () => {
    const merged: { number: number; sha: string }[] = [];
    for (let at = 0; at < 3; at += 1) {
      const { number } = await fixture.openPull();
      await fixture.rest().issues.addLabels({ ...acme, issue_number: number, labels: [`label-${at}`] });
      const { data } = await fixture.rest().pulls.merge({ ...acme, pull_number: number, merge_method: 'squash' });
      merged.push({ number, sha: data.sha });
    }
    const fields =
      'oid associatedPullRequests(first: 5) { nodes { number labels(first: 9) { nodes { name } } mergeCommit { oid } } }';
    const aliases = merged.map(({ sha }, at) => `c${at}: object(oid: "${sha}") { ... on Commit { ${fields} } }`);
    const query = PULLS_OF_COMMITS.replace('ALIASES', aliases.join('\n'));
    fixture.github.requests.clear();
    const { repository } = await fixture.graphql<{ repository: Record<string, CommitWithPulls> }>(query, {
      owner: 'acme',
      name: 'thoughts',
    });
    for (const [at, { number, sha }] of merged.entries()) {
      expect(repository[`c${at}`]).toEqual({
        oid: sha,
        associatedPullRequests: {
          nodes: [{ number, labels: { nodes: [{ name: `label-${at}` }] }, mergeCommit: { oid: sha } }],
        },
      });
    }
    expect([...fixture.github.requests]).toMatchObject([
      { method: 'POST', path: '/graphql', write: false, status: 200 },
    ]);
  });

  test('a field that GitHub does not have is an error, and so is a repository that does not exist', async () => {
    expectProblem(/favouriteColour/);
    await expect(fixture.graphql('{ viewer { favouriteColour } }')).rejects.toThrow(
      'Cannot query field "favouriteColour"',
    );
    await expect(fixture.graphql('{ repository(owner: "acme", name: "nothing") { id } }')).rejects.toMatchObject({
      errors: [{ type: 'NOT_FOUND', message: "Could not resolve to a Repository with the name 'acme/nothing'." }],
    });
  });

  test.each([
    ['field', '{ viewer { bio } }', 'User.bio'],
    ['argument', `{ ${ORDERED_REFS} }`, 'direction of Repository.refs'],
    ['field of an input', MERGE_WITH_EMAIL, 'input.authorEmail of Mutation.mergePullRequest'],
  ])('a %s that GitHub has and the sandbox does not serve is an error, never a silent null', async (_, query, name) => {
    const { nodeId } = await fixture.openPull();
    const text = `The sandbox does not serve ${name}`;
    expectProblem(new RegExp(text));
    await expect(fixture.graphql(query.replace('PULL', nodeId))).rejects.toThrow(text);
  });

  test("history, authors and a file's text come from the commits themselves", async () => {
    const message = 'feat: pair\n\nCo-authored-by: Hubot <hubot@example.com>';
    await fixture.github.commit('acme/thoughts', { message, files: { 'deep/file.txt': 'text\n' } });
    const answer = await fixture.graphql(`{
      repository(owner: "acme", name: "thoughts") {
        object(expression: "main") { ... on Commit {
          messageHeadline
          author { name user { login } }
          authors(first: 5) { nodes { email } }
          history(first: 1, path: "deep/file.txt") { totalCount nodes { messageHeadline } pageInfo { hasNextPage } }
        } }
        file: object(expression: "main:deep/file.txt") { ... on Blob { text byteSize } }
      }
    }`);
    expect(answer).toEqual({
      repository: {
        object: {
          messageHeadline: 'feat: pair',
          author: { name: 'Mona Dev', user: { login: 'mona' } },
          authors: { nodes: [{ email: 'mona@example.com' }, { email: 'hubot@example.com' }] },
          history: { totalCount: 1, nodes: [{ messageHeadline: 'feat: pair' }], pageInfo: { hasNextPage: false } },
        },
        file: { text: 'text\n', byteSize: 5 },
      },
    });
  });
});
