import { describe, expect, test } from '@jest/globals';
import { UserError } from '#shared/errors.ts';
import { explainGitHubError, reasonOfGitHubError } from '#shared/github/reasons.ts';
import { messageOf } from '#shared/github/request-error.ts';

function refusal(status: number, message: string, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { name: 'HttpError', status, response: { headers, data: { message } } });
}

describe('what GitHub refuses becomes a reason code', () => {
  test.each([
    [401, 'Bad credentials', 'bad-credentials'],
    [403, 'Resource not accessible by integration', 'missing-permission'],
    [404, 'Not Found', 'repository-not-found'],
    [422, 'Repository rule violations found', 'ruleset-violation'],
    [422, 'Reference update failed', 'reference-update-failed'],
    [
      403,
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission',
      'workflow-scope',
    ],
    [429, 'You have exceeded a secondary rate limit', 'rate-limited'],
    [503, 'Unavailable', 'github-unavailable'],
    [403, 'Repository was archived so is read-only.', 'repository-archived'],
    [409, 'Git Repository is empty.', 'repository-empty'],
    [422, 'Something new', 'github-refused'],
  ])('%d %s -> %s', (status, message, reasonCode) => {
    expect(reasonOfGitHubError(refusal(status, message))).toBe(reasonCode);
  });

  test('the error says what was being done, what is missing, and what to change', () => {
    const error = explainGitHubError(
      refusal(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': 'contents=write' }),
      'creating the tag',
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(
      'While creating the tag, GitHub answered: 403 Resource not accessible by integration. The request needs: contents=write.',
    );
    expect((error as UserError).remedy).toContain('`permissions:`');
  });

  test('the header tells a missing right to workflows, the text does not', () => {
    const accepted = { 'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write' };
    const error = refusal(403, 'Resource not accessible by integration', accepted);
    expect(reasonOfGitHubError(error)).toBe('workflow-scope');
  });

  test('a write that is not found is one that the token may not do', () => {
    const written = (url: string) => ({ ...refusal(404, 'Not Found'), request: { method: 'POST', url } });
    const error = (url: string) => Object.assign(refusal(404, 'Not Found'), written(url));
    expect(reasonOfGitHubError(error('https://api.github.com/repos/a/b/git/tags'))).toBe('missing-permission');
    expect(reasonOfGitHubError(error('https://api.github.com/graphql'))).toBe('repository-not-found');
  });

  test('where nothing answered, host and cause are named; a page of a proxy is not shown', () => {
    const request = { method: 'GET', url: 'https://ghes.example/repos/a/b' };
    const cause = new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND ghes.example') });
    const silence = Object.assign(new Error('fetch failed', { cause }), { name: 'HttpError', status: 500, request });
    const both = Object.assign(new Error('', { cause: Object.assign(new Error(''), { code: 'ECONNREFUSED' }) }), {
      name: 'HttpError',
      status: 500,
      request,
    });
    const page = Object.assign(new Error('<html>\nDown</html>'), {
      name: 'HttpError',
      status: 502,
      response: { headers: {}, data: '<html>\nDown</html>' },
    });
    const told = (error: Error) => (explainGitHubError(error, 'reading the tags') as UserError).message;
    const nothing = 'While reading the tags, nothing answered at https://ghes.example:';
    expect(told(silence)).toBe(`${nothing} getaddrinfo ENOTFOUND ghes.example.`);
    expect(told(both)).toBe(`${nothing} ECONNREFUSED.`);
    expect(told(page)).toBe('While reading the tags, GitHub answered: 502 a web page.');
  });

  test('an error that is no answer of GitHub stays what it is', () => {
    const bug = new TypeError('x is not a function');
    expect(explainGitHubError(bug, 'reading')).toBe(bug);
  });

  test('the errors of GraphQL are told in its words, also where a part of the data is there', () => {
    const errors = [{ type: 'UNPROCESSABLE', message: 'Pull request is in clean status' }];
    const response = { headers: {}, data: { enablePullRequestAutoMerge: null }, errors };
    const error = Object.assign(new Error('Request failed'), { name: 'GraphqlResponseError', response, errors });
    expect(messageOf(error)).toBe('Pull request is in clean status');
  });

  test('the texts of all errors are joined', () => {
    const error = Object.assign(new Error(), {
      name: 'HttpError',
      status: 422,
      response: {
        headers: {},
        data: {
          message: 'Validation Failed',
          errors: [
            { message: 'A pull request already exists for acme:x.' },
            { resource: 'PullRequest', field: 'base', code: 'invalid' },
          ],
        },
      },
    });
    expect(messageOf(error)).toBe(
      'Validation Failed: A pull request already exists for acme:x.: PullRequest base invalid',
    );
  });
});
