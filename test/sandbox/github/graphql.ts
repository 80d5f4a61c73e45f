import type { DocumentNode, GraphQLError, GraphQLFieldResolver, IntrospectionQuery } from 'graphql';
import type { Reply } from '../faults.ts';
import type { Actor } from './actors.ts';
import { costOf, obeyPaging } from './graphql-cost.ts';
import { mutations } from './graphql-mutations.ts';
import { queries } from './graphql-queries.ts';
import { GraphQLRefusal } from './graphql-refusals.ts';
import { resolveServed } from './graphql-resolver.ts';
import type { LimitRefusal } from './limit-refusals.ts';
import { recordOf } from './parameters.ts';
import { Refusal } from './refusals.ts';
import { tellGraphQL } from './traffic.ts';
import type { World } from './world.ts';

/** The reference implementation and GitHub's whole schema; loaded at the first query, which keeps the start short. */
async function loadGraphQL() {
  const [graphql, { schema }] = await Promise.all([import('graphql'), import('@octokit/graphql-schema')]);
  return { graphql, schema: graphql.buildClientSchema(schema.json as IntrospectionQuery, { assumeValid: true }) };
}

type Engine = Awaited<ReturnType<typeof loadGraphQL>>;

let loaded: Promise<Engine> | undefined;

/** Answers one GraphQL request as GitHub does: 200 with `errors`, 401 without a token, 403 or 429 for a secondary limit. */
export async function serveGraphQL(world: World, { actor, body }: { actor: Actor; body: Buffer }): Promise<Reply> {
  if (actor.kind === 'anonymous') {
    const message = 'This endpoint requires you to be authenticated.';
    return reply(401, { message, documentation_url: 'https://docs.github.com/graphql' }, {});
  }
  const request = parseJson(body);
  const query = request['query'];
  loaded ??= loadGraphQL();
  const question = understand(await loaded, typeof query === 'string' ? query : '', recordOf(request['variables']));
  const write = question.isMutation;
  const { cost } = question;
  const admission = world.limits.admit(actor, { resource: 'graphql', cost, endpoint: '', write, creates: write });
  const { headers, refusal } = admission;
  try {
    if (refusal !== undefined) return tooEarly(refusal, headers);
    if (typeof query === 'string') return reply(200, await question.answer(world, actor), headers);
    return reply(400, { message: 'A query attribute must be specified and must be a string.' }, headers);
  } finally {
    admission.release();
  }
}

/** The hourly limit is an error among `errors`, a secondary one has a status of its own. */
function tooEarly(
  { isPrimary, message, page, status, headers }: LimitRefusal,
  common: Readonly<Record<string, string>>,
): Reply {
  if (isPrimary) return reply(200, { errors: [{ type: 'RATE_LIMITED', message }] }, common);
  return reply(status, { message, documentation_url: page, status: String(status) }, { ...common, ...headers });
}

/** A query that was parsed, checked against the schema and weighed. */
interface Question {
  readonly cost: number;
  readonly isMutation: boolean;
  answer(world: World, actor: Actor): Promise<unknown>;
}

function understand(engine: Engine, query: string, variables: Readonly<Record<string, unknown>>): Question {
  const { graphql, schema } = engine;
  try {
    const { document, problems } = check(engine, query);
    const isMutation = graphql.getOperationAST(document)?.operation === 'mutation';
    if (problems.length > 0) return refusedQuestion(query, problems, isMutation);
    const weight = costOf(graphql, schema, { document, variables });
    return {
      cost: weight.cost,
      isMutation,
      async answer(world, actor) {
        const rootValue = isMutation ? mutations(world, actor) : queries(world, actor, weight);
        const parts = { schema, document, rootValue, variableValues: variables };
        const { data, errors } = await graphql.execute({ ...parts, fieldResolver });
        tellProblems(query, errors ?? []);
        const found = data === undefined ? {} : { data };
        return errors === undefined ? found : { ...found, errors: errors.map(errorAnswer) };
      },
    };
  } catch (error) {
    return refusedQuestion(query, [error as GraphQLError], false);
  }
}

function refusedQuestion(query: string, problems: readonly GraphQLError[], isMutation: boolean): Question {
  const answer = async () => {
    tellProblems(query, problems);
    return { errors: problems.map(errorAnswer) };
  };
  return { cost: 1, isMutation, answer };
}

/** What GitHub refuses is no problem of the query's or of the sandbox's. */
function tellProblems(query: string, errors: readonly GraphQLError[]): void {
  tellGraphQL(
    query,
    errors.filter((error) => typeOf(error.originalError ?? error) === undefined),
  );
}

const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
  obeyPaging(args, info);
  return resolveServed(source, args, context, info);
};

const understood = new Map<string, { document: DocumentNode; problems: readonly GraphQLError[] }>();

// Clients send the same few texts again and again.
function check({ graphql, schema }: Engine, query: string) {
  const known = understood.get(query);
  if (known !== undefined) return known;
  const document = graphql.parse(query);
  const found = { document, problems: graphql.validate(schema, document) };
  understood.set(query, found);
  return found;
}

const TYPE_OF_STATUS: Readonly<Record<number, string>> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND' };

function errorAnswer(error: GraphQLError | Error) {
  const { path, locations, originalError = error } = error as GraphQLError;
  const type = typeOf(originalError);
  return { ...(type === undefined ? {} : { type }), path, locations, message: error.message };
}

function typeOf(error: Error | undefined): string | undefined {
  if (error instanceof GraphQLRefusal) return error.type;
  return error instanceof Refusal ? (TYPE_OF_STATUS[error.status] ?? 'UNPROCESSABLE') : undefined;
}

function parseJson(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(body.toString()));
  } catch {
    return {};
  }
}

function reply(status: number, value: unknown, headers: Readonly<Record<string, string>>): Reply {
  const type = { 'content-type': 'application/json; charset=utf-8', 'x-github-media-type': 'github.v4; format=json' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}
