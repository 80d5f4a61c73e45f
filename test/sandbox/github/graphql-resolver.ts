import type { GraphQLFieldResolver } from 'graphql';
import { recordOf } from './parameters.ts';

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Resolves the fields that the sandbox's nodes have. GitHub's schema has thousands more: to ask for one of those, or to
 * give an argument that the node does not look at, is an error and not a silent null.
 */
export const resolveServed: GraphQLFieldResolver<unknown, unknown> = (source, args, _context, info) => {
  const node = recordOf(source);
  const field = `${info.parentType.name}.${info.fieldName}`;
  if (!(info.fieldName in node)) throw new Error(`The sandbox does not serve ${field}`);
  const value = node[info.fieldName];
  if (typeof value !== 'function') return value ?? null;
  const given = info.fieldNodes.flatMap((one) => one.arguments ?? []).map((argument) => argument.name.value);
  const { watched, unread } = watchArguments(args, given);
  const result: unknown = value.call(source, watched);
  if (unread().length === 0) return result;
  // A node may read an argument after it has waited for something.
  return Promise.resolve(result).then((settled) => {
    if (unread().length === 0) return settled;
    throw new Error(`The sandbox does not serve ${unread().join(', ')} of ${field}`);
  });
};

/** The arguments, and which of the given ones and of the fields of `input` nobody has read so far. */
function watchArguments(args: Arguments, given: readonly string[]) {
  const unread = new Set(given);
  const input = recordOf(args['input']);
  for (const name of Object.keys(input)) unread.add(`input.${name}`);
  const watch = (target: Arguments, prefix: string): Arguments =>
    new Proxy(target, {
      get(_, name) {
        unread.delete(prefix + String(name));
        return prefix === '' && name === 'input' ? watch(input, 'input.') : target[String(name)];
      },
    });
  return { watched: watch(args, ''), unread: () => [...unread] };
}
