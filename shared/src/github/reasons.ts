import { type ReasonTable, userErrors } from '../errors.ts';
import { ForeignAnswer, originOf } from './foreign-answer.ts';
import {
  graphQLTypesOf,
  headerOf,
  isGitHubError,
  isGraphQLRateLimit,
  isRateLimit,
  messageOf,
  requestOf,
  statusOf,
} from './request-error.ts';

/** How any request to GitHub can fail. */
export const githubReasons = {
  'bad-credentials': {
    meaning: 'There is no token, GitHub does not know it, or it has expired.',
    remedy:
      'Pass a valid token; a secret that does not exist, or is not passed on to a fork or a called workflow, is empty, and an App installation token lives for one hour.',
  },
  'missing-permission': {
    meaning: 'The token may not do this; a write that it may not do GitHub also answers by 404.',
    remedy:
      'Grant the permission that the error names, or else those of the README: under `permissions:` of the job for GITHUB_TOKEN, else in the settings of the App or token (a classic token needs the scope `repo`).',
  },
  'rate-limited': {
    meaning:
      'A rate limit of GitHub did not lift within the time that the action waits (`timeout`, where it has that input).',
    remedy: 'Run again later, raise `timeout`, or use a GitHub App token, which has a limit of its own.',
  },
  'repository-not-found': {
    meaning: 'The repository or object does not exist, or the token may not see it.',
    remedy: 'Check the spelling of the repository, and that the token has access to it.',
  },
  'repository-empty': {
    meaning: 'The repository has no commits.',
    remedy: 'Push a first commit.',
  },
  'repository-archived': {
    meaning: 'The repository is archived, so nobody can write to it.',
    remedy: 'Unarchive it (Settings → General → Danger Zone), or remove this job.',
  },
  'not-the-api': {
    meaning: 'What answered is not GitHub’s API: a web page of GitHub, or a proxy.',
    remedy:
      'Check `github-api-url` (on GitHub Enterprise Server https://HOST/api/v3), and that no proxy of the runner answers in place of GitHub, for example to ask for a login.',
  },
  'github-unavailable': {
    meaning: 'GitHub could not be reached or answered with a server error, several times.',
    remedy:
      'Run again; see https://www.githubstatus.com. Where nothing answered, check `github-api-url` (on GitHub Enterprise Server https://HOST/api/v3), and the proxy and the DNS of the runner.',
  },
  'github-refused': {
    meaning: 'GitHub refused the request for a reason that the action does not know.',
    remedy: 'Read the text of the error; it is GitHub’s own.',
  },
} satisfies ReasonTable;

/** How else a request can fail that creates or moves a branch or tag. */
export const refReasons = {
  'workflow-scope': {
    meaning:
      'The files in `.github/workflows` of the commit differ from those of every branch, because it changes them or is older, and this token may not write workflows.',
    remedy:
      'Use the newest commit of the branch, or a GitHub App token with `contents: write` and `workflows: write`; GITHUB_TOKEN never has the latter.',
  },
  'ruleset-violation': {
    meaning: 'A ruleset or branch protection of the repository forbids the change.',
    remedy:
      'Add the GitHub App of the token as a bypass actor of the rule (Settings → Rules); the identity of GITHUB_TOKEN cannot be one.',
  },
  'reference-update-failed': {
    meaning: 'GitHub did not create or move a branch or tag, and gives no reason.',
    remedy:
      'See whether a ruleset restricts new branches or tags of this name (Settings → Rules; a GitHub App can be a bypass actor), or whether a branch or tag is named like a folder of the new one.',
  },
} satisfies ReasonTable;

const all = { ...githubReasons, ...refReasons };
/** An error of the reasons that GitHub can give. */
export const githubUserError = userErrors(all);

/** What GitHub can refuse, whatever the action. */
export type GitHubReason = keyof typeof all;

const byText: readonly (readonly [RegExp, GitHubReason])[] = [
  [/without `?workflows?`? (permission|scope)|refusing to allow .* workflow/i, 'workflow-scope'],
  [/repository rule violations|protected branch|changes must be made through/i, 'ruleset-violation'],
  // All that GitHub says when a ruleset restricts the creation of a ref, or another ref is in its way.
  [/reference update failed/i, 'reference-update-failed'],
  [/resource not accessible/i, 'missing-permission'],
  [/archived so is read-only/i, 'repository-archived'],
  [/repository is empty/i, 'repository-empty'],
];

const byGraphQLType: Readonly<Record<string, GitHubReason>> = {
  FORBIDDEN: 'missing-permission',
  // A branch protection of the older kind; rulesets are FORBIDDEN. https://github.com/Thinkmill/keystatic/issues/1598
  BRANCH_PROTECTION_RULE_VIOLATION: 'ruleset-violation',
  NOT_FOUND: 'repository-not-found',
  UNPROCESSABLE: 'github-refused',
};

/** The reason code for a failed request of the GitHub client: the one place where GitHub's texts become reason codes. */
export function reasonOfGitHubError(error: unknown): GitHubReason {
  if (error instanceof ForeignAnswer) return 'not-the-api';
  if (isRateLimit(error) || isGraphQLRateLimit(error)) return 'rate-limited';
  const message = messageOf(error);
  if (mayLackWorkflows(error, message)) return 'workflow-scope';
  const known = byText.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return known[1];
  const typed = byGraphQLType[graphQLTypesOf(error)[0] ?? ''];
  if (typed !== undefined) return typed;
  const status = statusOf(error);
  if (status === undefined || status >= 500) return 'github-unavailable';
  if (status === 401) return 'bad-credentials';
  if (status === 403) return 'missing-permission';
  if (status === 404) return isWrite(error) ? 'missing-permission' : 'repository-not-found';
  return 'github-refused';
}

function isWrite(error: unknown): boolean {
  const { method = 'GET', url = '' } = requestOf(error) ?? {};
  return method !== 'GET' && method !== 'HEAD' && !url.endsWith('/graphql');
}

// The objects were written by the same token a moment ago, so what it lacks is not `contents: write`.
function mayLackWorkflows(error: unknown, message: string): boolean {
  const accepted = headerOf(error, 'x-accepted-github-permissions') ?? '';
  return /resource not accessible/i.test(message) && /\bworkflows=write\b/.test(accepted);
}

/** Turns a failed request into the error a person can act on; `doing` completes "While ...". Anything that is no request's failure comes back as it is. */
export function explainGitHubError(error: unknown, doing: string): unknown {
  if (!isGitHubError(error)) return error;
  const reasonCode = reasonOfGitHubError(error);
  const accepted = headerOf(error, 'x-accepted-github-permissions');
  const needs =
    accepted === undefined || (reasonCode !== 'missing-permission' && reasonCode !== 'workflow-scope')
      ? ''
      : ` The request needs: ${accepted}.`;
  const lifts = reasonCode === 'rate-limited' ? liftText(error) : '';
  return githubUserError(reasonCode, `While ${doing}, ${answerOf(error)}.${needs}${lifts}`, { cause: error });
}

function answerOf(error: Error): string {
  if (error instanceof ForeignAnswer) return error.message;
  const words = messageOf(error).replace(/\.$/, '');
  const status = statusOf(error);
  const request = requestOf(error);
  if (status !== undefined) return `GitHub answered: ${status} ${words}`;
  // GraphQL's failures have no status either.
  return error.name === 'HttpError' && request !== undefined
    ? `nothing answered at ${originOf(request.url)}: ${words}`
    : `GitHub answered: ${words}`;
}

function liftText(error: unknown): string {
  const seconds = headerOf(error, 'retry-after');
  if (seconds !== undefined) return ` GitHub asks to wait ${seconds} s.`;
  const reset = Number(headerOf(error, 'x-ratelimit-reset'));
  return reset > 0 ? ` The limit lifts at ${new Date(reset * 1000).toISOString()}.` : '';
}

/** Runs `call` and explains what it throws (see `explainGitHubError`). */
export async function explained<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explainGitHubError(error, doing);
  }
}
