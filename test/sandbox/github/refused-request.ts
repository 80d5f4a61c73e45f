import { expect } from '@jest/globals';
import type { Repository } from './model.ts';
import type { Fixture } from './sandbox-fixture.ts';

/** One request as it goes over the wire; `path` is below the repository unless it starts with `/api`. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** By default the App's; `''` sends none. */
  readonly token?: string | undefined;
  readonly repository?: string;
}

/** GitHub's whole answer. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request without a client in between. */
export async function send(
  { github }: Fixture,
  { method, path, body, token = github.tokens.app, repository = 'acme/thoughts' }: Sent,
): Promise<Answered> {
  const url = path.startsWith('/api')
    ? `${github.serverUrl}${path}`
    : `${github.apiUrl}/repos/${repository}${path === '' ? '' : `/${path}`}`;
  const answer = await fetch(url, {
    method,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: Object.fromEntries(answer.headers),
  };
}

/** Sends a request and proves that it changed nothing, whatever the answer was. */
export async function sendInVain(fixture: Fixture, sent: Sent): Promise<Answered> {
  const repository = fixture.github.records(sent.repository ?? 'acme/thoughts');
  const before = stateOf(repository);
  const answer = await send(fixture, sent);
  expect(stateOf(repository)).toEqual(before);
  return answer;
}

/** A refusal, to the last field of its body and with the headers that each has; `page` is the operation's, below https://docs.github.com/rest/. */
export function refused(status: number, message: string, details: { page: string; errors?: readonly unknown[] }) {
  const errors = details.errors === undefined ? {} : { errors: details.errors };
  return {
    status,
    body: {
      message,
      ...errors,
      documentation_url: `https://docs.github.com/rest/${details.page}`,
      status: String(status),
    },
    headers: expect.objectContaining({
      'content-type': 'application/json; charset=utf-8',
      'x-github-media-type': 'github.v3; format=json',
      'x-github-request-id': expect.any(String),
      'x-ratelimit-remaining': expect.stringMatching(/^\d+$/),
      'x-ratelimit-resource': 'core',
    }),
  };
}

/** What the rules have against a change, in one text. */
export function violated(...texts: readonly string[]): string {
  return `Repository rule violations found\n\n${texts.join('\n\n')}\n\n`;
}

/** Everything that is kept of a repository, except what is computed again at will. */
function stateOf(repository: Repository) {
  const { refs, git, diff, mergeable, mergeableFor, ...kept } = repository as Repository & Record<string, unknown>;
  const plain = JSON.parse(
    JSON.stringify(kept, (name, value: unknown) => {
      if (name === 'mergeable' || name === 'mergeableFor' || name === 'testMergeSha' || name === 'lag')
        return undefined;
      return value instanceof Map ? [...value] : value;
    }),
  ) as object;
  return { ...plain, refs: refs.list('refs/') };
}
