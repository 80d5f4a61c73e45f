import type {
  DocumentNode,
  FieldNode,
  GraphQLNamedType,
  GraphQLResolveInfo,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import { GraphQLRefusal } from './graphql-refusals.ts';

/** What a query takes of the hour's points, and how many nodes it may give at most. */
export interface QueryCost {
  readonly cost: number;
  readonly nodeCount: number;
}

const MAX_PAGE = 100;
const MAX_NODES = 500_000;

interface Walk {
  readonly graphql: typeof import('graphql');
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  requests: number;
  nodes: number;
}

/**
 * Weighs a valid query; refuses more than 500,000 nodes.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function costOf(
  graphql: typeof import('graphql'),
  schema: GraphQLSchema,
  { document, variables }: { document: DocumentNode; variables: Readonly<Record<string, unknown>> },
): QueryCost {
  const operation = graphql.getOperationAST(document);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return { cost: 1, nodeCount: 0 };
  const walk: Walk = { graphql, document, variables, requests: 0, nodes: 0 };
  weigh(walk, { schema, type: root, times: 1 }, operation.selectionSet);
  if (walk.nodes > MAX_NODES) {
    const text = `This query requests up to ${walk.nodes} possible nodes which exceeds the maximum limit of ${MAX_NODES}.`;
    throw new GraphQLRefusal('MAX_NODE_LIMIT_EXCEEDED', text);
  }
  return { cost: Math.max(1, Math.round(walk.requests / 100)), nodeCount: walk.nodes };
}

/** Where the walk is: fields of `type`, each of which may come `times` times. */
interface Place {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLNamedType;
  readonly times: number;
}

function weigh(walk: Walk, place: Place, { selections }: SelectionSetNode): void {
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      weighField(walk, place, selection);
      continue;
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : fragmentOf(walk.document, selection.name.value);
    const name = fragment?.typeCondition?.name.value;
    const type = (name === undefined ? undefined : place.schema.getType(name)) ?? place.type;
    if (fragment !== undefined) weigh(walk, { ...place, type }, fragment.selectionSet);
  }
}

function weighField(walk: Walk, place: Place, field: FieldNode): void {
  const { getNamedType, isInterfaceType, isObjectType } = walk.graphql;
  const fields = isObjectType(place.type) || isInterfaceType(place.type) ? place.type.getFields() : {};
  const type = getNamedType(fields[field.name.value]?.type);
  if (type === undefined || type === null || field.selectionSet === undefined) return;
  let { times } = place;
  if (type.name.endsWith('Connection')) {
    walk.requests += times;
    times *= sizeOf(walk, field);
    walk.nodes += times;
  }
  weigh(walk, { ...place, type, times }, field.selectionSet);
}

function sizeOf({ variables }: Walk, { arguments: given = [] }: FieldNode): number {
  for (const { name, value } of given) {
    if (name.value !== 'first' && name.value !== 'last') continue;
    const size = value.kind === 'Variable' ? variables[value.name.value] : value.kind === 'IntValue' && value.value;
    if (Number(size) > 0) return Number(size);
  }
  return 0;
}

function fragmentOf({ definitions }: DocumentNode, name: string) {
  return definitions.find((one) => one.kind === 'FragmentDefinition' && one.name.value === name) as
    | Extract<DocumentNode['definitions'][number], { kind: 'FragmentDefinition' }>
    | undefined;
}

/** Refuses, while a connection is resolved, what asks for nodes without `first` or `last`, or for more than 100 of them. */
export function obeyPaging(args: { first?: number | null; last?: number | null }, info: GraphQLResolveInfo): void {
  const { fieldName, fieldNodes, returnType } = info;
  if (!/Connection!?$/.test(String(returnType))) return;
  const selected = fieldNodes.flatMap((node) => node.selectionSet?.selections ?? []);
  const isListed = selected.some((one) => one.kind !== 'Field' || /^(nodes|edges)$/.test(one.name.value));
  const name = args.first === undefined || args.first === null ? 'last' : 'first';
  const size = args[name] ?? undefined;
  if (size === undefined && isListed) {
    const text = `You must provide a \`first\` or \`last\` value to properly paginate the \`${fieldName}\` connection.`;
    throw new GraphQLRefusal('MISSING_PAGINATION_BOUNDARIES', text);
  }
  if (size !== undefined && size > MAX_PAGE) {
    const text = `Requesting ${size} records on the \`${fieldName}\` connection exceeds the \`${name}\` limit of ${MAX_PAGE} records.`;
    throw new GraphQLRefusal('EXCESSIVE_PAGINATION', text);
  }
}
