/** The arguments of GitHub's lists. */
export interface Paging {
  readonly first?: number;
  readonly last?: number;
  readonly after?: string;
}

const DEFAULT_SIZE = 100;

/** One page of `items`; cursors are positions. https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api */
export function connection<T, N>(items: readonly T[], { first, last, after }: Paging, nodeOf: (item: T) => N) {
  const start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString()) + 1;
  const from = last === undefined || last === null ? start : Math.max(start, items.length - last);
  const size = last ?? first ?? DEFAULT_SIZE;
  const slice = items.slice(from, from + size);
  const cursor = (at: number) => Buffer.from(String(at)).toString('base64');
  return {
    totalCount: items.length,
    nodes: slice.map(nodeOf),
    pageInfo: {
      startCursor: slice.length === 0 ? null : cursor(from),
      endCursor: slice.length === 0 ? null : cursor(from + slice.length - 1),
      hasNextPage: from + slice.length < items.length,
      hasPreviousPage: from > 0,
    },
  };
}
