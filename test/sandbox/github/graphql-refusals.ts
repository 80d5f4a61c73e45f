/** An error of one GraphQL field; GitHub answers 200 and names its `type`. */
export class GraphQLRefusal extends Error {
  readonly type:
    | 'NOT_FOUND'
    | 'FORBIDDEN'
    | 'UNPROCESSABLE'
    | 'RATE_LIMITED'
    | 'STALE_DATA'
    | 'MISSING_PAGINATION_BOUNDARIES'
    | 'EXCESSIVE_PAGINATION'
    | 'MAX_NODE_LIMIT_EXCEEDED';

  constructor(type: GraphQLRefusal['type'], message: string) {
    super(message);
    this.name = 'GraphQLRefusal';
    this.type = type;
  }
}

/** A node id that means nothing, or nothing yet. */
export function unknownNode(id: string): GraphQLRefusal {
  return new GraphQLRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}
