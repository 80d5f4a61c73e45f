import type { Step } from './race-harness.ts';

/** What a request reads and writes: names of refs, `*` at the end for all that start so, `*` alone for anything. */
export interface Effects {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

const NOTHING: Effects = { reads: [], writes: [] };
const SHA = /^[0-9a-f]{40}$/;

/**
 * What a step reads and writes of that which can change. Objects cannot: they are named after their content, and
 * whoever uses one has written it before. A request that is not known here may read, and unless it is a GET write, anything.
 */
export function effectsOf({ method, url = '', body = '' }: Step): Effects {
  if (method === undefined) return NOTHING;
  const path = decodeURIComponent(new URL(url).pathname.replace(/^.*?\/repos\/[^/]+\/[^/]+\//, ''));
  if (method === 'POST' && /^git\/(tags|trees|commits|blobs)$/.test(path)) return NOTHING;
  if (method === 'GET' && /^git\/(tags|trees|commits|blobs)\//.test(path)) return NOTHING;
  const found = /^git\/(matching-refs|refs?)\/(.+)$/.exec(path);
  if (found !== null) {
    const name = `refs/${found[2]}${found[1] === 'matching-refs' ? '*' : ''}`;
    return method === 'GET' ? { reads: [name], writes: [] } : { reads: [], writes: [name] };
  }
  if (method === 'POST' && path === 'git/refs')
    return { reads: [], writes: [(JSON.parse(body) as { ref: string }).ref] };
  if (path.startsWith('compare/')) {
    const names = path.slice('compare/'.length).split('...');
    const refs = names.filter((name) => !SHA.test(name)).flatMap((name) => [`refs/tags/${name}`, `refs/heads/${name}`]);
    return { reads: refs, writes: [] };
  }
  return method === 'GET' ? { reads: ['*'], writes: [] } : { reads: ['*'], writes: ['*'] };
}

/** Whether the order of two requests can matter. */
export function areDependent(one: Effects, other: Effects): boolean {
  const touched = [...other.reads, ...other.writes];
  return (
    one.writes.some((name) => touched.some((two) => overlap(name, two))) ||
    other.writes.some((name) => one.reads.some((two) => overlap(name, two)))
  );
}

function overlap(one: string, other: string): boolean {
  const start = (name: string) => (name.endsWith('*') ? name.slice(0, -1) : undefined);
  const [a, b] = [start(one), start(other)];
  if (a === undefined && b === undefined) return one === other;
  if (a !== undefined && b !== undefined) return a.startsWith(b) || b.startsWith(a);
  return a === undefined ? one.startsWith(b ?? '') : other.startsWith(a);
}
