import { type Channel, channel } from 'node:diagnostics_channel';
import type { Reply } from '../faults.ts';

/** One REST request as it came in and the sandbox's own answer to it, before any scripted fault. */
export interface RestExchange {
  readonly kind: 'rest';
  readonly method: string;
  /** Below the base URL of the API, still encoded. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly status: number;
  readonly reply: string;
}

/** One GraphQL request; `problems` are those that GitHub's schema has with the query or with the sandbox's values. */
export interface GraphQLExchange {
  readonly kind: 'graphql';
  readonly query: string;
  readonly problems: readonly string[];
}

/** Said by a test that breaks the schema on purpose: one problem that its traffic will have. */
export interface ExpectedProblem {
  readonly kind: 'expected';
  readonly problem: RegExp;
}

export type Traffic = RestExchange | GraphQLExchange | ExpectedProblem;

let held: Channel<unknown, Traffic> | undefined;

/**
 * Where each sandbox GitHub tells what it was asked and what it answered. Jest listens and checks it all against
 * GitHub's published schemas (see test/sandbox/schemas); without a listener it costs nothing.
 */
export function githubTraffic(): Channel<unknown, Traffic> {
  // Node 20 forgets a channel, with its listeners, when one of the same name was collected a moment before:
  // https://github.com/nodejs/node/pull/59910
  held ??= channel('trunkline:github-traffic') as Channel<unknown, Traffic>;
  return held;
}

/** Where the REST API begins, as on GitHub Enterprise Server. */
export const REST = '/api/v3';

/** Tells of one request and its reply, if it was for the REST API. */
export function tellRest(
  { method, url, body }: { method: string; url: string; body: Buffer },
  { status, body: reply }: Reply,
): void {
  const traffic = githubTraffic();
  if (!traffic.hasSubscribers || !url.startsWith(REST)) return;
  const [path = '', query = ''] = url.slice(REST.length).split('?');
  const texts = { body: body.toString(), reply: reply.toString() };
  traffic.publish({ kind: 'rest', method, path, query, status, ...texts });
}

/** Tells of one GraphQL request. */
export function tellGraphQL(query: string, problems: readonly { readonly message: string }[]): void {
  const traffic = githubTraffic();
  const messages = problems.map(({ message }) => message);
  if (traffic.hasSubscribers) traffic.publish({ kind: 'graphql', query, problems: messages });
}

/** Says that the running test will make traffic with `problem`; the test fails when it does not. */
export function expectProblem(problem: RegExp): void {
  githubTraffic().publish({ kind: 'expected', problem });
}
