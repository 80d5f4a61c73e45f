import type { RestExchange } from '../github/traffic.ts';
import { type Description, type Operation, openDescription } from './description.ts';
import { pathFinder } from './find-path.ts';
import { createValidate, type Validate } from './validate.ts';

/** What is wrong with one exchange, and of which operation, `METHOD /path` where GitHub has none. */
export interface Findings {
  readonly operation: string;
  readonly problems: readonly string[];
}

/** Checks exchanges one by one. */
export type CheckRest = (exchange: RestExchange) => Findings;

interface Tools {
  readonly body: Validate;
  readonly texts: Validate;
}

/** A checker of REST exchanges against GitHub's published description. */
export function createRestCheck(description: Description = openDescription()): CheckRest {
  const find = pathFinder(description.paths);
  const tools = { body: createValidate(), texts: createValidate({ texts: true }) };
  return (exchange) => {
    const { method, path } = exchange;
    const found = find(path);
    if (found === undefined) return { operation: `${method} ${path}`, problems: ['request: GitHub has no such path'] };
    const operation = description.operation(found.path, method === 'HEAD' ? 'GET' : method);
    if (operation === undefined) {
      return { operation: `${method} ${found.path.template}`, problems: ['request: GitHub has no such method'] };
    }
    const request = requestProblems(tools, operation, { exchange, values: found.values });
    const reply = replyProblems(tools, operation, exchange);
    const problems = [
      ...request.map((one) => `request: ${one}`),
      ...reply.map((one) => `reply ${exchange.status}: ${one}`),
    ];
    return { operation: operation.id, problems };
  };
}

function requestProblems(
  tools: Tools,
  operation: Operation,
  { exchange, values }: { exchange: RestExchange; values: Readonly<Record<string, string>> },
): string[] {
  const query = Object.fromEntries(new URLSearchParams(exchange.query));
  const problems = [
    ...tools.texts(operation.path, { ...values }).map((one) => `path: ${one}`),
    ...tools.texts(operation.query, query).map((one) => `query: ${one}`),
    ...bodyProblems(tools, operation, exchange.body).map((one) => `body: ${one}`),
  ];
  // What GitHub refuses in so many words may be asked: the refusal is the behaviour under test.
  const refused = exchange.status === 400 || exchange.status === 422;
  return refused ? problems.filter((problem) => problem.endsWith('is not declared')) : problems;
}

function bodyProblems(tools: Tools, { body: schema, bodyRequired }: Operation, text: string): string[] {
  if (text === '') return bodyRequired ? ['is required'] : [];
  const body = parseJson(text);
  if (body === undefined) return ['is no JSON'];
  if (schema === undefined) return Object.keys(body as object).map((name) => `'${name}' is not declared`);
  return tools.body(schema, body);
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
const USUAL_ERROR = {
  type: 'object',
  required: ['message', 'documentation_url'],
  properties: {
    message: { type: 'string' },
    documentation_url: { type: 'string' },
    status: { type: 'string' },
    errors: { type: 'array', items: { type: ['object', 'string'] } },
  },
  additionalProperties: false,
};

function replyProblems(tools: Tools, { replies }: Operation, { method, status, reply }: RestExchange): string[] {
  const declared = replies[String(status)];
  const undocumented = declared === undefined ? ['this status is not documented'] : [];
  if (method === 'HEAD') return undocumented;
  const schema =
    declared === undefined || declared === null || declared['$ref'] === 'basic-error' ? undefined : declared;
  // Refusals have the usual body also where GitHub declares none, or one that requires nothing.
  const expected = schema ?? (status >= 400 ? USUAL_ERROR : undefined);
  if (expected === undefined) return reply === '' ? undocumented : [...undocumented, 'body: there is none'];
  const value = parseJson(reply);
  if (value === undefined) return [...undocumented, 'body: is no JSON'];
  return [...undocumented, ...tools.body(expected, value).map((one) => `body: ${one}`)];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
