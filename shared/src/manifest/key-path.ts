/** Keys and indexes from a document's root. */
export type Keys = readonly (string | number)[];

const QUOTED = String.raw`\["(?:[^"\\]|\\.)*"\]`;
const SEGMENT = new RegExp(String.raw`(${QUOTED}|\|)|\[(\d+)\]|(?:^|\.|(?<=\|))([^.\[\]|]+)`, 'y');

/** The keys and indexes of `a.b[0]["c.d"]`; undefined when it is no key path. */
export function parseKeyPath(path: string): Keys | undefined {
  const keys = segmentsOf(path)?.map(({ key }) => key);
  return keys === undefined || keys.length === 0 ? undefined : keys;
}

/** A key path as `parseKeyPath` reads it: `a.b[0]["c.d"]`; `|` where a block of text is a manifest itself. */
export function formatKeyPath(keys: Keys): string {
  const parts = keys.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    if (key === '|') return key;
    return /^[^.[\]"=|]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return parts.join('').replace(/(^|\|)\./g, '$1');
}

/**
 * Whether `wanted`, as a person writes it, means the place at `keys` of a document: `[0]` and `.0` are the same, `a.b` may be one key
 * or two, `["a.b"]` is one, and an index in front may be the document's.
 */
export function meansKeyPath(wanted: string, keys: Keys, document: number): boolean {
  const segments = segmentsOf(wanted.replace(/^\$\.?/, ''));
  if (segments === undefined || segments.length === 0) return false;
  const [first, ...rest] = segments;
  return means(segments, keys) || (rest.length > 0 && first?.key === document && means(rest, keys));
}

interface Segment {
  readonly key: string | number;
  /** Written with brackets, so it is one key whatever is in it. */
  readonly isWhole: boolean;
}

function segmentsOf(path: string): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const match = SEGMENT.exec(path);
    if (match === null) return undefined;
    const [, quoted, index, word = ''] = match;
    if (quoted === '|') segments.push({ key: '|', isWhole: true });
    else if (quoted !== undefined) segments.push({ key: quoted.slice(2, -2).replace(/\\(.)/g, '$1'), isWhole: true });
    else if (index !== undefined) segments.push({ key: Number(index), isWhole: true });
    else segments.push({ key: word, isWhole: false });
  }
  return segments;
}

function means(segments: readonly Segment[], keys: Keys): boolean {
  const [key, ...others] = keys;
  if (key === undefined) return segments.length === 0;
  for (let count = 1; count <= segments.length; count++) {
    const taken = segments.slice(0, count);
    if (count > 1 && taken.some(({ isWhole }) => isWhole)) return false;
    if (taken.map((segment) => segment.key).join('.') === String(key) && means(segments.slice(count), others))
      return true;
  }
  return false;
}
