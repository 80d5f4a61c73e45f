import { overrideIn } from '#shared/commits/split-message.ts';
import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import type { HistoryCommit, MergedPull } from '../bump/bump.ts';

const COMMITS_PER_QUERY = 100;

interface Answer {
  readonly repository: Readonly<
    Record<string, { readonly associatedPullRequests?: { readonly nodes: readonly Pull[] } } | null>
  >;
}

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: { readonly __typename: string; readonly login: string } | null;
  readonly mergeCommit: { readonly oid: string } | null;
  readonly labels: { readonly nodes: readonly { readonly name: string }[] } | null;
}

/**
 * The commits, each with the pull request that it merged (others that merely contain it do not count). One request for
 * a hundred commits. A BEGIN_COMMIT_OVERRIDE in the pull request's body, which may be edited after the merge, replaces
 * the message, except of `ignoreBodyAuthors` (in lower case), whose bodies quote strangers.
 */
export async function withPulls(
  github: GitHubClient,
  { repository, ignoreBodyAuthors }: { repository: string; ignoreBodyAuthors: readonly string[] },
  commits: readonly HistoryCommit[],
): Promise<HistoryCommit[]> {
  const found: HistoryCommit[] = [];
  for (let start = 0; start < commits.length; start += COMMITS_PER_QUERY) {
    const part = commits.slice(start, start + COMMITS_PER_QUERY);
    const { owner, repo } = coordinates(repository);
    const { repository: answer } = await explained('reading the pull requests of the commits', () =>
      github.graphql<Answer>(queryFor(part), { owner, name: repo }),
    );
    for (const [index, commit] of part.entries()) {
      const pulls = answer[`c${index}`]?.associatedPullRequests?.nodes ?? [];
      const pull = pulls.find(({ mergeCommit }) => mergeCommit?.oid === commit.sha);
      const trusted = !ignoreBodyAuthors.includes(commit.author?.toLowerCase() ?? '');
      const override = trusted ? overrideIn(pull?.body ?? '') : undefined;
      const message = override ?? commit.message;
      found.push(pull === undefined ? commit : { ...commit, message, pull: mergedPull(pull) });
    }
  }
  return found;
}

// The shas come from GitHub and are hexadecimal, so they may stand in the query.
function queryFor(commits: readonly HistoryCommit[]): string {
  const fields =
    'associatedPullRequests(first: 5) { nodes { number title body author { __typename login } mergeCommit { oid } labels(first: 50) { nodes { name } } } }';
  const parts = commits.map(({ sha }, index) => `c${index}: object(oid: "${sha}") { ... on Commit { ${fields} } }`);
  return `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${parts.join(' ')} } }`;
}

// GraphQL spells a bot without the `[bot]` that it has everywhere else.
function mergedPull({ number, title, author, labels }: Pull): MergedPull {
  const login = author?.__typename === 'Bot' ? `${author.login}[bot]` : (author?.login ?? '');
  return { number, title, author: login, labels: labels?.nodes.map(({ name }) => name) ?? [] };
}
