import { coordinates, type GitHubClient } from './client.ts';
import type { ListedCommit } from './compare.ts';

const MAX_AUTHORS = 30;

/**
 * The accounts, bots aside, that have commits among `commits` and none in the history of `before` (a tag or commit).
 * One request, which asks for at most 30 accounts: https://docs.github.com/en/graphql/reference/objects#commit
 */
export async function readNewcomers(
  github: GitHubClient,
  repository: string,
  { commits, before }: { commits: readonly Partial<ListedCommit>[]; before: string },
): Promise<string[]> {
  const accounts = new Map(
    commits.flatMap(({ login, accountId }) =>
      login === undefined || accountId === undefined || isBot(login) ? [] : [[login, accountId] as const],
    ),
  );
  const authors = [...accounts].slice(0, MAX_AUTHORS);
  if (authors.length === 0) return [];
  const { owner, repo } = coordinates(repository);
  const variables: Record<string, string> = { owner, name: repo, before };
  for (const [index, [, id]] of authors.entries()) variables[`a${index}`] = id;
  const answer = await github.graphql<Answer>(queryFor(authors.length), variables);
  const object = answer.repository?.object;
  const earlier = object?.target ?? object ?? {};
  return authors.flatMap(([login], index) => (earlier[`a${index}`]?.nodes?.length === 0 ? [login] : []));
}

type Earlier = Readonly<Record<string, { readonly nodes?: readonly object[] | null } | undefined>>;

interface Answer {
  readonly repository: { readonly object: (Earlier & { readonly target?: Earlier }) | null } | null;
}

// An annotated tag is an object of its own, in front of its commit.
function queryFor(authors: number): string {
  const numbers = Array.from({ length: authors }, (_, index) => index);
  const types = numbers.map((index) => `, $a${index}: ID!`).join('');
  const fields = numbers.map((index) => `a${index}: history(first: 1, author: { id: $a${index} }) { nodes { oid } }`);
  return `query($owner: String!, $name: String!, $before: String!${types}) {
    repository(owner: $owner, name: $name) { object(expression: $before) { ...earlier ... on Tag { target { ...earlier } } } }
  }
  fragment earlier on Commit { ${fields.join(' ')} }`;
}

function isBot(login: string): boolean {
  return login.endsWith('[bot]') || login === 'web-flow';
}
