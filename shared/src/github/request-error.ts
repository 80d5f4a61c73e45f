import { ForeignAnswer } from './foreign-answer.ts';

/** The HTTP status of a failed request, or undefined when GitHub answered nothing (or the error is no request's). */
export function statusOf(error: unknown): number | undefined {
  if (!isRecord(error) || typeof error['status'] !== 'number') return undefined;
  // Octokit gives status 500 to requests that got no answer at all.
  return isRecord(error['response']) ? error['status'] : undefined;
}

/** Whether a request to GitHub failed, or what it answered was a failure. */
export function isGitHubError(error: unknown): error is Error {
  if (error instanceof ForeignAnswer) return true;
  return error instanceof Error && (error.name === 'HttpError' || error.name === 'GraphqlResponseError');
}

/** Method and URL of the request that failed. */
export function requestOf(error: unknown): { readonly method: string; readonly url: string } | undefined {
  const request = isRecord(error) ? error['request'] : undefined;
  if (!isRecord(request)) return undefined;
  return { method: String(request['method'] ?? ''), url: String(request['url'] ?? '') };
}

/**
 * Whether a failed write may have been applied all the same: no answer came, a server error, or GraphQL gave up.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#timeouts
 */
export function isUncertain(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'GraphqlResponseError') return /may be the result of a timeout/i.test(messageOf(error));
  const status = statusOf(error);
  return error.name === 'HttpError' && (status === undefined || status >= 500);
}

/** A header of the failed answer; `name` in lower case. */
export function headerOf(error: unknown, name: string): string | undefined {
  const response = isRecord(error) ? error['response'] : undefined;
  const headers = isRecord(response) ? response['headers'] : isRecord(error) ? error['headers'] : undefined;
  const value = isRecord(headers) ? headers[name] : undefined;
  return value === undefined ? undefined : String(value);
}

/** GitHub's own words: `message` and the messages of `errors`, joined; `''` when there are none. */
export function messageOf(error: unknown): string {
  const response = isRecord(error) ? error['response'] : undefined;
  const data = isRecord(response) ? response['data'] : undefined;
  const told = isRecord(data) ? [data['message'], ...errorTexts(data['errors'])] : [];
  // GraphQL's errors stand beside its data, which may be there in part.
  const texts = [...told, ...errorTexts(isRecord(error) ? error['errors'] : undefined)];
  const found = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  if (found.length > 0) return found.join(': ');
  if (typeof data === 'string') return /^\s*</.test(data) ? 'a web page' : data.trim();
  return messageOfCause(error);
}

// The lowest cause says most: "fetch failed" stands above "getaddrinfo ENOTFOUND"; where two addresses failed there is only a code.
function messageOfCause(error: unknown): string {
  let text = '';
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
    text = current.message || code || text;
  }
  return text;
}

/** Primary or secondary rate limit of the REST API (403 or 429); a 403 for missing permissions is none. */
export function isRateLimit(error: unknown): boolean {
  const status = statusOf(error);
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headerOf(error, 'retry-after') !== undefined ||
    headerOf(error, 'x-ratelimit-remaining') === '0' ||
    /rate limit|abuse detection/i.test(messageOf(error))
  );
}

/** GraphQL answers 200 with an error of type RATE_LIMITED, or RATE_LIMIT; https://github.com/yanyongyu/githubkit/issues/271 */
export function isGraphQLRateLimit(error: unknown): boolean {
  return graphQLTypesOf(error).some((type) => /^RATE_LIMIT(ED)?$/.test(type));
}

/** The types of the errors that GraphQL answered, such as FORBIDDEN, `''` for one without a type; none for other errors. */
export function graphQLTypesOf(error: unknown): readonly string[] {
  const errors: unknown = isRecord(error) ? error['errors'] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.map((entry: unknown) => (isRecord(entry) ? String(entry['type'] ?? '') : ''));
}

function errorTexts(errors: unknown): unknown[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((entry: unknown) => {
    if (!isRecord(entry)) return entry;
    return (
      entry['message'] ??
      [entry['resource'], entry['field'], entry['code']].filter((part) => part !== undefined).join(' ')
    );
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
