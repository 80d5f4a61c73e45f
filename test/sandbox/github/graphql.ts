import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { Reply } from '../faults.ts';
import type { Actor } from './actors.ts';
import { mutations } from './graphql-mutations.ts';
import { queries } from './graphql-queries.ts';
import { GraphQLRefusal } from './graphql-refusals.ts';
import { SCHEMA } from './graphql-schema.ts';
import { recordOf } from './parameters.ts';
import { Refusal } from './refusals.ts';
import type { World } from './world.ts';

/** The reference implementation and its schema; loaded at the first query, which keeps the start of the sandbox short. */
async function loadGraphQL() {
  const graphql = await import('graphql');
  return { graphql, schema: graphql.buildSchema(SCHEMA) };
}

let loaded: ReturnType<typeof loadGraphQL> | undefined;

/** Answers one GraphQL request as GitHub does: 200 with `errors`, 401 without a token. */
export async function serveGraphQL(world: World, { actor, body }: { actor: Actor; body: Buffer }): Promise<Reply> {
  if (actor.kind === 'anonymous') {
    return reply(
      401,
      {
        message: 'This endpoint requires you to be authenticated.',
        documentation_url: 'https://docs.github.com/graphql',
      },
      {},
    );
  }
  const headers = world.limits.count(actor);
  const request = parseJson(body);
  const query = request['query'];
  const limited = world.limits.refusalFor(actor, /^\s*mutation\b/.test(String(query)));
  if (limited !== undefined) return reply(403, { message: limited.message }, { ...headers, ...limited.headers });
  loaded ??= loadGraphQL();
  const { graphql, schema } = await loaded;
  if (typeof query !== 'string')
    return reply(400, { message: 'A query attribute must be specified and must be a string.' }, headers);
  return reply(
    200,
    await run(graphql, schema, { world, actor, query, variables: recordOf(request['variables']) }),
    headers,
  );
}

async function run(
  graphql: typeof import('graphql'),
  schema: GraphQLSchema,
  {
    world,
    actor,
    query,
    variables,
  }: { world: World; actor: Actor; query: string; variables: Readonly<Record<string, unknown>> },
): Promise<unknown> {
  try {
    const { document, problems } = understand(graphql, schema, query);
    if (problems.length > 0) return { errors: problems.map(errorAnswer) };
    const operation = graphql.getOperationAST(document);
    const rootValue = operation?.operation === 'mutation' ? mutations(world, actor) : queries(world, actor);
    const result = await graphql.execute({ schema, document, rootValue, variableValues: variables });
    const data = result.data === undefined ? {} : { data: result.data };
    return result.errors === undefined ? data : { ...data, errors: result.errors.map(errorAnswer) };
  } catch (error) {
    return { errors: [errorAnswer(error as GraphQLError)] };
  }
}

const understood = new Map<string, { document: DocumentNode; problems: readonly GraphQLError[] }>();

// Clients send the same few texts again and again.
function understand(graphql: typeof import('graphql'), schema: GraphQLSchema, query: string) {
  const known = understood.get(query);
  if (known !== undefined) return known;
  const document = graphql.parse(query);
  const found = { document, problems: graphql.validate(schema, document) };
  understood.set(query, found);
  return found;
}

const TYPE_OF_STATUS: Readonly<Record<number, string>> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND' };

function errorAnswer({ message, path, locations, originalError }: GraphQLError) {
  const type = originalError instanceof GraphQLRefusal ? originalError.type : undefined;
  const refused =
    originalError instanceof Refusal ? (TYPE_OF_STATUS[originalError.status] ?? 'UNPROCESSABLE') : undefined;
  return { ...((type ?? refused) === undefined ? {} : { type: type ?? refused }), path, locations, message };
}

function parseJson(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(body.toString()));
  } catch {
    return {};
  }
}

function reply(status: number, value: unknown, headers: Record<string, string>): Reply {
  const type = { 'content-type': 'application/json; charset=utf-8', 'x-github-media-type': 'github.v4; format=json' };
  return { status, headers: { ...type, ...headers, 'x-ratelimit-resource': 'graphql' }, body: JSON.stringify(value) };
}
